"""What surrounds the trials of a session."""
