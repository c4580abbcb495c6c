"""A file that somebody reads while it is written anew: Windows lets nobody replace it then."""

import errno
import sys
from pathlib import Path

import pytest

from conditions import files
from conditions.files import write_json


@pytest.fixture
def reader(monkeypatch):
    """Somebody who lets a file go after so many tries to replace it."""
    replace, tries = Path.replace, []

    def read(times: int) -> list[int]:
        def refused(self: Path, target: Path) -> Path:
            tries.append(1)
            if len(tries) <= times:
                raise PermissionError(errno.EACCES, "is being used by another process", str(target))
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", refused)
        return tries

    monkeypatch.setattr(files, "_WAITS", (0, 0, 0))
    return read


def test_on_windows_it_is_tried_again(tmp_path, monkeypatch, reader):
    monkeypatch.setattr(sys, "platform", "win32")
    tries = reader(2)
    write_json(tmp_path / "session.json", {"state": "running"})
    assert len(tries) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["session.json"]


@pytest.mark.parametrize(("system", "tries_made"), [("win32", 4), ("linux", 1)])
def test_where_it_is_not_let_go_the_error_comes_and_nothing_is_left(
    tmp_path, monkeypatch, reader, system, tries_made
):
    monkeypatch.setattr(sys, "platform", system)
    tries = reader(99)
    with pytest.raises(PermissionError, match=r"session\.json"):
        write_json(tmp_path / "session.json", {"state": "running"})
    assert len(tries) == tries_made
    assert list(tmp_path.iterdir()) == []
