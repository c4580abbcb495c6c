"""From the bytes of a file to the square that is shown, or ranked."""
