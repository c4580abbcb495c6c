"""Whether two folders hold one session: known by its answers, and by when it began."""

import json
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from conditions.tables.schema import Table
from conditions.tables.sessions import RATINGS, TRIALS

ANSWERS: tuple[Table, ...] = (TRIALS, RATINGS)


@dataclass(frozen=True)
class Identity:
    """What ``session.json`` says a session is; None for what it does not say."""

    study: str | None
    participant: int | None
    started_at: str | None


def facts_in(session: Path) -> dict[str, Any]:
    """Content of a session's ``session.json``; empty where it is missing or no JSON object."""
    try:
        found = json.loads((session / "session.json").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def identity(session: Path) -> Identity:
    """What ``session.json`` says a session is; nothing where it is missing or damaged."""
    facts = facts_in(session)
    study, number, started = (
        facts.get(name) for name in ("study_sha256", "participant", "started_at")
    )
    return Identity(
        study if isinstance(study, str) else None,
        number if isinstance(number, int) else None,
        started if isinstance(started, str) else None,
    )


def same_session(one: Path, other: Path) -> bool:
    """Whether two folders of one participant hold the same session, be it at different lengths.

    Answers decide where both have some: a session that has lost its ``session.json`` gets another
    beginning. Otherwise both must have begun at the same time, or one does not say when.
    """
    shared = [pair for table in ANSWERS for pair in _first_rows(one, other, table)]
    if shared:
        return all(a == b for a, b in shared)
    starts = {identity(one).started_at, identity(other).started_at} - {None}
    return len(starts) <= 1


def whole_lines(path: Path) -> list[str]:
    """Header and whole rows of a table without their line ends; none where it is not there.

    A byte order mark and line ends of another system mean nothing.
    """
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1].decode("utf-8-sig", errors="surrogateescape")
    return [line.removesuffix("\r") for line in whole.split("\n")[:-1]]


def n_answers(session: Path) -> int:
    """Answered trials and ratings that a session's folder holds."""
    return sum(len(whole_lines(session / f"{table.name}.csv")[1:]) for table in ANSWERS)


def _first_rows(one: Path, other: Path, table: Table) -> list[tuple[str, str]]:
    lines = [whole_lines(folder / f"{table.name}.csv")[1:2] for folder in (one, other)]
    return [(a, b) for a, b in zip_longest(*lines) if a is not None and b is not None]
