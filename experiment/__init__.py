"""Sessions: trials shown on a real screen, answered on a real keyboard, on disk at once."""
