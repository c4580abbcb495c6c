"""Where answers come from: downloads, what JATOS exports, a folder that DataPipe filled."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conditions.errors import StudyError
from conditions.strays import of_system

# What begins any record; a folder and an archive hold other files too.
_RECORD = re.compile(rb'"type"\s*:\s*"(run|trial|rating|event|end)"')
# Says that a number was given to somebody, and holds no answer.
_TAKEN = "_taken.json"
_ARCHIVES = (".zip", ".jrzip")
# A session of two hours leaves some ten megabytes.
MOST_BYTES = 500_000_000


@dataclass(frozen=True)
class Source:
    """A text of answers under the name by which it is told of."""

    name: str
    content: bytes


def sources_of(paths: Iterable[Path]) -> Iterator[Source | StudyError]:
    """The texts of files, archives and folders that were named; what cannot be read is told.

    Parameters
    ----------
    paths : iterable of Path
        A file of answers; a ZIP archive of them, as JATOS writes it; a folder of both. What holds
        no answers in a folder or an archive is passed over.

    Yields
    ------
    Source or StudyError
        A text, or why there is none.
    """
    for path in dict.fromkeys(paths):
        if not path.is_dir():
            yield from _read(path, named=True)
            continue
        found = False
        for file in sorted(p for p in path.rglob("*") if p.is_file() and not of_system(p)):
            for source in _read(file, named=False):
                found = True
                yield source
        if not found:
            yield StudyError(f"{path}: there are no answers in the folder")


def _read(path: Path, named: bool) -> Iterator[Source | StudyError]:
    if not path.is_file():
        yield StudyError(f"{path}: no such file or folder")
        return
    try:
        # Not by its name alone: browsers and mail programs give files others.
        if path.suffix.lower() in _ARCHIVES or zipfile.is_zipfile(path):
            yield from _members(path, named)
            return
        if path.stat().st_size > MOST_BYTES:
            yield StudyError(f"{path}: found {path.stat().st_size} bytes, too many for answers")
            return
        content = path.read_bytes()
    except OSError as error:
        yield StudyError(f"{path}: {error.strerror or error}")
        return
    if named or _holds_answers(path.name, content):
        yield Source(str(path), content)


def _members(path: Path, named: bool) -> Iterator[Source | StudyError]:
    """The texts in an archive: JATOS has study_result_1/comp-result_1/data.txt and the like."""
    found = False
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                name = f"{path}/{member.filename}"
                if member.is_dir():
                    continue
                if member.file_size > MOST_BYTES:
                    found = True
                    yield StudyError(
                        f"{name}: found {member.file_size} bytes, too many for answers"
                    )
                    continue
                content = archive.read(member)
                if _holds_answers(member.filename, content):
                    found = True
                    yield Source(name, content)
    except (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError) as error:
        # Damaged on the way here; encrypted, or packed in an unusual way (both a RuntimeError).
        yield StudyError(f"{path}: cannot be unpacked: {error}")
        return
    # In a folder, what office programs write is an archive too.
    if named and not found:
        yield StudyError(f"{path}: there are no answers in the archive")


def _holds_answers(name: str, content: bytes) -> bool:
    return not name.endswith(_TAKEN) and _RECORD.search(content) is not None
