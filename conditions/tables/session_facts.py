"""``session.json``: what a session was run with, and how its runs began and ended."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from conditions.errors import StudyError
from conditions.yaml.misfits import describe_misfits

# Where a participant sat: what session.json calls its place. Those before it was said were of the
# laboratory.
LAB, WEB = "lab", "web"
PLACES = (LAB, WEB)

State = Literal["running", "stopped", "between sessions", "complete", "failed", "killed"]


def moment(text: str) -> datetime:
    """A date and time with UTC offset, as ``session.json`` and the tables hold it.

    Raises
    ------
    ValueError
        Where it is none.
    """
    # Python 3.10 knows no Z, and fractions of six digits alone.
    usual = re.sub(r"\.(\d+)", lambda digits: f".{digits[1][:6]:0<6}", text)
    found = datetime.fromisoformat(re.sub(r"Z\Z", "+00:00", usual))
    if found.tzinfo is None:
        raise ValueError(f"{text} has no UTC offset")
    return found


def _dated(text: str) -> str:
    moment(text)
    return text


Moment = Annotated[str, AfterValidator(_dated)]


class _Open(BaseModel):
    """Facts that are relied on are checked; whatever else is there is kept."""

    model_config = ConfigDict(extra="allow", strict=True)


class RunFacts(_Open):
    """One run: from a start to a stop, a kill or the session's end."""

    state: State
    session: int = 1
    started_at: Moment
    ended_at: Moment | None = None


class SessionFacts(_Open):
    """A participant's sessions, whose facts are those of the last run where runs differ."""

    participant: int
    session: int
    state: State
    started_at: Moment
    study_sha256: str
    condition_file_sha256: str
    observer: str
    runs: list[RunFacts]


def read_session_facts(path: Path) -> dict[str, Any]:
    """Content of a ``session.json``; empty where there is none.

    Raises
    ------
    StudyError
        Where it is damaged: not JSON, or without a fact that is relied on.
    """
    if not path.exists():
        return {}
    try:
        facts = json.loads(path.read_text(encoding="utf-8-sig"))
        # Half a letter (\\ud800) is JSON, but no text that could be written down again.
        json.dumps(facts, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{path}: not valid JSON: {error}") from error
    except OSError as error:
        raise StudyError(f"{path}: {error.strerror or error}") from error
    if not isinstance(facts, dict):
        raise StudyError(f"{path}: found {type(facts).__name__}, wanted the facts of a session")
    try:
        SessionFacts.model_validate(facts)
    except ValidationError as error:
        raise StudyError(describe_misfits(path, error, SessionFacts)) from error
    return facts
