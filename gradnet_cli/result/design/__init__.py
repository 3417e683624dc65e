"""From the best network of the relaxed problem to a design of whole edges."""

from gradnet_cli.result.design.designing import find_design
from gradnet_cli.result.design.possible import check_selection

__all__ = ["check_selection", "find_design"]
