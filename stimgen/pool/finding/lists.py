"""Photographs by a list: a text file with one path a line, as editors and data sets leave them."""

import codecs
import csv
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from conditions.errors import StudyError
from stimgen.pool.finding.suffixes import is_image
from stimgen.pool.images import Pool
from stimgen.pool.names import Names, at_home, from_written, printable, written

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What may stand between a path and its label.
_GAP = re.compile("[\t, ]+")
# Longer lines are no paths.
_LONGEST = 8192
_SHOWN = 3
_NO_FILE = "no such file"


def list_pool(name: str, path: Path) -> Pool:
    """The files that a list names, in the order of its lines, each once.

    A path is relative to the list's folder. It may be followed by a tab, a comma or blanks and a
    label: of all beginnings of the line the longest that is a file counts, so that paths with
    commas and blanks are found. ``~``, quotes, backslashes between folders and names as they are
    written in tables are understood where the line as it stands is no file. A line that names none
    stays in the pool as an image that cannot be read, with its number.

    Parameters
    ----------
    name : str
        Of the pool.
    path : Path
        The list: UTF-8, UTF-16 or UTF-32, with or without a mark, any line ends; bytes that are no
        UTF-8 are those of the names.

    Raises
    ------
    StudyError
        Where the list cannot be read, or no line names a file.
    """
    lines = {number: text for number, text in enumerate(_lines(name, path), 1) if text.strip()}
    names: dict[str, int] = {}
    unreadable: dict[int, str] = {}
    again = []
    for number, line in lines.items():
        found, problem = _named(str(path.parent), line)
        if found in names:
            again.append(f"line {number} as line {names[found]}")
            continue
        if problem:
            unreadable[len(names)] = f"line {number}: {problem}"
        names[found] = number
    remarks = []
    if unreadable:
        listed = list(names)
        wrong = [f"{unreadable[place]}: {written(listed[place])}" for place in unreadable]
        text = f"name no file: {_shown(wrong)}"
        if len(unreadable) == len(names):
            raise StudyError(
                f"pool {printable(name)}: its {len(lines)} lines {text}; wanted a path of an image "
                f"a line, relative to {printable(str(path.parent.absolute()))}, and maybe a label"
            )
        remarks.append(f"{len(unreadable)} of {len(lines)} lines {text}")
    if again:
        remarks.append(f"lines that name a file again, taken once: {_shown(again)}")
    return Pool(name, path.parent, Names(names), unreadable=unreadable, remarks=tuple(remarks))


def _shown(texts: list[str]) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "; ".join(texts[:_SHOWN]) + more


def _lines(name: str, path: Path) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StudyError(f"pool {printable(name)}: {error.strerror}") from error
    codec = _codec(content)
    errors = "surrogateescape" if codec.startswith("utf-8") else "strict"
    try:
        text = content.decode(codec, errors)
    except UnicodeDecodeError as error:
        raise StudyError(
            f"pool {printable(name)}: read as {codec.upper()}, byte {error.start} is no text: "
            "wanted a list of paths, best in UTF-8"
        ) from error
    # str.splitlines would also divide names that have other separators in them.
    return re.split("\r\n|\n|\r", text)


def _codec(content: bytes) -> str:
    # UTF-32's mark begins with that of UTF-16.
    for mark in sorted(_MARKS, key=len, reverse=True):
        if content.startswith(mark):
            return _MARKS[mark]
    # No name has a zero byte: it is half of a letter.
    if content.count(0):
        low_first = content[1::2].count(0) > content[::2].count(0)
        return "utf-16-le" if low_first else "utf-16-be"
    return "utf-8"


def _named(folder: str, line: str) -> tuple[str, str]:
    """The file that a line names, or what is most probably meant and why it is none."""
    text = line.strip()
    if len(line) > _LONGEST:
        return text[:_LONGEST] + "…", f"{len(line)} characters, wanted a path"
    problem = _NO_FILE
    for reading in _readings(line):
        name, wrong = _as_file(folder, reading)
        if not wrong:
            return name, ""
        if problem == _NO_FILE:
            problem = wrong
    meant = (beginning for beginning in _beginnings(text) if is_image(beginning))
    return next(meant, text), problem


def _readings(line: str) -> Iterator[str]:
    yield line
    text = line.strip()
    if text != line:
        yield text
    # The csv module of Python 3.10 refuses zeros, which no path holds.
    if text.startswith('"') and "\0" not in text:
        yield from next(csv.reader([text]))[:1]
    yield from _beginnings(text)


def _beginnings(text: str) -> Iterator[str]:
    """What stands before a tab, a comma or blanks, the longest first."""
    for gap in reversed(list(_GAP.finditer(text))):
        if gap.start():
            yield text[: gap.start()]


def _as_file(folder: str, text: str) -> tuple[str, str]:
    """A name for the file that a text means, or the text and what else it is."""
    problem = _NO_FILE
    for name in _spellings(text):
        try:
            # Not with Path: a million of its objects take minutes.
            mode = os.stat(os.path.join(folder, name)).st_mode  # noqa: PTH116, PTH118
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            # ValueError: a zero character.
            problem = getattr(error, "strerror", None) or _NO_FILE
            continue
        if stat.S_ISREG(mode):
            return name.replace(os.sep, "/"), ""
        kind = "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device"
        problem = f"{kind}, wanted a file"
    return text, problem


def _spellings(text: str) -> Iterator[str]:
    yield text
    if text.startswith("~"):
        yield at_home(text)
    if "\\" in text:
        slashes = text.replace("\\", "/")
        yield from (slashes, at_home(slashes), from_written(text))
