"""When a unit counts as solved by a machine observer."""

# Share of right trials, half-way between chance and certainty.
SOLVED = 0.75
