"""Transfer of excitations from an antenna through a network of sites to a sink."""

from gradnet_cli.objectives.exciton_transfer.objective import ExcitonTransfer

__all__ = ["ExcitonTransfer"]
