"""The course of a session: what comes after what, and when."""
