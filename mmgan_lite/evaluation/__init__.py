"""How good is a model: metrics, judges, and `evaluate`, which prints them all."""
