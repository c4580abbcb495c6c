"""Synthetic images: what a unit wants to see, by optimisation."""
