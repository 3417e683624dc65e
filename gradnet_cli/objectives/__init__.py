"""What a network is for: one objective a file, or a folder where it has figures or data of its own."""

from gradnet_cli.objectives.base import Objective
from gradnet_cli.objectives.build import build_objective
from gradnet_cli.objectives.drawing import Drawing
from gradnet_cli.objectives.evaluation import Description, Evaluation, Limit, Optimum

__all__ = ["Description", "Drawing", "Evaluation", "Limit", "Objective", "Optimum", "build_objective"]
