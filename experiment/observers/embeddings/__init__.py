"""What a machine observer sees in images: one small interface, several ways of seeing."""
