"""Grading: many hand-ins of a class, each exercise checked again in a child closed in."""
