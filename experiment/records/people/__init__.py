"""Who takes part, and how many would not."""
