"""Several sessions of one participant become one set of data."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.bids.data_set import write_bids
from analysis.data.exclude import checked_values
from analysis.data.sessions.files import read_session
from analysis.data.sessions.numbers import minutes_of, session_doubts, sessions_in_words
from analysis.data.study import load_study
from analysis.statistics.answering.repeats import repeated_pairs
from analysis.writing.methods import first_methods
from analysis.writing.session.checks import oddities, open_session
from analysis.writing.session.page import write_session_page
from conditions.files import write_json
from conditions.folder import StudyFolder, open_study
from conditions.study.exclusions import Exclusions
from conditions.study.sessions import BetweenSessions
from conditions.tables.files import read_table, write_table
from conditions.tables.sessions import RATINGS, TRIALS
from conditions.trials.course import sessions_of
from conditions.trials.repeats import choose_repeats
from tests.analysis.bids.validating import errors, validated
from tests.analysis.events import events_of, leave_events
from tests.analysis.simulated import planned_session, simulate_session, write_session

SESSIONS = [{"parts": ["before"]}, {"parts": ["references"], "conditions": ["natural"]}]
REST = {"parts": ["references"], "conditions": ["synthetic"]}
# Between the ends of two sessions, in seconds.
DAY = 86_400.0


@pytest.fixture
def folder(demo, tmp_path) -> StudyFolder:
    """Two participants of three sessions; the second one never comes back after two."""
    content = demo | {"sessions": [*SESSIONS, REST], "repeats": {"least": 1, "most": 1}}
    path = tmp_path / "demo.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    folder = open_study(str(path), tmp_path)
    for participant in (1, 2):
        trials = recorded(folder, participant)
        state = "complete"
        if participant == 2:
            trials, state = trials[trials["session"] < 3], "between sessions"
        write_session(folder, trials, state=state)
    return folder


def recorded(folder: StudyFolder, participant: int) -> pd.DataFrame:
    """Simulated trials with repeats, a day between two sessions."""
    study = folder.study
    planned = planned_session(study, participant)
    trials = simulate_session(study, participant, np.random.default_rng(participant))
    known = dict(zip(trials["trial"], trials["confidence"].astype(int), strict=True))
    repeats = choose_repeats(study, participant, planned, known)
    first = trials.set_index("trial").loc[repeats["repeat_of"]].reset_index()
    again = first.assign(repeat_of=first["trial"], trial=repeats["trial"], phase="repeat")
    for name in ("block", "upper", "lower", "correct_response"):
        again[name] = repeats[name].to_numpy()
    again["response"] = again["correct_response"].where(
        again["correct"], again["correct_response"].map({"upper": "lower", "lower": "upper"})
    )
    again["onset"] = trials["onset"].max() + 60 + 20 * np.arange(len(again))
    whole = pd.concat([trials, again], ignore_index=True)
    of = sessions_of(study, participant, whole)
    return whole.assign(session=of, onset=whole["onset"] + DAY * (np.array(of) - 1))


def remarks(folder: StudyFolder) -> str:
    return " ".join(load_study(folder).remarks)


def test_trials_of_all_sessions_are_one_participants(folder):
    dataset = load_study(folder)
    assert dataset.participants == [1, 2]
    of_one = dataset.main[dataset.main["participant"] == 1]
    assert sorted(of_one["session"].unique()) == [1, 2, 3]
    # What was met first, and how often, counts over the sessions.
    assert set(of_one["first_condition"].dropna()) == {"natural"}
    assert set(of_one["baseline"].dropna()) == {"before"}
    assert of_one.groupby("condition")["turn"].max().to_dict() == {
        "natural": 2,
        "none": 1,
        "synthetic": 2,
    }
    pairs = repeated_pairs(dataset.trials)
    assert len(pairs) == 6
    assert pairs["same_choice"].all(), "trials of other sessions are found again"


def test_who_never_came_back_is_named_and_used(folder):
    dataset = load_study(folder)
    said = " ".join(dataset.remarks)
    assert "Participant 2: Session 3 of 3 was not begun." in said
    assert "session.json says" not in said
    assert "Participant 1: Session" not in said
    words = sessions_in_words(dataset.trials)
    assert words == "in 3 sessions each (1 of 2 came to all of them)"
    assert f"2 participants {words}" in " ".join(first_methods([dataset]))
    path = folder.session(2) / "trials.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-2]), encoding="utf-8")
    assert "Participant 2: Session 2 of 3 is not complete." in remarks(folder)


def test_rows_of_another_session_than_the_study_says_are_named(folder):
    path = folder.session(1) / "trials.csv"
    trials = read_table(path, TRIALS)
    write_table(trials.assign(session=trials["session"].replace(3, 2)), TRIALS, path)
    wrong = int((trials["session"] == 3).sum())
    said = remarks(folder)
    assert f"{wrong} rows (trial" in said
    assert "say session 2, the study places the first of them in session 3." in said


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"least_hours": 12, "most_hours": 23.9}, ""),
        ({"least_hours": 48}, "Session 2 began 2.* hours after the end of session 1, the study "),
        ({"most_hours": 20}, "wants at most 20 hours. Session 3 began 2"),
    ],
)
def test_sessions_too_close_or_too_far_apart_are_named(folder, wanted, words):
    between = BetweenSessions(**wanted)
    study = folder.study.model_copy(update={"between_sessions": between})
    session = read_session(folder, 1)
    doubts = list(session_doubts(study, session, planned_session(study, 1)))
    assert len(doubts) == (2 if words else 0)
    assert re.search(words, " ".join(doubts))


def test_what_lies_between_two_sessions_is_no_time_of_trials(folder):
    trials = load_study(folder).trials
    minutes = checked_values(trials)["total_minutes"]
    assert minutes.max() < 30
    alone = trials[trials["session"] == 1]
    assert minutes_of(alone)[1] < minutes[1]
    opened = open_session(folder, 1)
    assert not [text for text in oddities(opened, Exclusions()) if "A pause of" in text]
    assert opened.sessions == 3


def test_a_bids_data_set_has_sessions(folder, tmp_path):
    write_ratings(folder, 1)
    out = tmp_path / "bids"
    assert write_bids(folder, out) == [1, 2]
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*_beh.tsv"))
    assert found == [
        "sub-001/ses-1/beh/sub-001_ses-1_task-demo_beh.tsv",
        "sub-001/ses-2/beh/sub-001_ses-2_task-demo_beh.tsv",
        "sub-001/ses-3/beh/sub-001_ses-3_task-demoIntuitiveness_beh.tsv",
        "sub-001/ses-3/beh/sub-001_ses-3_task-demo_beh.tsv",
        "sub-002/ses-1/beh/sub-002_ses-1_task-demo_beh.tsv",
        "sub-002/ses-2/beh/sub-002_ses-2_task-demo_beh.tsv",
    ]
    rows = sum(len(pd.read_csv(out / path, sep="\t")) for path in found if "Intuit" not in path)
    assert rows == len(load_study(folder).trials)
    assert "Each participant came 3 times" in (out / "README").read_text(encoding="utf-8")
    checked = validated(out)
    assert errors(checked) == []
    assert sorted(checked["summary"]["sessions"]) == ["1", "2", "3"]


def test_each_run_of_each_session_has_its_events(folder, tmp_path):
    """Of three sessions the second was resumed, and the third left no events."""
    trials = read_table(folder.session(1) / "trials.csv", TRIALS)
    by_session = dict(iter(trials.groupby("session")))
    second = by_session[2]
    parts = [by_session[1], second[:3], second[3:]]
    leave_events(folder, *(events_of(part, None, run) for run, part in enumerate(parts, start=1)))
    write_bids(folder, out := tmp_path / "bids")
    found = sorted(path.name for path in (out / "sub-001").rglob("*.tsv"))
    assert found == [
        "sub-001_ses-1_task-demo_beh.tsv",
        "sub-001_ses-1_task-demo_events.tsv",
        "sub-001_ses-2_task-demo_run-2_beh.tsv",
        "sub-001_ses-2_task-demo_run-2_events.tsv",
        "sub-001_ses-2_task-demo_run-3_beh.tsv",
        "sub-001_ses-2_task-demo_run-3_events.tsv",
        "sub-001_ses-3_task-demo_beh.tsv",
    ]
    assert errors(validated(out)) == []
    onsets = {
        path.name: pd.read_csv(path, sep="\t")["onset"] for path in (out / "sub-001").rglob("*.tsv")
    }
    for name in found:
        if name.replace("_beh", "_events") in found:
            assert 0 <= onsets[name].iloc[0] < 10
    write_session_page(open_session(folder, 1), Exclusions(), "Demo", page := tmp_path / "p.html")
    text = page.read_text(encoding="utf-8")
    assert float(re.search(r"trials in ([\d.]+) minutes", text)[1]) < 30


def write_ratings(folder: StudyFolder, participant: int) -> None:
    rating = (participant, 3, "end", 1000, "mixed3a_0001", 5, 4.0, 0)
    frame = pd.DataFrame([rating], columns=RATINGS.column_names)
    write_table(frame, RATINGS, folder.session(participant) / "ratings.csv")


def test_a_session_of_a_study_of_one_has_the_number_one(study_folder):
    trials = simulate_session(study_folder.study, 1, np.random.default_rng(1))
    write_session(study_folder, trials.assign(session=2))
    assert f"{len(trials)} rows (trial 0, 1, 2, 3, 4, …) say session 2" in remarks(study_folder)
    write_json(study_folder.session(1) / "session.json", {"session": "one"})
    assert "session.json is damaged" in remarks(study_folder)
