"""gradnet-run: find the best network for a purpose, and prove how close to the best possible it is."""
