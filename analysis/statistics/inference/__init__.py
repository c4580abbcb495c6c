"""Intervals, tests, and the questions that they answer."""
