"""Outlets for markers in a self-test: what a code costs the flip that it marks."""
