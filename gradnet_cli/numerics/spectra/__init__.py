"""Eigenvalues of networks, and what is like them."""
