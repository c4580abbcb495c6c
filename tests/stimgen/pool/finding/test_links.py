"""Folders that are linked into one another: the walk ends, and takes every real folder once."""

import os
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimgen.pool.finding import walk as walk_module
from stimgen.pool.finding.walk import walk
from tests.stimgen.pool.finding.becoming import Make, both, file, link

_SCANDIR = os.scandir

LINKED: dict[str, tuple[Make, list[str]]] = {
    "into itself": (both(file("a/1.jpg"), link("a/self", ".")), ["a/1.jpg"]),
    "upwards": (both(file("a/b/1.jpg"), link("a/b/up", "../..")), ["a/b/1.jpg"]),
    "above the pool": (both(file("1.jpg"), file("../2.jpg"), link("up", "..")), ["1.jpg"]),
    "to the root of the disk": (both(file("1.jpg"), link("disk", "/")), ["1.jpg"]),
    "to one another": (
        both(file("a/1.jpg"), file("b/2.jpg"), link("a/to_b", "../b"), link("b/to_a", "../a")),
        ["a/1.jpg", "b/2.jpg"],
    ),
    "to a sibling that holds it": (
        both(file("b/a/1.jpg"), link("c", "b/a"), link("b/a/c", "../../b")),
        ["b/a/1.jpg"],
    ),
    "to a sibling, before it by name": (
        both(file("z/1.jpg"), link("a", "z")),
        ["z/1.jpg"],
    ),
    "absolutely": (
        lambda folder: both(file("z/1.jpg"), link("a", str(folder / "z")))(folder),
        ["z/1.jpg"],
    ),
    "outside, twice": (
        both(file("../out/1.jpg"), link("b", "../out"), link("a", "../out")),
        ["a/1.jpg"],
    ),
    "outside, twice, first by code point": (
        both(file("../out/1.jpg"), link("a/l", "../../out"), link("a-b/l", "../../out")),
        ["a-b/l/1.jpg"],
    ),
    "outside, and into that": (
        both(file("../out/in/1.jpg"), link("a", "../out/in"), link("b", "../out")),
        ["a/1.jpg"],
    ),
    "outside, and on from there": (
        both(file("../x/1.jpg"), file("../y/2.jpg"), link("a", "../x"), link("../x/on", "../y")),
        ["a/1.jpg", "a/on/2.jpg"],
    ),
    "outside, and back": (
        both(file("1.jpg"), file("../x/2.jpg"), link("a", "../x"), link("../x/back", "../pool")),
        ["1.jpg", "a/2.jpg"],
    ),
    "outside, and above that": (
        both(file("../x/y/2.jpg"), file("../x/3.jpg"), link("a", "../x/y"), link("../x/y/z", "..")),
        ["a/2.jpg"],
    ),
    "to a hidden folder": (both(file(".store/1.jpg"), link("a", ".store")), ["a/1.jpg"]),
    "by a hidden link": (both(file("../x/1.jpg"), link(".a", "../x")), []),
    "through a link": (
        both(file("../x/1.jpg"), link("b", "../link"), link("../link", "x")),
        ["b/1.jpg"],
    ),
}


@pytest.mark.parametrize(("make", "images"), LINKED.values(), ids=LINKED.keys())
def test_every_folder_once(tmp_path, make, images):
    folder = tmp_path / "pool"
    folder.mkdir()
    make(folder)
    assert walk(str(folder)).images == images


def test_thirty_images_and_a_link_are_thirty_images(tmp_path):
    for i in range(30):
        file(f"class_{i % 3}/{i:02d}.jpg")(tmp_path)
    expected = walk(str(tmp_path)).images
    assert len(expected) == 30
    link("class_0/all", "..")(tmp_path)
    assert walk(str(tmp_path)).images == expected


def test_a_pool_that_is_a_link_itself(tmp_path):
    file("real/a/1.jpg")(tmp_path)
    link("real/a/pool", "../../link")(tmp_path)
    link("link", "real")(tmp_path)
    assert walk(str(tmp_path / "link")).images == walk(str(tmp_path / "real")).images == ["a/1.jpg"]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_links_end_and_the_order_of_the_disk_means_nothing(tmp_path_factory, data):
    folders = ["a", "b", "a/c", "b/d", "a/c/e"]
    links = data.draw(
        st.dictionaries(
            st.sampled_from([f"{f}/{name}" for f in [".", *folders] for name in "lz"]),
            st.sampled_from([".", "..", *folders]),
            max_size=8,
        )
    )
    root = tmp_path_factory.mktemp("linked") / "pool"
    for folder in folders:
        file(f"{folder}/1.jpg", b"")(root)
    for name, target in links.items():
        (root / name).symlink_to(os.path.relpath(root / target, (root / name).parent))
    found = walk(str(root)).images
    assert found == sorted(f"{folder}/1.jpg" for folder in folders)

    def backwards(folder: str):
        return _Listed(sorted(_SCANDIR(folder), key=lambda entry: entry.name, reverse=True))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk_module.os, "scandir", backwards)
        assert walk(str(root)).images == found


class _Listed(list):
    def __enter__(self):
        return iter(self)

    def __exit__(self, *_: object) -> None:
        pass


def test_a_folder_that_is_there_twice_has_the_first_name(tmp_path, monkeypatch):
    """As one that is mounted twice, or on a disk that knows no case."""
    file("a/1.jpg")(tmp_path)
    file("b/1.jpg")(tmp_path)
    real = walk_module._identity
    monkeypatch.setattr(walk_module, "_identity", lambda path: real(path.replace("/b", "/a")))
    assert walk(str(tmp_path)).images == ["a/1.jpg"]


def test_a_disk_that_numbers_nothing_loses_nothing(tmp_path):
    names = [f"{i}/{i}.jpg" for i in range(5)]
    for name in names:
        file(name)(tmp_path)
    unnumbered = SimpleNamespace(st_ino=0, st_dev=1, st_mtime_ns=1, st_ctime_ns=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk_module.os, "stat", lambda path: unnumbered)
        found = walk(str(tmp_path)).images
    assert found == names


def test_a_disk_that_fails_ends_the_search(tmp_path):
    file("a/1.jpg")(tmp_path)
    file("b/1.jpg")(tmp_path)

    def failing(path):
        if str(path).endswith("b"):
            raise OSError(5, "Input/output error", str(path))
        return _SCANDIR(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk_module.os, "scandir", failing)
        with pytest.raises(OSError, match="Input/output"):
            walk(str(tmp_path))
