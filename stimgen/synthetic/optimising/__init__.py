"""Optimisation of sets of images: objective, movements, steps, precision, when to stop."""
