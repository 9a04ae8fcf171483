"""Notebooks 05, 06 and 10: what the embedders hear, the shared space, and what can be found in it."""
