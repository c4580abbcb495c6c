"""Experiment II at speed: injected against recorded reaction times, every scheme, both moments."""

import os

import pytest
import yaml

from conditions.folder import DESIGNS
from conditions.tables.files import read_table
from conditions.tables.sessions import RATINGS
from experiment.rehearsal import make_rehearsal
from tests.experiment.rehearsed import check_whole, facts, play, presses

pytestmark = [pytest.mark.slow, pytest.mark.window]

# The whole experiment in `make test-thorough`; usually every fifth unit of it, in the same parts,
# conditions and blocks: each press is compared by itself, and 88 tell what a median tells.
THOROUGH = "EXAMPLES" in os.environ
TRIALS = 216 if THOROUGH else 88
# At most so much in the 196 trials of the whole experiment after the twentieth.
GROWTH_MB_A_TRIAL = 100 / 196


def every_fifth_unit() -> dict:
    """What the shorter experiment has otherwise."""
    content = yaml.safe_load((DESIGNS / "experiment_2.yaml").read_text(encoding="utf-8"))
    for block in content["units"]["blocks"].values():
        block["units"] = block["units"][::5]
    parts = [part | {"main": part["main"] // 5} for part in content["parts"]]
    return {"units": content["units"], "parts": parts}


@pytest.fixture(scope="module")
def done(tmp_path_factory, screen):
    root = tmp_path_factory.mktemp("experiment_2")
    changes = {"image": {"resize": 64, "crop": 64}} | ({} if THOROUGH else every_fifth_unit())
    folder = make_rehearsal("experiment_2", root, [1], fast=True, **changes)
    ran = play(folder, screen)
    assert ran.returncode == 0, ran.stderr
    return folder


def test_reaction_times_are_those_of_the_presses(done):
    """Presses through the window system: none lost, none doubled, none shifted."""
    trials = check_whole(done)
    pressed = presses(done, "combined")
    assert len(trials) == TRIALS
    assert pressed.trial.tolist() == trials.trial.tolist()
    said = {key: ("upper", i + 1) for i, key in enumerate("qwe")}
    said |= {key: ("lower", i + 1) for i, key in enumerate("asd")}
    answers = list(zip(trials.response, trials.confidence, strict=True))
    assert answers == [said[key] for key in pressed["key"]]
    error = 1000 * (trials.rt - pressed["rt"])
    print(f"recorded - injected: mean {error.mean():.2f} ms, sd {error.std():.2f} ms")
    # A clock that starts before the picture, or presses that are polled, would be 8 to 16 ms off.
    assert abs(error.median()) < 3
    assert error.quantile(0.05) > -1


def test_every_scheme_was_shown(done):
    shown = check_whole(done).groupby("scheme").agg({"n_references": "max", "left_title": "count"})
    assert shown["n_references"].to_dict() == {
        "Max-1": 1,
        "Max-9": 9,
        "Min-Max-1": 1,
        "Min-Max-9": 9,
    }
    assert (shown["left_title"] == 0).to_dict() == {
        "Max-1": True,
        "Max-9": True,
        "Min-Max-1": False,
        "Min-Max-9": False,
    }


def test_units_were_rated_at_both_moments(done):
    ratings = read_table(done.session(1) / "ratings.csv", RATINGS)
    assert ratings.moment.tolist() == ["beginning"] * 3 + ["end"] * 3


def test_memory_does_not_grow(done):
    found = facts(done)
    growth = found["memory_at_end_mb"] - found["memory_after_20_trials_mb"]
    print(f"memory grew by {growth:.1f} MB")
    assert growth < GROWTH_MB_A_TRIAL * (TRIALS - 20)
