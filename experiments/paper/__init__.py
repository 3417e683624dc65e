"""All studies at once: run them, compute each claim, and write the report."""
