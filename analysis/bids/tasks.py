"""The tables of a participant's task in a BIDS data set: trials, events and ratings."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.bids.parts import Part, labels_of, parts_of
from analysis.bids.tables import bids_dictionary, chosen, write_table
from analysis.data.kinds import kinds_of
from analysis.data.sessions.files import Recorded
from analysis.data.sessions.places import browser_name, place_of
from analysis.data.sessions.rigs import shown_facts
from conditions.study.study import Study
from conditions.tables.events import EVENTS
from conditions.tables.schema import Table
from conditions.tables.session_facts import WEB
from conditions.tables.sessions import RATINGS, TRIALS

# Of the table of events, in the order of BIDS; participant and session stand in the path.
EVENT_COLUMNS = ("onset", "duration", "kind", "trial", "detail", "code", "run")
AS_BIDS_HAS_IT = {"kind": "trial_type", "code": "value"}
MOMENTS = ("session", "block", "pause", "press", "release", "focus", "marker")
# Times are in microseconds, and a difference of two has no more digits.
_DIGITS = 6


def write_sessions(
    study: Study, sessions: Iterable[Recorded], out: Path, left_out: tuple[str, ...]
) -> None:
    """Write ``beh.tsv`` and ``events.tsv`` of each run, and ``beh.tsv`` of the ratings.

    Parameters
    ----------
    study : Study
        Its name is the task's.
    sessions : iterable of Recorded
        What participants left.
    out : Path
        The data set.
    left_out : tuple of str
        Columns that are not written.
    """
    task, several = re.sub(r"[^A-Za-z0-9]", "", study.name), bool(study.sessions)
    levels = kinds_of(study).levels
    trials = TRIALS.with_levels({"condition": tuple(levels)})
    of_trials = _all_but(trials, left_out, {"condition": levels})
    of_events = chosen(bids_dictionary(EVENTS), EVENT_COLUMNS)
    of_events["duration"]["Description"] += " Here moments have 0."
    of_events["onset"]["Units"] = "s"
    about = {"TaskName": task, "TaskDescription": study.title}
    for session in sessions:
        for part in parts_of(session, several):
            name = _named(out, part.labels, task, part.run)
            if len(part.trials):
                rows, entries = _since(part, part.trials, of_trials)
                write_table(Path(f"{name}_beh.tsv"), rows, trials, entries, about)
            if len(part.events):
                rows, entries = _since(part, _with_moments(part.events), of_events)
                entries = _with_codes(entries, session.facts)
                shown = about | _presentation(session.facts)
                path = Path(f"{name}_events.tsv")
                write_table(path, rows, EVENTS, entries, shown, AS_BIDS_HAS_IT)
        _write_ratings(session, out, several, about, _all_but(RATINGS, left_out))


def _write_ratings(
    session: Recorded, out: Path, several: bool, about: Mapping[str, str], entries: dict
) -> None:
    """Ratings are a task of their own; their table has no onsets by which runs could be told."""
    task = f"{about['TaskName']}Intuitiveness"
    about = {
        "TaskName": task,
        "TaskDescription": f"{about['TaskDescription']}: intuitiveness ratings",
    }
    rows = session.ratings
    for number in rows["session"].unique() if several else [None] * bool(len(rows)):
        labels = labels_of(session.participant, number)
        group = rows if number is None else rows[rows["session"] == number]
        write_table(Path(f"{_named(out, labels, task)}_beh.tsv"), group, RATINGS, entries, about)


def _named(out: Path, labels: tuple[str, ...], task: str, run: int | None = None) -> str:
    of_run = "" if run is None else f"_run-{run}"
    return str(out.joinpath(*labels, "beh", f"{'_'.join(labels)}_task-{task}{of_run}"))


def _all_but(
    table: Table, left_out: tuple[str, ...], words: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, dict]:
    """Descriptions of the columns that are written; the path names the participant."""
    names = [name for name in table.column_names if name not in ("participant", *left_out)]
    return chosen(bids_dictionary(table, words or {}), names)


def _since(
    part: Part, rows: pd.DataFrame, entries: dict[str, dict]
) -> tuple[pd.DataFrame, dict[str, dict]]:
    """Rows and descriptions of a part, whose onsets count from its start."""
    if not part.origin:
        return rows, entries
    begin = f"{part.origin:.{_DIGITS}f} s"
    onset = {
        "Description": f"{entries['onset']['Description']} Here from the start of this run, "
        f"{begin} after that of the participant's first session.",
        "Units": "s",
    }
    since = (rows["onset"] - part.origin).round(_DIGITS)
    return rows.assign(onset=since), {**entries, "onset": onset}


def _with_moments(events: pd.DataFrame) -> pd.DataFrame:
    """Events of which those without a length have 0: n/a would say that it is not known."""
    moments = events["duration"].isna() & events["kind"].isin(MOMENTS)
    return events.assign(duration=events["duration"].mask(moments, 0.0))


def _with_codes(entries: dict[str, dict], facts: dict[str, Any]) -> dict[str, dict]:
    """Descriptions with what each code meant, as far as ``session.json`` knows."""
    markers = facts.get("markers")
    table = markers.get("codes") if isinstance(markers, dict) else None
    if not isinstance(table, dict):
        return entries
    words: dict[str, list[str]] = {}
    for word, code in table.items():
        words.setdefault(str(code), []).append(str(word))
    levels = {code: " or ".join(events) for code, events in words.items()}
    return {**entries, "code": {**entries["code"], "Levels": levels}}


def _presentation(facts: dict[str, Any]) -> dict[str, dict]:
    """How things were shown, as far as ``session.json`` knows; for the sidecar of events."""
    versions, shown = facts.get("versions"), shown_facts(facts)[0]
    versions = versions if isinstance(versions, dict) else {}
    of_web = place_of(facts) == WEB
    software = "jsPsych" if of_web else "PsychoPy"
    system = browser_name(facts.get("browser")) if of_web else facts.get("system")
    known = {
        "OperatingSystem": system,
        "SoftwareName": software,
        "SoftwareRRID": None if of_web else "RRID:SCR_006571",
        "SoftwareVersion": versions.get(software.lower()),
        "ScreenResolution": shown.get("screen_px"),
        "ScreenRefreshRate": shown.get("refresh_hz"),
    }
    return {"StimulusPresentation": {name: found for name, found in known.items() if found}}
