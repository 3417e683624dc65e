"""Traffic on congested roads: travel times, shortest routes, equilibria and how these change."""

from gradnet_cli.numerics.traffic.assignment import Assignment, Traffic
from gradnet_cli.numerics.traffic.demand import Demand
from gradnet_cli.numerics.traffic.roads import Roads

__all__ = ["Assignment", "Demand", "Roads", "Traffic"]
