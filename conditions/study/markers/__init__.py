"""Markers: the numbers that tell recordings beside a session what happened in it."""
