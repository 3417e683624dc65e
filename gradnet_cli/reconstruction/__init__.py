"""What a network is reconstructed from: trajectories of its nodes, read or simulated, and the truth."""
