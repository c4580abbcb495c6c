"""Events of simulated sessions, as a session leaves them: a small course around each trial."""

from collections.abc import Iterable

import pandas as pd

from conditions.folder import StudyFolder
from conditions.study.markers.codes import images_word
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table, typed, write_table
from conditions.tables.sessions import TRIALS

BLANK, FIXATION, FEEDBACK = 0.5, 0.5, 0.6
CONFIDENCE_KEYS = {1: "left", 2: "down", 3: "right"}
Row = tuple[float, float | None, str, int | None, str | None, int | None]


def events_of(
    trials: pd.DataFrame,
    codes: dict[str, int] | None = None,
    run: int = 1,
    more: Iterable[Row] = (),
) -> pd.DataFrame:
    """The events of one run in which all of some trials were answered.

    Parameters
    ----------
    trials : DataFrame
        Columns of ``TRIALS``.
    codes : dict, optional
        A study's codes, where its rig has an outlet, which is called file.
    run : int
        Number of the run.
    more : iterable
        Further rows: onset, duration, kind, trial, detail, code.
    """
    codes = codes or {}
    rows: list[Row] = [*more]

    def add(onset, duration, kind, trial=None, detail=None, word=None):
        rows.append((onset, duration, kind, trial, detail, codes.get(word)))

    began = float(trials["onset"].min()) - 4
    ended = float((trials["onset"] + trials["rt"].fillna(0) + 3).max())
    add(began, None, "session", None, "begin", "session_begin")
    if codes:
        add(began, None, "marker", None, "file opened")
        add(ended, None, "marker", None, "file closed")
    add(began + 0.1, 2.0, "page", None, "instructions", "page")
    for (block, phase), group in trials.groupby(["block", "phase"], sort=False):
        first, name = group["onset"].min(), f"{phase} {block}"
        add(first - 1.5, None, "block", None, f"begin {name}", "block_begin")
        for row in group.to_dict("records"):
            _trial(row, add)
        over = (group["onset"] + group["rt"].fillna(0)).max() + 2
        add(over, None, "block", None, f"end {name}", "block_end")
    add(ended - 0.5, 0.4, "page", None, "end", "page")
    add(ended, None, "session", None, "end complete", "session_end")
    frame = pd.DataFrame(rows, columns=["onset", "duration", "kind", "trial", "detail", "code"])
    who = {"participant": int(trials["participant"].iloc[0]), "run": run}
    frame = frame.assign(session=int(trials["session"].iloc[0]), **who)
    frame = frame.sort_values("onset", kind="stable")[EVENTS.column_names]
    return typed(frame.reset_index(drop=True), EVENTS)


def _trial(row, add) -> None:
    number, onset, rt, then = row["trial"], row["onset"], row["rt"], row["confidence_rt"]
    add(onset - FIXATION - BLANK, BLANK, "blank", number, None, "blank")
    add(onset - FIXATION, FIXATION, "fixation", number, None, "fixation")
    catch = " catch" * bool(row["catch"])
    word = images_word(row["condition"], bool(row["catch"]))
    add(onset, rt + then, "images", number, f"{row['condition']}{catch}", word)
    add(onset, rt, "choice", number, row["response"])
    key = {"upper": "up", "lower": "down"}[row["response"]]
    add(onset + rt, None, "press", number, key, f"choice_{row['response']}")
    add(onset + rt + 0.08, None, "release", number, key)
    level = int(row["confidence"])
    add(onset + rt, then, "confidence", number, str(level))
    add(onset + rt + then, None, "press", number, CONFIDENCE_KEYS[level], f"confidence_{level}")
    add(onset + rt + then + 0.09, None, "release", number, CONFIDENCE_KEYS[level])
    right = "correct" if row["correct"] else "wrong"
    add(onset + rt + then, FEEDBACK, "feedback", number, right, f"feedback_{right}")


def leave_events(folder: StudyFolder, *frames: pd.DataFrame) -> None:
    """Write the events of one participant's runs."""
    events = pd.concat(frames, ignore_index=True)
    participant = int(events["participant"].iloc[0])
    write_table(events, EVENTS, folder.session(participant) / "events.csv")


def recorded_trials(folder: StudyFolder, participant: int) -> pd.DataFrame:
    """The trials that a session left."""
    return read_table(folder.session(participant) / "trials.csv", TRIALS)
