"""Lists and names of units."""
