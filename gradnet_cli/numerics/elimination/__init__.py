"""Sparse symmetric matrices eliminated in dense blocks."""
