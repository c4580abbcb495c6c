"""What is printed on the keys of this keyboard, as far as the system knows its layout."""
