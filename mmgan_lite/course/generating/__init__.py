"""Notebook "The generating side, opened": generators layer by layer, and one training step, slowly."""
