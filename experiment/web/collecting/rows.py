"""What answers from a browser are in the tables of a session, and in its ``session.json``."""

from datetime import timedelta
from statistics import median
from typing import Any

from conditions.folder import StudyFolder
from conditions.provenance.facts import commit
from conditions.tables.events import EVENTS
from conditions.tables.schema import Table
from conditions.tables.session_facts import WEB, moment
from conditions.tables.sessions import FRAMES, ONSETS, RATINGS, TRIALS
from experiment.records.facts import BETWEEN, COMPLETE, KILLED, STOPPED, now
from experiment.web.collecting.answers import TrialRecord
from experiment.web.collecting.fitting import Fitted
from experiment.web.collecting.sittings import Sitting, Sittings

# As in the laboratory: a frame counts as dropped that took longer than this many refreshes.
_DROPPED = 1.5
_DIGITS = 6

Rows = dict[Table, list[dict[str, Any]]]


def rows_of(participant: int, sittings: Sittings, fitted: Fitted) -> Rows:
    """Rows of each table, in order; runs are counted from 1 over all sessions.

    Onsets of a browser count from the start of their session, those of the tables from that of
    the first one.
    """
    begun: dict[int, Sitting] = {}
    for sitting in sittings:
        begun.setdefault(sitting.run.session, sitting)
    first = sittings[0].began
    later = [(begun[s.run.session].began - first).total_seconds() for s in sittings]

    def who(run: int) -> dict[str, Any]:
        return {"participant": participant, "session": sittings[run].run.session}

    rows: Rows = {table: [] for table in (TRIALS, RATINGS, FRAMES, ONSETS, EVENTS)}
    for run, row, trial in fitted.trials:
        decided = {name: row[name] for name in TRIALS.column_names if name in row}
        answer = _answer(trial, sittings[run].run.refresh_hz)
        onset = round(trial.onset + later[run], _DIGITS)
        rows[TRIALS].append(decided | who(run) | answer | {"onset": onset})
        rows[FRAMES] += [
            {"trial": trial.trial, "frame": frame, "interval_ms": round(interval, 3)}
            for frame, interval in enumerate(trial.frame_intervals_ms, start=1)
        ]
    for run, _, rating in fitted.ratings:
        given = {name: getattr(rating, name) for name in ("moment", "trial", "unit", "rating")}
        measured = {"rt": round(rating.rt, _DIGITS), "shown_before": rating.shown_before}
        rows[RATINGS].append(who(run) | given | measured)
    for run, event in fitted.events:
        told: dict[str, Any] = {"kind": event.kind, "trial": event.trial}
        onset = round(event.onset + later[run], _DIGITS)
        lasted = None if event.duration is None else round(event.duration, _DIGITS)
        told |= {"detail": event.detail or None, "run": run + 1}
        told |= {"onset": onset, "duration": lasted}
        rows[EVENTS].append(who(run) | told)
    rows[ONSETS] = _onsets(rows, sittings)
    return rows


def _answer(trial: TrialRecord, refresh_hz: float | None) -> dict[str, Any]:
    intervals = trial.frame_intervals_ms
    period = 1000 / refresh_hz if refresh_hz else median(intervals or [0])
    seconds = {
        name: None if value is None else round(value, _DIGITS)
        for name, value in (("rt", trial.rt), ("confidence_rt", trial.confidence_rt))
    }
    return seconds | {
        "response": trial.response,
        "correct": trial.correct,
        "confidence": trial.confidence,
        "timed_out": trial.timed_out,
        "dropped_frames": sum(interval > _DROPPED * period for interval in intervals),
        "max_frame_ms": round(max(intervals, default=0), 3),
        "repeat_of": trial.repeat_of,
        "started_at": _dated(trial.started_at),
        "shown_before": trial.shown_before,
    }


