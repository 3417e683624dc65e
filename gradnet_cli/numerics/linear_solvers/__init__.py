"""Solvers of Laplacian systems: L X = B for blocks B whose columns sum to zero.

Each offers solve(right, guess, tolerance) -> X with columns that sum to zero, and says how often it worked.
"""

from gradnet_cli.numerics.linear_solvers.base import LaplacianSolver
from gradnet_cli.numerics.linear_solvers.choice import SOLVERS, LaplacianSolverFactory

__all__ = ["SOLVERS", "LaplacianSolver", "LaplacianSolverFactory"]
