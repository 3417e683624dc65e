"""A run in a directory of its own: claimed, recorded, interrupted, taken up again, repeated."""
