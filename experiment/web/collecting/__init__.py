"""Answers from browsers: read, checked against the study, and brought into its data."""
