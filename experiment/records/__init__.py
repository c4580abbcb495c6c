"""What a session leaves on disk, and what it finds there."""
