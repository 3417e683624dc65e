"""How to search: one optimizer a file, or torch's own by their import path."""

from gradnet_cli.optimizers.build import Optimization, build_optimization

__all__ = ["Optimization", "build_optimization"]
