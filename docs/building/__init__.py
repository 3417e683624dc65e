"""How the site is made: what pages show is run, and what follows from the code is made of it."""
