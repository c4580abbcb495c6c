"""Machine observers on real images: a study of the demo's size, and two published trials."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.data.machine import load_machines
from analysis.planning.difficulty import difficulty_table, flags_table
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.tables.sessions import LEFT_COLUMNS, RIGHT_COLUMNS
from experiment.observers.embeddings.network import network
from experiment.observers.judging import ALPHA, Rule, judge
from tests.conftest import command

pytestmark = pytest.mark.slow

NETWORK = "efficientnet_lite0-block12"


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> StudyFolder:
    """The demo's units and trials, with smaller images and fewer steps."""
    root = tmp_path_factory.mktemp("studies")
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {"name": "small", "image": {"resize": 108, "crop": 96}}
    content["synthetic"] |= {"steps": 48}
    path = root / "small.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    base = ["--root", str(root)]
    observers = ["--embedding", "pixels", "--embedding", "efficientnet_lite0"]
    observers += ["--embedding", "oracle", "--participants", "all"]
    for arguments in (
        ["stimgen", "natural", str(path), *base],
        ["stimgen", "synthetic", str(path), *base],
        ["conditions", "build", str(path), "--participants", "1-12", *base],
        ["experiment", "machine", str(path), *observers, *base],
        ["analysis", "difficulty", str(path), *base],
        ["stimgen", "preview", str(path), *base],
    ):
        done = command(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return open_study(str(root / "small"), root)


@pytest.fixture(scope="module")
def accuracy(study) -> pd.DataFrame:
    """Observers by condition: share of right answers and predicted accuracy."""
    table = difficulty_table(load_machines(study))
    return table.groupby(["observer", "condition"])[["right", "predicted"]].mean()


@pytest.mark.parametrize("condition", ["natural", "synthetic"])
def test_the_oracle_is_the_ceiling_pixels_the_floor_and_a_network_between(accuracy, condition):
    assert accuracy.loc[("oracle", condition), "right"] >= 0.99
    for measure in ("right", "predicted"):
        pixels, network, oracle = (
            accuracy.loc[(name, condition), measure] for name in ("pixels", NETWORK, "oracle")
        )
        assert pixels <= network <= oracle
    assert (
        accuracy.loc[("pixels", condition), "predicted"]
        < (accuracy.loc[(NETWORK, condition), "predicted"])
    )
    assert accuracy.loc[(NETWORK, condition), "right"] > 0.7


def test_nobody_knows_anything_without_references(accuracy):
    assert (accuracy.xs("none", level="condition")["predicted"] == 0.5).all()


def test_no_unit_contradicts_its_references(study):
    flags = flags_table(difficulty_table(load_machines(study)))
    assert "contradictory" not in flags["flag"].tolist()


def test_the_preview_holds_the_predictions(study):
    page = study.preview.read_text(encoding="utf-8")
    assert page.count('<table class="difficulty">') == 6
    assert NETWORK in page


@pytest.mark.parametrize("kind", ["natural", "synthetic"])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("rule", list(Rule))
def test_a_network_solves_the_published_trials(reference, kind, number, rule):
    folder = reference / "study_stimuli"
    seen = network("efficientnet_lite0")
    seen.look(folder, [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*.png"))])
    place = Path(kind) / f"trial_{number}"
    row = dict.fromkeys((*LEFT_COLUMNS, *RIGHT_COLUMNS))
    for columns, pole, first in ((LEFT_COLUMNS, "min", 1), (RIGHT_COLUMNS, "max", 0)):
        for i, column in enumerate(columns):
            row[column] = (place / "references" / f"{pole}_{first + i}.png").as_posix()
    queries = [(place / "queries" / f"{pole}.png").as_posix() for pole in ("max", "min")]
    row |= {"left_title": "min", "right_title": "max"}
    row |= {"upper": queries[0], "lower": queries[1]}
    assert judge(seen, row, rule, ALPHA).p_upper > 0.5
