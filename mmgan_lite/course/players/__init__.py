"""Notebooks 01 to 04: two players on points, their losses, and what can go wrong."""
