"""Images that another tool has made: found, checked, measured, and only then taken over."""
