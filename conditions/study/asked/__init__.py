"""The questions that a study asks of its data."""
