"""Dissonance of opinions."""

from gradnet_cli.objectives.opinion_dissonance.objective import OpinionDissonance

__all__ = ["OpinionDissonance"]
