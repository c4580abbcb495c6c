"""Readouts: what of a network a unit is a channel of."""
