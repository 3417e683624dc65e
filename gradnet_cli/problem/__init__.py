"""Where edges may lie and what they may cost: NumPy alone, for torch takes long to import."""

from gradnet_cli.problem.mask import Mask
from gradnet_cli.problem.problem import Problem
from gradnet_cli.settings.budget import Budget, Signs
from gradnet_cli.settings.limits import Limits

__all__ = ["Budget", "Limits", "Mask", "Problem", "Signs"]
