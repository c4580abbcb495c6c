"""What a study folder holds so far: files to look at, tables, sessions."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from analysis.data.sessions.belonging import planned_trials
from analysis.data.sessions.files import HUMAN, read_session
from analysis.wording import counted
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.stimuli import read_stimuli
from conditions.strays import condition_files, session_folders, withdrawals
from conditions.tables.session_facts import WEB, moment

NOT_BEGUN = "not begun"


@dataclass(frozen=True)
class Link:
    """A file of the study.

    Attributes
    ----------
    href : str
        Its address, relative to the page.
    name : str
        What it is called.
    about : str
        What it is, in a sentence.
    dictionary : str
        Address of its data dictionary; nothing where it has none.
    """

    href: str
    name: str
    about: str = ""
    dictionary: str = ""


@dataclass(frozen=True)
class SessionRow:
    """A participant's session, or one that is still to come.

    Attributes
    ----------
    participant : int
    person : bool
        Whether a person answered, as far as is known.
    who : str
        Who answered, in words.
    state : str
        As ``session.json`` has it, or what is wrong with it.
    answered : str
        Answers, and how many are planned.
    folder, page : Link or None
        The data, and the operator's page.
    written : datetime, optional
        When its last run was noted.
    """

    participant: int
    person: bool
    who: str
    state: str
    answered: str
    folder: Link | None = None
    page: Link | None = None
    written: datetime | None = None


def link(folder: StudyFolder, path: Path, name: str = "", about: str = "") -> Link:
    """A link to a file of the study; the name is by default its own."""
    return Link(quote(folder.relative(path)), name or path.name, about)


def tables(folder: StudyFolder, where: Path) -> list[Link]:
    """The tables in a folder, each with what its data dictionary says of it."""
    return [table(folder, path) for path in sorted(where.glob("*.csv"))]


def table(folder: StudyFolder, path: Path) -> Link:
    """A table, with what its data dictionary says of it."""
    dictionary = path.with_suffix(".json")
    if not dictionary.is_file():
        return link(folder, path)
    about = ""
    try:
        content = json.loads(dictionary.read_text(encoding="utf-8"))
        about = str(content.get("TableDescription", ""))
    except (OSError, ValueError, AttributeError):
        about = "Its data dictionary cannot be read."
    href = quote(folder.relative(dictionary))
    return Link(quote(folder.relative(path)), path.name, about, href)


def images_in_words(folder: StudyFolder) -> str:
    """How many images there are of how many units, or what is wrong with their table."""
    try:
        frame = read_stimuli(folder)
    except StudyError as error:
        return str(error)
    counts = frame["name"].value_counts(sort=False)
    kinds = ", ".join(f"{count} {name}" for name, count in counts.items())
    return f"{counted(int(frame['unit'].nunique()), 'unit')}; images: {kinds}."


def sessions(folder: StudyFolder) -> list[SessionRow]:
    """A row for each participant who has a session or a condition file, by number."""
    numbers = sorted({*condition_files(folder), *session_folders(folder.data)})
    return [_session(folder, number) for number in numbers]


def _session(folder: StudyFolder, participant: int) -> SessionRow:
    path = folder.session(participant)
    if not path.is_dir():
        gone = participant in withdrawals(folder)
        return SessionRow(participant, True, "–", "withdrawn" if gone else NOT_BEGUN, "–")
    data = link(folder, path, "data")
    page = folder.session_page(participant)
    page_link = link(folder, page, "page") if page.is_file() else None
    try:
        recorded = read_session(folder, participant)
    except StudyError as error:
        return SessionRow(participant, True, "not known", str(error), "–", data, page_link)
    planned = planned_trials(folder, participant)
    wanted = "" if planned is None else f" of {len(planned) + folder.study.n_repeats}"
    person = recorded.observer == HUMAN
    unknown = "session.json is damaged" if (path / "session.json").exists() else "no session.json"
    return SessionRow(
        participant,
        person,
        ("a person" if person else f"a script ({recorded.observer})")
        + (", on the web" if recorded.place == WEB else ""),
        str(recorded.facts.get("state", unknown)),
        f"{len(recorded.trials) + len(recorded.ratings)}{wanted}",
        data,
        page_link,
        _written(recorded.facts),
    )


def newer_than_report(folder: StudyFolder, rows: list[SessionRow]) -> list[int]:
    """Participants whose last answers the report cannot hold: they were written after it."""
    try:
        content = json.loads((folder.report / "provenance.json").read_text(encoding="utf-8"))
        made = moment(content["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [row.participant for row in rows if row.written is not None and row.written > made]


def _written(facts: dict) -> datetime | None:
    try:
        return moment(facts["written_at"])
    except (KeyError, ValueError, TypeError):
        return None
