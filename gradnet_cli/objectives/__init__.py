"""What a network is for: one objective a file, or a folder where it has figures or data of its own."""

from gradnet_cli.objectives.base import Description, Evaluation, Objective, Optimum
from gradnet_cli.objectives.build import build_objective
from gradnet_cli.objectives.drawing import Drawing

__all__ = ["Description", "Drawing", "Evaluation", "Objective", "Optimum", "build_objective"]
