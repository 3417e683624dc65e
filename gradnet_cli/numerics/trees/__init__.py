"""Trees: sums over them, their number, and what they tell of all networks."""
