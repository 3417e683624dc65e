"""What supply networks dissipate: the objective, its loads, its figure."""

from gradnet_cli.objectives.supply_dissipation.objective import SupplyDissipation

__all__ = ["SupplyDissipation"]
