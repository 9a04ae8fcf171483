"""Notebooks 00, 08 and 09: from any modality to any other."""
