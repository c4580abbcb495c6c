"""Full disks, long names and links that lead nowhere: whole files or none."""

import errno
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from conditions.files import write_text
from conditions.misfortunes import in_words
from tests.conftest import ROOT


def _full_disk() -> None:
    """A disk that takes files of 20 kB: what it says is what a full one says."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_disk_that_takes_no_more_is_named_and_leaves_no_half_file(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "conditions", "build", "experiment_1", "--participants", "1",
         "--root", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=_full_disk,
    )  # fmt: skip
    assert done.returncode == 2
    file = tmp_path / "experiment_1" / "conditions" / "participant-001.csv"
    assert done.stderr == f"conditions: {file}: too large a file for this disk\n"
    assert not [path for path in file.parent.iterdir() if path.suffix == ".csv"]


def test_a_full_disk_is_named_by_the_file_that_was_to_be_written(tmp_path, monkeypatch):
    def full(self, *_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left") as error:
        write_text(tmp_path / "some.json", "{}")
    assert error.value.filename == str(tmp_path / "some.json")
    assert not list(tmp_path.iterdir())


def test_a_long_name_of_a_file_is_not_too_long_for_its_temporary_one(tmp_path):
    path = tmp_path / f"{'ü' * 120}.txt"
    write_text(path, "text")
    assert path.read_text(encoding="utf-8") == "text"


def test_a_link_whose_disk_is_gone_is_not_written_over(tmp_path):
    path = tmp_path / "participant-001.csv"
    path.symlink_to(tmp_path / "gone" / path.name)
    with pytest.raises(OSError, match="a link that leads nowhere") as error:
        write_text(path, "text")
    assert in_words(error.value) == (f"{path}: a link that leads nowhere: is the disk plugged in?")
    assert path.is_symlink()
