"""The draws that a page has of its repeats: with them it chooses what Python chooses."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from conditions.folder import DESIGNS
from conditions.study.study import Study, load_study
from conditions.trials.build import build_participant
from conditions.trials.repeats import choose_repeats
from conditions.units.table import unit_table
from experiment.web.participant_file import rows_of
from experiment.web.repeats import repeat_draws

PAGE = Path(__file__).parents[3] / "experiment" / "web" / "app" / "session" / "repeats.js"
SCRIPT = """
import { readFileSync } from "node:fs";
const { chooseRepeats } = await import(process.argv[1]);
const { table, rows, sets } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(sets.map((set) => chooseRepeats(table, rows, new Map(set)))));
"""


def in_javascript(table: dict, rows: list[dict], sets: list[dict[int, int]]) -> list[list[dict]]:
    """What the page's own module chooses."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here, which runs the page's module")
    given = {"table": table, "rows": rows, "sets": [list(each.items()) for each in sets]}
    done = subprocess.run(
        [node, "--input-type=module", "-e", SCRIPT, PAGE.as_uri()],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("participant", [1, 2, 17])
def test_the_page_repeats_what_python_repeats_whatever_the_answers(participant):
    study = load_study(DESIGNS / "experiment_1.yaml")
    trials = build_participant(study, unit_table(study), participant)
    table, rows = repeat_draws(study, participant, trials), rows_of(trials)
    sets = [_answers(study, rows, seed) for seed in range(40)]
    chosen = in_javascript(table, rows, sets)
    assert len({json.dumps(each) for each in chosen}) >= 25
    for answers, of_page in zip(sets, chosen, strict=True):
        ours = choose_repeats(study, participant, trials, answers)
        wanted = [
            row | {"repeat_of": int(first)}
            for row, first in zip(rows_of(ours), ours["repeat_of"], strict=True)
        ]
        assert of_page == wanted


def _answers(study: Study, rows: list[dict], seed: int) -> dict[int, int]:
    """Confidence by trial: of all, of some, of nobody; many levels, or one alone."""
    rng = random.Random(seed)
    share, levels = rng.choice([1, 1, 0.9, 0.3, 0.05, 0]), rng.choice([[1, 2, 3], [2], [1, 3]])
    asked = [row["trial"] for row in rows if row["phase"] != "intuitiveness"]
    return {trial: rng.choice(levels) for trial in asked if rng.random() < share}


def test_without_repeats_there_is_no_table(tiny):
    study = tiny.study.model_copy(update={"repeats": None})
    assert repeat_draws(study, 1, None) is None
