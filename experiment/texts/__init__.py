"""What participants read, a file a language."""
