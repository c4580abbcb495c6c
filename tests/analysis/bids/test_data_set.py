"""The BIDS data set: accepted by the official validator, and whole."""

import json

import pandas as pd
import pytest

from analysis.bids.data_set import write_bids
from conditions.errors import StudyError
from conditions.tables.files import read_table
from conditions.tables.sessions import TRIALS
from tests.analysis.bids.validating import errors, validated
from tests.analysis.simulated import simulate_study, write_ratings


@pytest.fixture
def data_set(study_folder, tmp_path):
    simulate_study(study_folder, 3, expertise=("expert", "lay"))
    write_ratings(study_folder, 1, {"beginning": [5, -5], "end": [9, 0]})
    out = tmp_path / "bids"
    assert write_bids(study_folder, out) == [1, 2, 3]
    return out


def test_the_official_validator_finds_no_error(data_set):
    found = validated(data_set)
    assert errors(found) == []
    assert sorted(found["summary"]["subjects"]) == ["001", "002", "003"]


def test_the_validator_would_find_one(data_set):
    (data_set / "sub-002" / "beh" / "notes.txt").write_text("not allowed here")
    assert errors(validated(data_set))


def test_every_trial_and_column_is_there(data_set, study_folder):
    path = data_set / "sub-002" / "beh" / "sub-002_task-demo_beh.tsv"
    written = pd.read_csv(path, sep="\t", keep_default_na=False, na_values=["n/a"])
    trials = read_table(study_folder.session(2) / "trials.csv", TRIALS)
    left_out = ("participant", "started_at")
    assert list(written.columns) == [c for c in TRIALS.column_names if c not in left_out]
    assert len(written) == len(trials)
    assert written["rt"].to_numpy() == pytest.approx(trials["rt"].to_numpy())
    assert "\t\t" not in path.read_text()
    sidecar = json.loads(path.with_suffix(".json").read_text())
    assert set(written.columns) <= set(sidecar)
    assert sidecar["TaskName"] == "demo"
    levels = sidecar["condition"]["Levels"]
    assert list(levels) == ["natural", "synthetic", "none"]
    assert levels["synthetic"].startswith("10 feature visualisations a pole (fourier)")
    assert levels["none"] == "no references: the query images alone."


def test_everybody_with_a_session_is_a_participant(data_set):
    people = pd.read_csv(data_set / "participants.tsv", sep="\t")
    assert people["participant_id"].tolist() == ["sub-001", "sub-002", "sub-003"]
    assert people["expertise"].tolist() == ["expert", "lay", "expert"]


def people_of(folder, *rows: str) -> None:
    names = "participant_id\tage\tgender\thandedness\tvision\texpertise\tdate\temail"
    path = folder.data / "participants.tsv"
    path.write_text("\n".join([names, *rows]) + "\n", encoding="utf-8")


def test_people_are_matched_by_number_and_what_tells_who_they_are_is_left_out(
    study_folder, tmp_path
):
    simulate_study(study_folder, 5)
    people_of(
        study_folder,
        'sub-1\t90\t"fe\tmale"\tn/a\tN/A\texpert\t2025-01-01\ta@b.c',
        'sub-002\t88\t"a ""b"""\tright\t\tNA\t2025-01-01\t',
        "3\t89\t\t\t\t\t2025-01-01\t",
        "Lisa\t30\t\t\t\t\t2025-01-01\t",
        "sub-0005\t\t\t\t\t\t2025-01-01\t",
    )
    told: list[str] = []
    write_bids(study_folder, tmp_path / "bids", tell=told.append)
    lines = (tmp_path / "bids" / "participants.tsv").read_text().splitlines()
    assert lines == [
        "participant_id\tage\tgender\thandedness\tvision\texpertise",
        "sub-001\t89+\tfe male\tn/a\tn/a\texpert",
        'sub-002\t88\ta "b"\tright\tn/a\tn/a',
        "sub-003\t89+\tn/a\tn/a\tn/a\tn/a",
        "sub-004\tn/a\tn/a\tn/a\tn/a\tn/a",
        "sub-005\tn/a\tn/a\tn/a\tn/a\tn/a",
    ]
    readme = (tmp_path / "bids" / "README").read_text()
    for words in ("row 5: participant_id 'Lisa'", "participant 4.", "other columns, left out: em"):
        assert any(words in remark for remark in told)
        assert words in readme
    assert "89+" in (tmp_path / "bids" / "participants.json").read_text()
    assert errors(validated(tmp_path / "bids")) == []


def test_clock_times_are_written_where_they_are_asked_for(study_folder, tmp_path):
    simulate_study(study_folder, 1, expertise=("expert",))
    for asked in (False, True):
        out = tmp_path / f"bids_{asked}"
        write_bids(study_folder, out, clock_times=asked)
        tables = {"date": out / "participants.tsv", "started_at": next(out.rglob("*_beh.tsv"))}
        for word, path in tables.items():
            assert (word in path.read_text()) == asked
            assert (word in path.with_suffix(".json").read_text()) == asked
        assert asked == any("2025-01-01" in path.read_text() for path in out.rglob("*.tsv"))


def test_a_missing_or_damaged_table_of_people_is_said(study_folder, tmp_path):
    simulate_study(study_folder, 1)
    told: list[str] = []
    write_bids(study_folder, tmp_path / "bids", tell=told.append)
    assert told == [
        "No participants.tsv: nothing is known of the participants.",
        "Without events, which their sessions do not have: participant 1.",
    ]
    assert not list((tmp_path / "bids").rglob("*_events.*"))
    people_of(study_folder, "sub-1\told\t\t\t\t\t2025-01-01\t")
    with pytest.raises(StudyError, match=r"participants\.tsv: row 2, column age: found 'old'"):
        write_bids(study_folder, tmp_path / "second")
    people_of(study_folder, *(f"{name}\t3\t\t\t\t\tx\t" for name in ("sub-1", "sub-001")))
    with pytest.raises(StudyError, match="row 3, column participant_id: found 'sub-001'"):
        write_bids(study_folder, tmp_path / "third")
    assert not (tmp_path / "second").exists()


def test_an_existing_data_set_is_never_written_over(data_set, study_folder):
    with pytest.raises(StudyError, match="is not empty"):
        write_bids(study_folder, data_set)


def test_a_study_without_sessions_is_refused(study_folder, tmp_path):
    with pytest.raises(StudyError, match="no sessions"):
        write_bids(study_folder, tmp_path / "bids")
    assert not (tmp_path / "bids").exists()
