"""A pool seen once by the network: every unit's extremes, and what became of every image."""