def _onsets(rows: Rows, sittings: Sittings) -> list[dict[str, Any]]:
    """Each time that images came on the screen: as the events tell it, or else the answers."""
    known = {(row["trial"], row["onset"]): row["started_at"] for row in rows[TRIALS]}
    told = {
        (row["trial"], row["onset"])
        for row in rows[EVENTS]
        if row["kind"] == "images" and row["trial"] is not None
    }
    found = sorted({*told, *known}, key=lambda shown: shown[1])
    return [
        {
            "trial": trial,
            "onset": onset,
            "started_at": known.get((trial, onset)) or _after(sittings[0], onset),
        }
        for trial, onset in found
    ]


def _after(first: Sitting, seconds: float) -> str:
    return (first.began + timedelta(seconds=seconds)).isoformat()


def _dated(text: str) -> str:
    """A date with its offset as our other programs write it: Python 3.10 knows no Z."""
    return moment(text).isoformat()


def facts_of(
    folder: StudyFolder, participant: int, sittings: Sittings, fitted: Fitted, sources: list[dict]
) -> dict[str, Any]:
    """Content of ``session.json``: that the session is of the web, and what its browser told.

    Parameters
    ----------
    folder, participant, sittings, fitted
        Whose, and what there is.
    sources : list of dict
        Files that the answers came in: ``file``, ``sha256``, ``at``.
    """
    first, last = sittings[0], sittings[-1]
    state = _state(last)
    if fitted.is_complete:
        # Whoever closes the page at its last word has answered everything.
        state = COMPLETE
    elif fitted.is_between:
        state = BETWEEN
    elif state == COMPLETE:
        state = STOPPED
    runs = [_run(sitting, fitted, i) for i, sitting in enumerate(sittings)]
    runs[-1]["state"] = state
    # Of the last run, as in the laboratory; but the session began with the first.
    of_last = {name: value for name, value in runs[-1].items() if name != "ended_at"}
    return {
        "participant": participant,
        **of_last,
        "started_at": runs[0]["started_at"],
        "study_sha256": folder.study.fingerprint(),
        "condition_file_sha256": first.run.conditions_sha256,
        "place": WEB,
        "image_file_px": folder.study.image.crop,
        "collected": sources,
        "commit": commit(),
        "runs": runs,
        "written_at": now(),
    }


def _run(sitting: Sitting, fitted: Fitted, number: int) -> dict[str, Any]:
    run, end = sitting.run, sitting.end
    moments = [t.started_at for i, _, t in fitted.trials if i == number]
    ended = (end.at if end else None) or max([run.started_at, *moments], key=moment)
    size, side = _screen_px(run.screen), (run.screen or {}).get("image_px")
    return {
        "state": _state(sitting),
        "started_at": _dated(run.started_at),
        "ended_at": _dated(ended) if end else None,
        "session": run.session,
        "answered_before": sum(i < number for i, *_ in [*fitted.trials, *fitted.ratings]),
        "observer": run.observer,
        "language": run.language,
        "consent": run.consent.model_dump() if run.consent else None,
        "browser": run.browser,
        "screen": run.screen,
        **({"screen_px": size} if size else {}),
        **({"image_px": side} if type(side) is int else {}),
        "refresh_hz": run.refresh_hz,
        "refresh_measured": run.refresh_hz is not None,
        "target": run.target,
        **({"versions": run.versions} if run.versions else {}),
    }


def _state(sitting: Sitting) -> str:
    return KILLED if sitting.end is None else sitting.end.state


def _screen_px(screen: dict[str, Any] | None) -> list[int] | None:
    """Pixels of the screen itself: a browser counts in its own, which may be several of them."""
    told = [(screen or {}).get(name) for name in ("width", "height", "dpr")]
    numbers = [value for value in told if isinstance(value, int | float)]
    if len(numbers) < len(told) or not all(0 < value < 1e5 for value in numbers):
        return None
    width, height, ratio = numbers
    return [round(width * ratio), round(height * ratio)]
