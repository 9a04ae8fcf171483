"""Notebooks 10 and 13: comparing runs, seeds, and experiments of your own."""
