"""Notebooks 09 and 12: comparing runs, seeds, and experiments of your own."""
