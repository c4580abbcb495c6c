"""The operator's page: what is odd about a session."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.writing.session.checks import longest_run, oddities, open_session, summary_table
from conditions.study.exclusions import Exclusions
from conditions.tables.files import read_table, write_table
from conditions.tables.sessions import TRIALS
from tests.analysis.simulated import simulate_session, simulate_study, write_session
from tests.conftest import in_process

NO_RULES = Exclusions()


@pytest.fixture
def edited(study_folder):
    """A session with changes to its trials: a function of (column, rows, value)."""
    simulate_study(study_folder, 1)
    path = study_folder.session(1) / "trials.csv"

    def edit(column, choose, value):
        frame = read_table(path, TRIALS)
        frame.loc[choose(frame), column] = value
        write_table(frame, TRIALS, path)
        return oddities(open_session(study_folder, 1), NO_RULES)

    return edit


def main(frame):
    return (frame["phase"] == "main") & ~frame["catch"]


def test_counts_are_by_phase_and_condition(study_folder):
    simulate_study(study_folder, 1)
    rows = summary_table(open_session(study_folder, 1)).set_index(["phase", "condition"])
    assert rows.loc[("main", "natural"), "trials"] == 6
    assert rows.loc[("catch", "synthetic"), "trials"] == 2
    assert rows.loc[("practice", "none"), "trials"] == 1


def test_a_good_session_has_nothing_odd(study_folder):
    simulate_study(study_folder, 1)
    assert oddities(open_session(study_folder, 1), NO_RULES) == []


@pytest.mark.parametrize(("tries", "odd"), [(2, 0), (4, 1)])
def test_an_example_that_took_long_is_odd(study_folder, tries, odd):
    simulate_study(study_folder, 1)
    session = open_session(study_folder, 1)
    # The second run, right after the first, had no instructions.
    runs = {"runs": [{"example": {"tries": tries}}, {"state": "complete"}]}
    found = oddities(replace(session, facts=session.facts | runs), NO_RULES)
    assert len(found) == odd
    assert all("was answered 4 times" in words for words in found)


@pytest.mark.parametrize(
    ("column", "choose", "value", "words"),
    [
        ("correct", lambda f: f.index[f["catch"]][:1], False, "1 catch trial answered wrongly"),
        ("correct", lambda f: main(f) & (f["condition"] != "none"), False, "not above chance"),
        ("confidence", main, 2, "Confidence was 2 in all main trials"),
        ("response", lambda f: f.index, "upper", "25 answers in a row chose the same place"),
        ("rt", lambda f: f.index[:99], 0.1, "less than 0.3 s (trial 0, 1, 2, 3, 4, …)."),
        ("rt", lambda f: f.index[3:5], 0.1, "2 answers in less than 0.3 s (trial 3, 4)."),
        ("onset", lambda f: f.index[10:], 5000.0, "minutes before trial 10"),
        ("dropped_frames", lambda f: f.index[:5], 3, "frames dropped in"),
        ("timed_out", lambda f: f.index[:1], True, "1 trial passed the deadline"),
    ],
)
def test_what_is_odd_is_told(edited, column, choose, value, words):
    assert any(words in text for text in edited(column, choose, value))


def test_the_observer_and_an_incomplete_session_are_told(study_folder):
    session = simulate_session(study_folder.study, 1, np.random.default_rng(1))
    write_session(study_folder, session, observer="scripted", state="stopped")
    assert oddities(open_session(study_folder, 1), NO_RULES) == [
        "The answers are those of the observer scripted, not of a person.",
        "The session is not complete: session.json says stopped.",
    ]


def test_trials_of_the_condition_file_that_are_not_answered_are_told(study_folder):
    simulate_study(study_folder, 1)
    assert oddities(open_session(study_folder, 1), NO_RULES) == []
    path = study_folder.session(1) / "trials.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:11]))
    texts = oddities(open_session(study_folder, 1), NO_RULES)
    assert "Not complete: 10 of 25 trials are answered." in texts


def test_the_studys_rules_are_told_at_once(study_folder):
    simulate_study(study_folder, 1)
    rules = Exclusions(max_total_minutes=0.5, min_catch_accuracy=0.9)
    (text,) = oddities(open_session(study_folder, 1), rules)
    assert text.startswith("The study's rule max_total_minutes (0.5) leaves this participant out")


@pytest.mark.parametrize(
    ("values", "expected"), [([], 0), (["u"], 1), (["u", "u", None, "u"], 2), ([None, None], 0)]
)
def test_longest_run(values, expected):
    assert longest_run(pd.Series(values, dtype="object")) == expected


def test_the_command_writes_one_page(study_folder):
    simulate_study(study_folder, 1)
    done = in_process("analysis", "session", str(study_folder.path), "1")
    assert done.returncode == 0, done.stderr
    assert "nothing odd" in done.stdout
    page = (study_folder.report / "session-001.html").read_text()
    assert "Nothing odd" in page
    assert page.count("data:image/png") == 1


def test_an_unknown_participant_is_refused(study_folder):
    simulate_study(study_folder, 2)
    done = in_process("analysis", "session", str(study_folder.path), "5")
    assert done.returncode == 2
    assert "no session of participant 5; participants there: 1, 2" in done.stderr
