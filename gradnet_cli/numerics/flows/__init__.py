"""Flows through networks: the cheapest ones, and those of resistors."""
