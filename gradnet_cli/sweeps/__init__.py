"""Sweeps: many runs of one command line, and what they add up to.

Everything said about a sweep is read from the files of its jobs, so that it is true whichever launcher ran
them, and also while they run or after they were killed. Nothing here imports torch.
"""
