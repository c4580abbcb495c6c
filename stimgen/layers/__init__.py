"""Layers of any network: which there are, how their values are laid out, and how they are read."""
