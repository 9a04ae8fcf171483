"""The networks: embedders, generators, discriminators."""
