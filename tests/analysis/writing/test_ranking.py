"""The ranking as files: by people and machines, as a command and as a section of the report."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from analysis.__main__ import app
from analysis.data.machine import machines_beside
from analysis.data.study import load_study
from analysis.planning import ranked as planned
from analysis.statistics.ranking import needed
from analysis.statistics.ranking import ranked as statistics
from analysis.statistics.ranking.table import RANKING_TABLE
from analysis.writing import ranking, report
from conditions.errors import StudyError
from conditions.folder import open_study
from conditions.tables.files import read_table
from tests.analysis.simulated import (
    simulate_machine,
    simulate_session,
    simulate_study,
    write_session,
)

KINDS = ["natural", "fourier", "maco", "accentuated"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = open_study("visualisations", tmp_path_factory.mktemp("studies"))
    simulate_study(folder, 5)
    simulate_machine(folder, "net", 5)
    simulate_machine(folder, "oracle", 5, role="ceiling")
    return folder


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(needed, "SIMULATIONS", 100)


@pytest.fixture
def undrawn(monkeypatch):
    """Without figures and sizes of studies, which take most of the time."""
    monkeypatch.setattr(ranking, "write_figure", lambda figure, path: b"")
    monkeypatch.setattr(statistics, "size_of_study", lambda *facts: "about 9 participants")


def ranked(folder, *options: str):
    return CliRunner().invoke(app, ["ranking", str(folder.path), *options])


def test_the_command_writes_table_figure_and_sentences(folder):
    done = ranked(folder)
    assert done.exit_code == 0, done.output
    out = folder.report / "ranking"
    table = read_table(out / "ranking.csv", RANKING_TABLE)
    assert table["observer"].unique().tolist() == ["people", "net"]
    people = table[(table["observer"] == "people") & (table["measure"] == "accuracy")]
    assert people["condition"].tolist() == [*KINDS, "none"]
    assert people["baseline"].dropna().unique().tolist() == ["natural"]
    assert people["better"].notna().sum() == 3
    assert (out / "ranking.pdf").stat().st_size > 5_000
    text = (out / "ranking.txt").read_text(encoding="utf-8")
    for name in KINDS[1:]:
        assert f"{name}: " in text
    assert "Better than natural: " in text
    assert "net, 1. " in text
    assert "oracle" not in text
    assert "other people and other units" in text
    assert "! No participants.tsv" in done.output
    for word in ("nan", "None"):
        assert not re.search(rf"\b{word}\b", text)
    provenance = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["against"] == "natural"
    levels = json.loads((out / "ranking.json").read_text(encoding="utf-8"))
    assert "accentuated" in json.dumps(levels)


def test_another_baseline_is_named(folder, undrawn):
    done = ranked(folder, "--against", "maco")
    assert done.exit_code == 0, done.output
    table = read_table(folder.report / "ranking" / "ranking.csv", RANKING_TABLE)
    assert table["baseline"].dropna().unique().tolist() == ["maco"]
    assert "Better than maco: " in done.output


@pytest.mark.parametrize("name", ["none", "crops"])
def test_a_baseline_that_is_not_shown_is_refused(folder, name):
    found = ranked(folder, "--against", name).exception
    assert isinstance(found, StudyError)
    assert str(found) == f"--against: found {name}, wanted one of {', '.join(KINDS)}"


def test_before_the_first_participant_machines_rank_alone(tmp_path, undrawn):
    folder = open_study("visualisations", tmp_path)
    assert isinstance(ranked(folder).exception, StudyError)
    simulate_machine(folder, "net", 2)
    assert ranked(folder).exit_code == 0
    table = read_table(folder.report / "ranking" / "ranking.csv", RANKING_TABLE)
    assert table["observer"].unique().tolist() == ["net"]


def test_the_report_of_more_than_two_kinds_has_a_ranking(folder, tmp_path, undrawn, monkeypatch):
    monkeypatch.setattr(report, "write_figure", lambda figure, path: b"")
    machines, remarks = machines_beside(folder)
    assert remarks == []
    report.write_report([load_study(folder)], tmp_path, "title", machines=machines)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Kinds of reference images, and how they differ from natural" in page
    assert 0 < page.index("by their accuracy: people.") < page.index("by their accuracy: net.")
    assert "oracle" not in page
    read_table(tmp_path / "tables" / "ranking.csv", RANKING_TABLE)
    assert "would take about 9 participants where the difference is as found" in page
    assert "Better than natural: " in (tmp_path / "results.txt").read_text(encoding="utf-8")
    methods = (tmp_path / "methods.txt").read_text(encoding="utf-8")
    assert "natural, photographs of the pool, next in rank to the queries" in methods
    words = re.sub(r"base64,[^\"]*", "", page).lower().split()
    assert not {"nan", "none%"} & set(words)


def test_machines_that_cannot_be_read_are_left_out_in_a_sentence(tmp_path, undrawn):
    folder = open_study("visualisations", tmp_path)
    simulate_machine(folder, "net", 1)
    (folder.machine_session("net", 1) / "judgements.csv").unlink()
    machines, (remark,) = machines_beside(folder)
    assert machines == []
    assert remark.startswith("Machine observers are left out: ")
    assert "judgements.csv" in remark
    assert isinstance(ranked(folder).exception, StudyError)
    simulate_study(folder, 1)
    done = ranked(folder)
    assert done.exit_code == 0, done.output
    assert "! Machine observers are left out: " in done.output


def only(folder, phase: str, condition: str | None = None) -> None:
    """Leave of two sessions the trials of a phase and condition."""
    for participant in (1, 2):
        rng = np.random.default_rng(participant)
        trials = simulate_session(folder.study, participant, rng)
        chosen = (trials["phase"] == phase) & ~trials["catch"]
        chosen &= (trials["condition"] == condition) if condition else True
        write_session(folder, trials[chosen])


def test_nothing_to_rank_is_said(tmp_path):
    folder = open_study("visualisations", tmp_path)
    only(folder, "practice")
    with pytest.raises(StudyError, match="no answered main trials, only practice"):
        planned.ranked(folder, None, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_kinds_that_nobody_has_met_are_named(tmp_path, undrawn):
    folder = open_study("visualisations", tmp_path)
    only(folder, "main", "maco")
    found = planned.ranked(folder, None, tmp_path / "out")
    assert found.baseline == "maco"
    named = "No main trials with natural, fourier and accentuated are answered yet."
    assert found.remarks[-1] == named
    assert named in (tmp_path / "out" / "ranking.txt").read_text(encoding="utf-8")
