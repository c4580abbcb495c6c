"""What lies in a study folder under a name that the laboratory does not give: copies, mostly.

A second download (``participant-001 (1).csv``), a copy made by hand (``sub-001 - Copy``), a name
typed (``sub-1``): such a file is never read as the one that it looks like. It is passed over, and
the commands that read the folder say so.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from conditions.commands.command_line import console
from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder

NAMED = 5
# Left by systems, file managers, office programs and cloud folders beside what people keep.
_OF_SYSTEMS = {
    "$recycle.bin",
    "@eadir",
    "__macosx",
    "desktop.ini",
    "ehthumbs.db",
    "icon\r",
    "lost+found",
    "system volume information",
    "thumbs.db",
}
_OF_SYSTEMS_BEGIN = (".", "~$")
# Data dictionaries and provenance, and locks.
_OURS_BESIDE = (".json", ".lock")
# Three digits to five, as the commands take them, and no more zeros than they need: sub-0001 would
# be a second participant 1.
_NUMBER = "(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2,4})"
_CONDITION_FILE = re.compile(rf"participant-{_NUMBER}\.csv")
_SESSION = re.compile(f"sub-{_NUMBER}")
_WITHDRAWN = re.compile(rf"sub-{_NUMBER}-\d{{4}}-\d\d-\d\d")
_TABLE = re.compile(r"[a-z_]+\.(csv|tsv)")


def condition_files(folder: StudyFolder) -> dict[int, Path]:
    """Existing condition files by participant, and no copies of them."""
    found = (path for path in _there(folder.conditions) if path.is_file())
    return _numbered(found, _CONDITION_FILE)


def all_prepared(folder: StudyFolder) -> list[int]:
    """Whom ``--participants all`` means: those who have a condition file.

    Raises
    ------
    StudyError
        Where nobody has.
    """
    numbers = list(condition_files(folder))
    if not numbers:
        raise StudyError(
            f"{folder.conditions}: no condition files; write them with "
            f"`{typed_command('conditions', 'build', *folder.typed, '--participants', '1-24')}`"
        )
    return numbers


def session_folders(data: Path) -> dict[int, Path]:
    """Folders of sessions by participant in a study's ``data`` (or a machine's), and no copies."""
    found = (path for path in _there(data) if path.is_dir())
    return _numbered(found, _SESSION)


def withdrawals(folder: StudyFolder) -> dict[int, Path]:
    """Folders of what participants have withdrawn, by participant."""
    found = (path for path in _there(folder.withdrawn) if path.is_dir())
    return _numbered(found, _WITHDRAWN)


def strays(folder: StudyFolder) -> list[Path]:
    """What lies beside condition files and sessions, and in them as a table, but is none.

    Files of the system, hidden ones, data dictionaries and locks are left out.
    """
    expected = {*condition_files(folder).values(), folder.withdrawn}
    expected |= {folder.data / table for table in ("participants.tsv", "refusals.csv")}
    found = [*_there(folder.conditions), *_there(folder.withdrawn)]
    expected.update(path for path in found if _WITHDRAWN.fullmatch(path.name) and path.is_dir())
    machines = [path for path in _there(folder.machine) if path.is_dir()]
    for data in (folder.data, *machines):
        sessions = session_folders(data).values()
        expected.update(sessions)
        found += _there(data)
        found += [path for session in sessions for path in _tables(session) if not is_table(path)]
    return sorted(path for path in found if path not in expected and not _ignored(path))


def strays_in_words(folder: StudyFolder) -> str | None:
    """One line on what was passed over; None where there is nothing.

    Examples
    --------
    ``studies/demo: passed over, because no file of a study has such a name: data/sub-1``
    """
    found = strays(folder)
    if not found:
        return None
    # A name in another encoding than the system's can be printed, but not written into a page.
    names = [os.fsencode(folder.relative(path)) for path in found[:NAMED]]
    named = ", ".join(name.decode(errors="backslashreplace") for name in names)
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{folder.path}: passed over, because no file of a study has such a name: {named}{more}"


def is_table(path: Path) -> bool:
    """Whether a file of a session is named as a table: ``trials.csv``, not ``trials (1).csv``."""
    return _TABLE.fullmatch(path.name) is not None


def of_system(path: Path) -> bool:
    """Whether a file is hidden, or one that a system leaves beside what people keep."""
    name = path.name.lower()
    return name in _OF_SYSTEMS or name.startswith(_OF_SYSTEMS_BEGIN)


def name_strays(folder: StudyFolder) -> None:
    """Print what was passed over, where there is something."""
    if words := strays_in_words(folder):
        console.print(words, markup=False)


def _there(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def _tables(session: Path) -> Iterator[Path]:
    for entry in os.scandir(session):
        if entry.name.endswith((".csv", ".tsv")):
            yield Path(entry.path)


def _numbered(found: Iterable[Path], pattern: re.Pattern[str]) -> dict[int, Path]:
    matches = {path: pattern.fullmatch(path.name) for path in found}
    return dict(sorted((int(match[1]), path) for path, match in matches.items() if match))


def _ignored(path: Path) -> bool:
    return of_system(path) or path.name.endswith(_OURS_BESIDE)
