"""What was found: the network with its score, and networks to compare it with."""

from gradnet_cli.result.result import Result

__all__ = ["Result"]
