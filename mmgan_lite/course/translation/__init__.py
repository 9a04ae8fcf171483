"""Notebooks 00, 07 and 08: from any modality to any other."""
