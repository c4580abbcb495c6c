"""From the cells of a file to the columns of a schema."""
