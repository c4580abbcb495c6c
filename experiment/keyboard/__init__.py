"""Keys and who presses them: the listener, key events by script, the protocol of an observer."""
