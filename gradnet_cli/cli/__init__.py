"""The command `gradnet-run`: what is typed, and what it ends with."""
