"""How images are parameterised: what an optimiser changes, and how it becomes pixels."""
