"""Networks that compute truth tables."""

from gradnet_cli.objectives.logic_gates.objective import LogicGates

__all__ = ["LogicGates"]
