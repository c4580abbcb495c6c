"""Where results came from: what made a file, and the runs that made a table bit by bit."""
