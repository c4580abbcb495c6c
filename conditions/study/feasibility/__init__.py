"""Whether the parts of a study fit together."""
