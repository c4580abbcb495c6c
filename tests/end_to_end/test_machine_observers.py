"""Machine observers on two published trials."""

from pathlib import Path

import pytest

from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from experiment.observers.embeddings.embedding import Embedding
from experiment.observers.embeddings.network import network
from experiment.observers.judging import ALPHA, Rule, judge

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen(reference) -> Embedding:
    """A network that has looked at all images of the trials."""
    folder = reference / "study_stimuli"
    seen = network("efficientnet_lite0")
    seen.look(folder, [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*.png"))])
    return seen


@pytest.mark.parametrize("kind", ["natural", "synthetic"])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("rule", list(Rule))
def test_a_network_solves_the_published_trials(seen, kind, number, rule):
    place = Path(kind) / f"trial_{number}"
    row = dict.fromkeys((*LEFT_COLUMNS, *RIGHT_COLUMNS))
    for columns, pole, first in ((LEFT_COLUMNS, "min", 1), (RIGHT_COLUMNS, "max", 0)):
        for i, column in enumerate(columns):
            row[column] = (place / "references" / f"{pole}_{first + i}.png").as_posix()
    queries = [(place / "queries" / f"{pole}.png").as_posix() for pole in ("max", "min")]
    row |= {"left_title": "min", "right_title": "max"}
    row |= {"upper": queries[0], "lower": queries[1]}
    assert judge(seen, row, rule, ALPHA).p_upper > 0.5
