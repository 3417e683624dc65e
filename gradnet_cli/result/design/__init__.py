"""From the best network of the relaxed problem to a design of whole edges."""

from gradnet_cli.result.design.designing import find_design

__all__ = ["find_design"]
