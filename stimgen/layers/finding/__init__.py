"""Which layers a network has, and how their values are laid out: found by running it."""
