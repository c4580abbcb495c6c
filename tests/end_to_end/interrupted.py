"""A short study whose session is interrupted."""

from pathlib import Path

from tests.experiment.rehearsed import TINY

# Of the tiny study's units two, of its conditions too: 8 trials and 2 ratings. What happens after
# the third answer leaves six to be lost.
BRIEF = {
    "units": TINY["units"] | {"main": TINY["units"]["main"][:2]},
    "parts": [
        TINY["parts"][0] | {"main": 2},
        TINY["parts"][1] | {"main": 2, "conditions": ["natural"]},
    ],
    "repeats": {"least": 1, "most": 0},
}
ANSWERS = 10


def rows(path: Path) -> list[str]:
    """Whole rows of a table that may be in the middle of being written."""
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
