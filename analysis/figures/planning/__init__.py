"""Figures of what is known before a study and beside it."""
