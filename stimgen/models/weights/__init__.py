"""Weights: from files, downloads and packages into a network, and what they are known by."""
