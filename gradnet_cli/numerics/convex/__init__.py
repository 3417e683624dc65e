"""Small convex problems within larger ones."""
