"""YAML as people write it: read by PyYAML, but nothing is taken that may be meant otherwise.

YAML 1.1 lets the last of two equal keys win, reads ``010`` as 8 and ``12:30`` as 750, and lets
aliases multiply without end. Here each of these is one line of a :class:`StudyError`.
"""

import codecs
import math
import re
from pathlib import Path
from typing import Any

import yaml

from conditions.errors import StudyError

# What people write is a hundred times smaller and flatter.
LARGEST_BYTES = 1 << 20
DEEPEST = 40
MOST_VALUES = 50_000
LONGEST_SHOWN = 60
# Python makes no whole numbers of many more digits.
MOST_DIGITS = 4000

_TAG = "tag:yaml.org,2002:"
_TEXT, _MERGE, _DATE = (_TAG + kind for kind in ("str", "merge", "timestamp"))
_INT, _FLOAT = _TAG + "int", _TAG + "float"
_CLEAR = {
    _INT: re.compile(r"[-+]?(0|[1-9][0-9]*)"),
    _FLOAT: re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"),
}
_WANTED = {
    _INT: "a whole number in decimal digits",
    _FLOAT: "a finite number in decimal digits",
    _DATE: "a day of the calendar, as in 2024-05-31",
}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# PyYAML's name of a text that comes from no file.
_UNNAMED = "<unicode string>"
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

Location = tuple[str | int, ...]
Written = dict[Location, str]


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, which also knows 1e-3 for a number, as YAML 1.2 does."""


_Loader.add_implicit_resolver(
    _FLOAT, re.compile(r"^[-+]?[0-9]+[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def load_mapping(path: Path, what: str) -> tuple[dict[Any, Any], Written]:
    """The fields of a YAML file, and how each value that is no text was written.

    Parameters
    ----------
    path : Path
        The file: UTF-8, or UTF-16 that says so.
    what : str
        What the file describes, for messages: "a study".

    Returns
    -------
    tuple
        The content, without any field where the file is empty; and by its place, what stands in
        the file for each number, truth value and date.

    Raises
    ------
    StudyError
        One line for each value that is not YAML or not clear: the file, the field and its line,
        what was found and what is wanted.
    """
    loader = None
    try:
        loader = _Loader(_text_of(Path(path), what))
        node = loader.get_single_node()
        if node is None:
            return {}, {}
        walk = _Walk(loader)
        walk.through(node, ())
        if walk.unclear:
            raise StudyError("\n".join(f"{path}: {line}" for line in walk.unclear))
        content = loader.construct_document(node)
    except RecursionError as error:
        raise StudyError(f"{path}: nested too deeply, wanted {what}") from error
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split()).replace(f' in "{_UNNAMED}",', ",")
        raise StudyError(f"{path}: not valid YAML: {said}") from error
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(content, dict):
        raise StudyError(f"{path}: found {type(content).__name__}, wanted the fields of {what}")
    return content, walk.written


def shortened(text: str) -> str:
    """A value for a message of one line."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _text_of(path: Path, what: str) -> str:
    try:
        # A pipe would be waited for.
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "not a plain file"
            raise StudyError(f"{path}: {kind}, wanted the file of {what}")
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise StudyError(f"{path}: found {size} bytes, wanted {what}, which is a small file")
        content = path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path}: {error.strerror}") from error
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise StudyError(
            f"{path}: line {line}: byte 0x{content[error.start]:02x} is not {error.encoding}; "
            "save the file as UTF-8"
        ) from error


class _Walk:
    """Goes through all values of a document before anything is made of them."""

    def __init__(self, loader: _Loader) -> None:
        self._loader = loader
        self._values = 0
        self.written: Written = {}
        self.unclear: list[str] = []

    def through(self, node: yaml.Node, place: Location, depth: int = 0) -> None:
        # An alias is the node that it stands for: loops end at the depth, multitudes at the sum.
        self._values += 1
        if depth > DEEPEST:
            raise yaml.YAMLError(f"nested more than {DEEPEST} deep")
        if self._values > MOST_VALUES:
            raise yaml.YAMLError(f"more than {MOST_VALUES} values")
        if isinstance(node, yaml.MappingNode):
            self._fields(node, place, depth)
        elif isinstance(node, yaml.SequenceNode):
            for i, item in enumerate(node.value):
                self.through(item, (*place, i), depth + 1)
        elif node.tag == _TEXT:
            if _UNPRINTABLE.search(node.value):
                self._note(node, place, "text without control characters")
        elif isinstance(node, yaml.ScalarNode):
            # As !!bool maybe: what people write needs no tags but !!str, and quotes serve for it.
            if node.tag != self._loader.resolve(yaml.ScalarNode, node.value, (True, False)):
                self._note(node, place, "a value without a tag")
                return
            self.written[place] = node.value
            self._check(node, place)

    def _fields(self, mapping: yaml.MappingNode, place: Location, depth: int) -> None:
        lines: dict[str | int, int] = {}
        # What is merged gives way to the mapping's own fields.
        for key_node, node in sorted(mapping.value, key=lambda pair: pair[0].tag != _MERGE):
            if key_node.tag == _MERGE:
                self.through(node, place, depth + 1)
                continue
            line = key_node.start_mark.line + 1
            if key_node.tag not in (_TEXT, _INT):
                self._note(
                    key_node, place, "a word as the name of a field; in quotes, if it is one"
                )
                continue
            if not self._check(key_node, place):
                continue
            key = self._loader.construct_object(key_node)
            if key in lines:
                where = _name((*place, key))
                self.unclear.append(f"{where} is there twice, in lines {lines[key]} and {line}")
            lines[key] = line
            self.through(node, (*place, key), depth + 1)

    def _check(self, node: yaml.ScalarNode, place: Location) -> bool:
        """Note a value that may be meant otherwise, or cannot be meant at all."""
        if node.tag not in _WANTED:
            return True
        clear = _CLEAR.get(node.tag)
        try:
            clear_text = clear is None or clear.fullmatch(node.value) is not None
            if clear_text and len(node.value) < MOST_DIGITS:
                made = self._loader.construct_object(node)
                if not isinstance(made, float) or math.isfinite(made):
                    return True
        except ValueError:
            pass
        self._note(node, place, f"{_WANTED[node.tag]}; in quotes, if text is meant")
        return False

    def _note(self, node: yaml.Node, place: Location, wanted: str) -> None:
        found = node.value if isinstance(node, yaml.ScalarNode) else "a list or fields"
        found = _UNPRINTABLE.sub("�", shortened(found)) or "nothing"
        where = f"{_name(place)}: " if place else ""
        self.unclear.append(
            f"{where}found {found} in line {node.start_mark.line + 1}, wanted {wanted}"
        )


def _name(place: Location) -> str:
    return ".".join(map(str, place))
