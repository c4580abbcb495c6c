"""The page of one session, for the operator."""
