"""The operator's view of running sessions: reads files, and writes and locks none."""
