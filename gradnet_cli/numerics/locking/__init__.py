"""Oscillators that keep their phases to each other: states, budgets and theory."""
