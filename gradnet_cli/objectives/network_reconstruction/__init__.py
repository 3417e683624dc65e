"""The network behind trajectories of its nodes."""

from gradnet_cli.objectives.network_reconstruction.objective import NetworkReconstruction

__all__ = ["NetworkReconstruction"]
