"""Traffic on congested roads: travel times, shortest routes, equilibria and how these change."""

from gradnet_cli.numerics.traffic.assignment import Assignment, Traffic
from gradnet_cli.numerics.traffic.demand import Demand
from gradnet_cli.numerics.traffic.purification import purified
from gradnet_cli.numerics.traffic.response import Response, equilibrium_response, optimum_response
from gradnet_cli.numerics.traffic.roads import Roads
from gradnet_cli.numerics.traffic.routes import Routes

__all__ = [
    "Assignment",
    "Demand",
    "Response",
    "Roads",
    "Routes",
    "Traffic",
    "equilibrium_response",
    "optimum_response",
    "purified",
]
