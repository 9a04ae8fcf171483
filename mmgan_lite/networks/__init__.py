"""The networks: embedders, discriminators, generators."""
