"""What all objectives that tell classes have in common: tables, and figures."""
