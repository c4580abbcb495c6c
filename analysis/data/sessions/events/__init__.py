"""The events of a session: how long things lasted, and whether they agree with its trials."""
