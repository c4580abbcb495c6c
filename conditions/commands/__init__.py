"""Command lines: habits of all rooms, words of options, who is meant, how far they are."""
