"""Sessions that the operator watches, as they leave their files."""

from datetime import datetime, timedelta

from conditions.files import write_json
from conditions.folder import StudyFolder
from conditions.tables.sessions import ONSETS, RATINGS, TRIALS
from experiment.records.recorder import header, lines
from tests.experiment.rehearsed import TINY

BEGUN = datetime.fromisoformat("2026-11-26T10:00:00+01:00")
TRIALS_DECIDED = 11
STUDY = TINY | {"exclusions": {"min_catch_accuracy": 0.8}}


def answer(trial: int, **changed: object) -> dict:
    """A row of trials.csv; trials come every 10 s."""
    row = {"participant": 1, "session": 1, "trial": trial, "phase": "main", "catch": False}
    row |= {"condition": ("natural", "synthetic")[trial % 2], "correct": trial % 2 == 0, "rt": 2.5}
    row |= {"dropped_frames": 1, "max_frame_ms": 40.0, "timed_out": False}
    return row | {"started_at": when(10 * trial)} | changed


def when(seconds: float) -> str:
    return (BEGUN + timedelta(seconds=seconds)).isoformat()


def session(folder: StudyFolder, participant: int, rows: list[dict], state="running", **facts):
    """Write what a session leaves while it runs."""
    data = folder.session(participant)
    data.mkdir(parents=True, exist_ok=True)
    (data / "trials.csv").write_text(header(TRIALS) + lines(TRIALS, *rows), encoding="utf-8")
    (data / "ratings.csv").write_text(header(RATINGS), encoding="utf-8")
    shown = [{"trial": row["trial"], "started_at": row["started_at"], "onset": 1} for row in rows]
    (data / "onsets.csv").write_text(header(ONSETS) + lines(ONSETS, *shown), encoding="utf-8")
    run = {"state": state, "started_at": when(-60)}
    write_json(data / "session.json", {"state": state, "observer": "human", "runs": [run]} | facts)
    return data
