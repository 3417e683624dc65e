"""Pairs of nodes among all, never listed."""
