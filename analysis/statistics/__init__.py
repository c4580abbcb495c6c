"""Numbers from the tidy table: means, intervals, tests and models."""
