"""How the work of a step is done: by whom, in portions, what it takes, what is noted of it."""
