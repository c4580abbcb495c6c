"""Data as they come, from sessions, releases and machines, in one tidy table."""
