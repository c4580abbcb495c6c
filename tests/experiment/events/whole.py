"""What must be so of the events of every session, however it was stopped, killed and resumed."""

from pathlib import Path

import pandas as pd

from conditions.folder import StudyFolder
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table
from conditions.tables.sessions import RATINGS, TRIALS

# Keys are told by another reading of the same clock; ends are sums.
CLOSE_S = 0.001
ON_SCREEN = ("page", "blank", "fixation", "images", "feedback")


def check_events(folder: StudyFolder, where: Path | None = None) -> pd.DataFrame:
    """Events agree with the answers of a session, and are ordered and nested; returns them."""
    data = where or folder.session(1)
    events = read_table(data / "events.csv", EVENTS)
    trials, ratings = (read_table(data / f"{t.name}.csv", t) for t in (TRIALS, RATINGS))
    check_order(events)
    for trial in trials.to_dict("records"):
        check_trial(events[events.trial == trial["trial"]], trial)
    for rating in ratings.to_dict("records"):
        choice = events[(events.trial == rating["trial"]) & (events.kind == "choice")].iloc[-1]
        assert choice.detail == f"rating {rating['rating']}"
        assert choice.duration == rating["rt"]
    shown = {*events[events.kind == "images"].trial.dropna()}
    assert {*trials.trial, *ratings.trial} <= shown
    return events


def check_order(events: pd.DataFrame) -> pd.DataFrame:
    """Runs follow each other; within one, exactly one thing is on the screen at a time."""
    end = 0.0
    assert events.run.is_monotonic_increasing
    for _, run in events.groupby("run"):
        ends = run.onset + run.duration.fillna(0)
        assert run.onset.min() >= end
        end = ends.max()
        first = run.sort_values("onset", kind="stable").iloc[0]
        assert (first.kind, first.detail) == ("session", "begin")
        assert (run[run.kind == "session"].detail.str.split().str[0] == "begin").sum() == 1
        shown = run[run.kind.isin(ON_SCREEN)].sort_values("onset", kind="stable")
        assert (shown.duration.notna()).all()
        until = shown.onset + shown.duration
        assert (until.iloc[:-1].to_numpy() <= shown.onset.iloc[1:].to_numpy() + 1e-6).all()
        _check_pairs(run, "block")
        _check_pairs(run, "pause")
    return events


def _check_pairs(run: pd.DataFrame, kind: str) -> None:
    """What begins ends before the next begins; only the last may be cut off with the run."""
    said = run[run.kind == kind].sort_values("onset", kind="stable").detail.tolist()
    if kind == "pause":
        # The question whether to stop may come up in any pause.
        said = [words for words in said if not words.endswith(" escape")]
    for i, words in enumerate(said):
        what, which = words.split(" ", 1)
        assert what == ("begin", "end")[i % 2]
        assert what == "begin" or said[i - 1] == f"begin {which}"


def check_trial(rows: pd.DataFrame, trial: dict) -> None:
    """The events of a trial's answer are all there, and are what the table of trials says."""
    shown = rows[(rows.kind == "images") & (rows.onset == trial["onset"])]
    assert len(shown) == 1, f"trial {trial['trial']} has no images at its onset"
    assert shown.index[0] == rows[rows.kind == "images"].index[-1]
    (images,) = shown.itertuples()
    assert images.detail.split() == [trial["condition"]] + ["catch"] * bool(trial["catch"])
    end = images.onset + images.duration
    rows = rows[rows.run == images.run]
    (choice,) = rows[(rows.kind == "choice") & (rows.onset == images.onset)].itertuples()
    if trial["timed_out"]:
        assert pd.isna(choice.detail)
        return
    assert (choice.detail, choice.duration) == (trial["response"], trial["rt"])
    answered = choice.onset + choice.duration
    if not pd.isna(trial["confidence_rt"]):
        asked = rows[(rows.kind == "confidence") & (rows.onset > choice.onset)].iloc[-1]
        assert asked.detail == str(trial["confidence"])
        assert answered - CLOSE_S <= asked.onset + asked.duration
        answered += trial["confidence_rt"]
        assert abs(max(answered, asked.onset) - asked.onset - asked.duration) < CLOSE_S
    assert abs(answered - end) < CLOSE_S
    counted = rows[(rows.kind == "press") & ~rows.detail.fillna("").str.contains(" ")]
    assert (abs(counted.onset - choice.onset - choice.duration) < CLOSE_S).any()
    before = rows[rows.kind.isin(("blank", "fixation")) & (rows.onset < images.onset)]
    assert set(before.kind.iloc[-2:]) <= {"blank", "fixation"}
    follows = rows[rows.kind == "feedback"]
    assert (follows.onset[follows.onset > images.onset] >= end - 1e-6).all()
