"""The time that trips take on congested roads, and its figures."""

from gradnet_cli.objectives.road_travel_time.objective import RoadTravelTime

__all__ = ["RoadTravelTime"]
