"""Notebooks 05, 06 and 11: what the embedders hear, the shared space, and what can be found in it."""
