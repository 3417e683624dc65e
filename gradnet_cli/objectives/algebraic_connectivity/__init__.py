"""Algebraic connectivity."""

from gradnet_cli.objectives.algebraic_connectivity.objective import AlgebraicConnectivity

__all__ = ["AlgebraicConnectivity"]
