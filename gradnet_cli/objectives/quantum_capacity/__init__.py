"""Capacity of quantum networks."""

from gradnet_cli.objectives.quantum_capacity.objective import QuantumCapacity, capacity

__all__ = ["QuantumCapacity", "capacity"]
