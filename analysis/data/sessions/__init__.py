"""Sessions as they lie in a study folder, and whether they are what the study declares."""
