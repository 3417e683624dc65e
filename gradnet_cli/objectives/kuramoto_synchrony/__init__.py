"""Synchrony of Kuramoto oscillators."""

from gradnet_cli.objectives.kuramoto_synchrony.objective import KuramotoSynchrony

__all__ = ["KuramotoSynchrony"]
