"""A merge that is refused, and what makes two copies differ."""

import pytest

from conditions.errors import StudyError
from experiment.copies.merging import merge
from tests.experiment.records.sessions import everything


def refused(folder, other, words: str) -> str:
    """It is refused with these words, and not a byte is written in either copy."""
    before = everything(folder.path), everything(other.path)
    with pytest.raises(StudyError, match=words) as error:
        merge(folder, other, lambda line: None)
    assert (everything(folder.path), everything(other.path)) == before
    return str(error.value)


def changed_cell(folder, name, row, column):
    """A cell of a table of the first session becomes 99."""
    path = folder.session(1) / name
    lines = path.read_text().splitlines(keepends=True)
    i = lines[0].rstrip("\n").split(",").index(column)
    cells = lines[row - 1].split(",")
    cells[i] = "99"
    path.write_text("".join([*lines[: row - 1], ",".join(cells), *lines[row:]]))
