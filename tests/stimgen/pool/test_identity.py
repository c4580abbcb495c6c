"""A pool is its content: what differs in a byte is another pool, a copy is the same one."""

import io
import os
import shutil
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.study.recipes import ImageSize
from stimgen.pool import identity
from stimgen.pool.finding.find import open_pool, reopen

SIZE = ImageSize(resize=72, crop=64)
NAMES = st.text("abcdéß ", min_size=1, max_size=6).filter(lambda name: name == name.strip())
POOLS = st.dictionaries(NAMES, st.binary(min_size=1, max_size=40), min_size=1, max_size=8)


def written(folder: Path, contents: dict[str, bytes]) -> Path:
    """A pool of files that need be no images: what they are is seen when they are decoded."""
    folder.mkdir()
    for name, content in contents.items():
        (folder / f"{name}.png").write_bytes(content)
    return folder


def fingerprint(folder: Path) -> str:
    return open_pool(str(folder), SIZE).fingerprint()


def same_times(one: Path, other: Path) -> None:
    """Give the files of a pool the times of those of another."""
    for file in one.iterdir():
        found = file.stat()
        os.utime(other / file.name, ns=(found.st_atime_ns, found.st_mtime_ns))


@pytest.fixture(params=["read whole", "sampled"])
def by(request, monkeypatch):
    """Both ways to know a pool."""
    if request.param == "sampled":
        monkeypatch.setattr(identity, "READ_WHOLE", 0)
    return request.param


@settings(max_examples=25, deadline=None)
@given(POOLS, st.data())
def test_pools_that_differ_in_one_byte_differ(contents, data):
    """Also where size and time are the same; a copy, of whatever time, is the same."""
    with TemporaryDirectory() as place:
        one = written(Path(place) / "one", contents)
        copy = written(Path(place) / "copy", contents)
        os.utime(copy / f"{next(iter(contents))}.png", (1, 1))
        assert fingerprint(copy) == fingerprint(one)
        name = data.draw(st.sampled_from(sorted(contents)))
        byte = data.draw(st.integers(0, len(contents[name]) - 1))
        changed = bytearray(contents[name])
        changed[byte] ^= data.draw(st.integers(1, 255))
        other = written(Path(place) / "other", contents | {name: bytes(changed)})
        same_times(one, other)
        assert fingerprint(other) != fingerprint(one)


@settings(max_examples=25, deadline=None)
@given(POOLS, POOLS)
def test_pools_of_other_names_or_contents_differ(one, other):
    with TemporaryDirectory() as place:
        found = [
            fingerprint(written(Path(place) / name, contents))
            for name, contents in (("one", one), ("other", other))
        ]
        assert (found[0] == found[1]) == (one == other)


@settings(max_examples=25, deadline=None)
@given(POOLS, st.data())
def test_a_large_pool_is_known_by_times_and_a_sample(contents, data):
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as place:
        patch.setattr(identity, "READ_WHOLE", 0)
        one = written(Path(place) / "one", contents)
        moved = Path(place) / "moved"
        shutil.copytree(one, moved)
        assert fingerprint(moved) == fingerprint(one), "a copy that keeps times"
        name = data.draw(st.sampled_from(sorted(contents)))
        file = moved / f"{name}.png"
        found = file.stat()
        change = data.draw(st.sampled_from(["time", "size", "content of the sample"]))
        if change == "time":
            os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns + 1_000_000))
        else:
            content = contents[name]
            file.write_bytes(content + b"." if change == "size" else bytes([content[0] ^ 1]))
            os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
        assert fingerprint(moved) != fingerprint(one)


def test_the_sample_of_a_large_pool_is_spread_and_bounded(tmp_path, monkeypatch):
    """Of 50 files 5 are read, from the first to the last, and no more of them than stated."""
    monkeypatch.setattr(identity, "READ_WHOLE", 10)
    monkeypatch.setattr(identity, "SAMPLED", 5)
    monkeypatch.setattr(identity, "SAMPLED_BYTES", 16)
    read = []
    real = identity._content
    monkeypatch.setattr(
        identity, "_content", lambda *of: (read.append((of[0].name, of[2])), real(*of))[1]
    )
    fingerprint(written(tmp_path / "pool", {f"{i:02d}": bytes(100) for i in range(50)}))
    assert sorted(read) == [(f"{i:02d}.png", 16) for i in (0, 12, 24, 36, 49)]
    monkeypatch.undo()
    assert [identity._spread(count).sum() for count in (1, 7, 1_281_167)] == [1, 7, 1024]


def test_missing_unreadable_and_odd_files_are_known_as_such(tmp_path, by):
    """None of them stops a start: the scan names them. A file that comes back is a change."""
    written(tmp_path / "there", {"a": b"a", "b": b"b"})
    os.mkfifo(tmp_path / "there" / "pipe.png")
    (tmp_path / "there" / "folder.png").mkdir()
    lines = ["there/a.png", "there/b.png", "there/gone.png", "there/pipe.png", "there/folder.png"]
    (tmp_path / "list.txt").write_text("\n".join(lines))
    pool = tmp_path / "list.txt"
    first = fingerprint(pool)
    assert fingerprint(pool) == first
    (tmp_path / "there" / "gone.png").write_bytes(b"back")
    assert fingerprint(pool) != first


def shard(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(f"{name}.png")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    os.utime(path, (1, 1))
    return path


def test_shards_are_known_by_their_members(tmp_path, by):
    contents = {"a": b"aaaa", "b": b"bbbb", "c": b"cccc"}
    (tmp_path / "copy").mkdir()
    found = fingerprint(shard(tmp_path / "one.tar", contents))
    assert fingerprint(shard(tmp_path / "copy" / "one.tar", contents)) == found
    others = (
        {"a": b"aaaa", "b": b"bbbx", "c": b"cccc"},
        {"a": b"aaaa", "x": b"bbbb", "c": b"cccc"},
        {"b": b"bbbb", "a": b"aaaa", "c": b"cccc"},
        {"a": b"aaaa", "b": b"bbbb"},
    )
    for other in others:
        assert fingerprint(shard(tmp_path / "copy" / "one.tar", other)) != found


def test_crops_of_a_photograph_read_it_once(monkeypatch):
    pool = open_pool("embedded", ImageSize(resize=64, crop=64))
    read = []
    monkeypatch.setattr(identity, "_content", lambda path, *of: (read.append(path.name), b"")[1])
    whole = pool.fingerprint()
    assert len(read) == len(set(read)) < len(pool)
    assert pool.boxes is not None
    moved = np.array(pool.boxes)
    moved[moved.any(1)] += 1
    one_crop_elsewhere = type(pool)("embedded", pool.root, pool.names, boxes=moved)
    assert one_crop_elsewhere.fingerprint() != whole


def test_a_pool_is_the_same_on_a_worker_or_refused_with_what_to_do(tmp_path):
    pool = written(tmp_path / "pool", {"a": b"a", "b": b"b"})
    before = open_pool(str(pool), SIZE).fingerprint()
    assert len(reopen(str(pool), SIZE, before)) == 2
    (pool / "a.png").write_bytes(b"x")
    with pytest.raises(StudyError, match=r"holds other images on .* \(here 2\)"):
        reopen(str(pool), SIZE, before)
