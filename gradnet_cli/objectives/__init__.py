"""What a network is for: one objective a file, each as short as its formula."""

from gradnet_cli.objectives.base import Description, Evaluation, Objective, build_objective

__all__ = ["Description", "Evaluation", "Objective", "build_objective"]
