"""Fonts: which one has a language's letters, and how its letters stand in a row."""
