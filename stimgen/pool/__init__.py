"""Pools of natural images: finding, reading and decoding them."""
