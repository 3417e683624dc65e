"""Ways to see a network: as a grid, as nodes and links, in two columns, binned in space, as a matrix."""
