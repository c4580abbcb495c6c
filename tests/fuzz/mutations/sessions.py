"""Data that can be read, and are not what they say: what must never be taken in silence."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.fuzz.mutations.mutation import Mutation, replace
from tests.fuzz.mutations.tables import Rows, changing, read, write

_ROOM = ("report", "session")
# The commands that look at a stopped session before they go on with it.
_RESUMED = ("resume",)
_TRIALS = ("*/rehearsal_fuzz/data/sub-001/trials.csv",)
_RATINGS = ("*/rehearsal_fuzz/data/sub-001/ratings.csv",)
_FACTS = ("*/rehearsal_fuzz/data/sub-001/session.json",)


def _cells(name: str, values: Callable[[str, Random], str], n: int = 1) -> Callable:
    """Change ``n`` cells of a column that are not empty."""

    def change(rows: Rows, rng: Random) -> str | None:
        if name not in rows[0]:
            return None
        j = rows[0].index(name)
        known = [row for row in rows[1:] if row[j]]
        for row in rng.sample(known, min(n, len(known))):
            row[j] = values(row[j], rng)
        return f"{name} in {n} rows"

    return changing(change)


def _other(value: str, rng: Random) -> str:
    pairs = {"true": "false", "false": "true", "upper": "lower", "lower": "upper"}
    pairs |= {"natural": "synthetic", "synthetic": "natural"}
    pairs |= {"block02_0004": "block08_0031", "block08_0031": "block02_0004"}
    return pairs.get(value, "block02_0004")


def _back_in_time(rows: Rows, rng: Random) -> str:
    j = rows[0].index(rng.choice(["onset", "started_at"]))
    values = [row[j] for row in rows[1:]]
    for row, value in zip(rows[1:], reversed(values), strict=True):
        row[j] = value
    return f"{rows[0][j]} falling"


def _row_twice(rows: Rows, rng: Random) -> str:
    rows.append(list(rng.choice(rows[1:])))
    return "a row twice"


def _row_lost(rows: Rows, rng: Random) -> str:
    del rows[rng.randrange(1, len(rows))]
    return "a row lost"


def _order(rows: Rows, rng: Random) -> str:
    a, b = rng.sample(range(1, len(rows)), 2)
    rows[a], rows[b] = rows[b], rows[a]
    return "two rows swapped"


def _fact(**changes: object) -> Callable[[Path, Random], str]:
    def do(path: Path, rng: Random) -> str:
        content = json.loads(path.read_text(encoding="utf-8")) | changes
        replace(path, json.dumps(content).encode())
        return ", ".join(f"{key} {value}" for key, value in changes.items())

    return do


def _fact_gone(path: Path, rng: Random) -> str:
    path.unlink()
    return "removed"


def _other_rig(path: Path, rng: Random) -> str:
    replace(path, b"name: another\nresolution: [1280, 1024]\n")
    return "of another screen"


def _planned_otherwise(path: Path, rng: Random) -> str | None:
    """The condition file is changed after the session."""
    rows = read(path)
    if len(rows) < 2:
        return None
    j = rows[0].index("unit")
    for row in rows[1:]:
        row[j] = _other(row[j], rng)
    write(path, rows)
    return "units of the condition file swapped"


def _sha(path: Path, rng: Random) -> str | None:
    rows = read(path)
    if len(rows) < 2:
        return None
    j = rows[0].index("sha256")
    for row in rows[1:]:
        row[j] = "0" * 64
    write(path, rows)
    return "hashes of no image"


MUTATIONS = (
    Mutation("correct flipped", _cells("correct", _other), _TRIALS, _ROOM),
    Mutation("response flipped", _cells("response", _other), _TRIALS, _ROOM),
    Mutation("correct_response flipped", _cells("correct_response", _other), _TRIALS, _ROOM),
    Mutation("another unit", _cells("unit", _other), _TRIALS, _ROOM),
    Mutation("another participant", _cells("participant", lambda v, r: "2"), _TRIALS, _ROOM),
    Mutation("hours", _cells("rt", lambda v, r: "7200"), _TRIALS, _ROOM),
    Mutation("no time", _cells("rt", lambda v, r: "0.001"), _TRIALS, _ROOM),
    Mutation("negative", _cells("rt", lambda v, r: "-1.5"), _TRIALS, _ROOM),
    Mutation("infinite", _cells("rt", lambda v, r: "inf"), _TRIALS, _ROOM),
    Mutation("30 digits", _cells("confidence", lambda v, r: "1" * 30), _TRIALS, _ROOM),
    Mutation("confidence of 4", _cells("confidence", lambda v, r: "4"), _TRIALS, _ROOM),
    Mutation("missed", _cells("timed_out", _other), _TRIALS, _ROOM),
    Mutation("back in time", changing(_back_in_time), _TRIALS, _ROOM),
    Mutation("answered twice", changing(_row_twice), _TRIALS, _ROOM),
    Mutation("answer lost", changing(_row_lost), _TRIALS, _ROOM),
    Mutation("rating lost", changing(_row_lost), _RATINGS, _ROOM),
    Mutation("rating of hours", _cells("rt", lambda v, r: "7200"), _RATINGS, _ROOM),
    Mutation("answers out of order", changing(_order), _TRIALS, _ROOM),
    Mutation("another study's", _fact(study_sha256="0" * 64), _FACTS, _ROOM),
    Mutation("another number", _fact(participant=2), _FACTS, _ROOM),
    Mutation("a script", _fact(observer="scripted"), _FACTS, _ROOM),
    Mutation("stopped", _fact(state="stopped"), _FACTS, _ROOM),
    Mutation("no facts", _fact_gone, _FACTS, _ROOM),
    Mutation(
        "planned otherwise",
        _planned_otherwise,
        ("*/rehearsal_fuzz/conditions/participant-001.csv",),
        _ROOM,
    ),
    Mutation(
        "planned otherwise",
        _planned_otherwise,
        ("*/rehearsal_fuzz/conditions/participant-003.csv",),
        _RESUMED,
    ),
    Mutation(
        "another study's", _fact(study_sha256="0" * 64), ("*/data/sub-003/session.json",), _RESUMED
    ),
    Mutation("another rig", _other_rig, ("*/data/sub-003/rig.yaml",), _RESUMED),
    Mutation("a script", _fact(observer="scripted"), ("*/data/sub-003/session.json",), _RESUMED),
    Mutation(
        "another unit",
        _cells("unit", _other),
        ("*/rehearsal_fuzz/data/sub-003/trials.csv",),
        _RESUMED,
    ),
    Mutation("other hashes", _sha, ("*/stimuli/stimuli.csv",), ("check", "run")),
)
