"""Motions on networks: vector fields, Runge-Kutta methods, and how exact their scores are."""
