"""Odd members and odd tar files, a row each, with what becomes of them."""

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stimgen.pool.finding.becoming import PHOTOGRAPH, file, outcome, photograph

Add = Callable[[tarfile.TarFile], object]


def member(name: str, content: bytes = PHOTOGRAPH, **facts) -> Add:
    def add(archive: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        for fact, value in facts.items():
            setattr(info, fact, value)
        archive.addfile(info, io.BytesIO(content))

    return add


def other(name: str, kind: bytes, target: str = "") -> Add:
    return member(name, b"", type=kind, linkname=target)


def shard(path: Path, *adds: Add) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT, encoding="utf-8") as archive:
        for add in adds:
            add(archive)
    return path


NOWHERE = "unreadable: a link to {}, which is no file in the shard"
MEMBERS: dict[str, tuple[list[Add], dict[str, str]]] = {
    "absolute": ([member("/etc/a.png")], {"/etc/a.png": "good"}),
    "leads out": ([member("../a.png")], {"../a.png": "good"}),
    "from here": ([member("./n/a.png")], {"./n/a.png": "good"}),
    "a long name": ([member("d/" * 200 + "a.png")], {"d/" * 200 + "a.png": "good"}),
    "Latin-1": ([member("caf\udce9.png")], {"caf\\xe9.png": "good"}),
    "a line break": ([member("a\nb.png")], {"a\\nb.png": "good"}),
    "hidden": ([member(".a.png"), member("._b.png"), member("x/.cache/c.png")], {}),
    "a hidden folder of another system": ([member("__MACOSX/a.png")], {}),
    "zero bytes": ([member("a.png", b"")], {"a.png": "broken"}),
    "a label": ([member("a.cls", b"7"), member("a.json", b"{}")], {}),
    "a pipe": ([other("a.png", tarfile.FIFOTYPE)], {}),
    "a device": ([other("a.png", tarfile.CHRTYPE)], {}),
    "a folder": ([other("a.png", tarfile.DIRTYPE), member("a.png/b.png")], {"a.png/b.png": "good"}),
    "a hard link": ([other("a.png", tarfile.LNKTYPE, "photo.png")], {"a.png": "good"}),
    "a hard link to a file of another name": (
        [member("a.dat"), other("b/a.png", tarfile.LNKTYPE, "a.dat")],
        {"b/a.png": "good"},
    ),
    "a link": ([other("n/a.png", tarfile.SYMTYPE, "../photo.png")], {"n/a.png": "good"}),
    "a link to what comes later": (
        [other("n/a.png", tarfile.SYMTYPE, "b.png"), member("n/b.png")],
        {"n/a.png": "good", "n/b.png": "good"},
    ),
    "a link through a link": (
        [other("a.png", tarfile.SYMTYPE, "b"), other("b", tarfile.SYMTYPE, "photo.png")],
        {"a.png": "good"},
    ),
    "a link out": (
        [other("a.png", tarfile.SYMTYPE, "/etc/passwd")],
        {"a.png": NOWHERE.format("/etc/passwd")},
    ),
    "a circle": (
        [other("a.png", tarfile.SYMTYPE, "b.png"), other("b.png", tarfile.SYMTYPE, "a.png")],
        {"a.png": NOWHERE.format("a.png"), "b.png": NOWHERE.format("b.png")},
    ),
    "twice the same name": (
        [member("a.png", b"an earlier version"), member("b.png"), member("./a.png")],
        {"b.png": "good", "./a.png": "good"},
    ),
    "stored with holes": (
        [member("a.png", pax_headers={"GNU.sparse.map": "0,9", "GNU.sparse.size": "5000"})],
        {"a.png": "unreadable: stored with holes (a sparse member): pack it without them"},
    ),
    "a link, then a file in its place": (
        [other("a.png", tarfile.SYMTYPE, "gone"), member("a.png")],
        {"a.png": "good"},
    ),
    "a file, then a link in its place": (
        [member("a.png", b"?"), member("b.png"), other("a.png", tarfile.SYMTYPE, "photo.png")],
        {"b.png": "good", "a.png": "good"},
    ),
    "a member with a colon": ([member("a:b.png")], {"a:b.png": "good"}),
}


@pytest.mark.parametrize(("adds", "images"), MEMBERS.values(), ids=MEMBERS.keys())
def test_members(tmp_path, adds, images):
    path = shard(tmp_path / "s.tar", member("photo.png"), *adds)
    expected = {"photo.png": "good"} | images
    found = outcome(path).images
    assert found == {f"s.tar:{name}": what for name, what in expected.items()}
    assert list(found) == [f"s.tar:{name}" for name in expected]


def test_shards_lie_at_any_depth_and_are_told_apart(tmp_path):
    shard(tmp_path / "b.TAR", member("1.png"))
    shard(tmp_path / "a" / "z.tar", member("1.png"))
    shard(tmp_path / "a:b.tar", member("c.png"))
    shard(tmp_path / ".old.tar", member("1.png"))
    (tmp_path / "c.tar").mkdir()
    (tmp_path / "d.tar").symlink_to("nowhere.tar")
    found = outcome(tmp_path)
    assert list(found.images) == ["a/z.tar:1.png", "a\\x3ab.tar:c.png", "b.TAR:1.png"]
    assert found.remarks == "passed over, not read (a link that leads nowhere): d.tar"


def test_photographs_beside_a_shard_are_the_pool(tmp_path):
    shard(tmp_path / "old.tar", member("1.png"))
    file("class/2.png")(tmp_path)
    found = outcome(tmp_path)
    assert found.images == {"class/2.png": "good"}
    assert found.remarks.endswith("shards): old.tar")


def _torn(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _damaged(content: bytes) -> bytes:
    second = content.index(b"b.png")
    return content[:second] + bytes(range(255, 0, -1)) * 2 + content[second + 510 :]


def _backwards(content: bytes) -> bytes:
    member = tarfile.TarInfo("b.png")
    member.size = -1024
    return content[: content.index(b"b.png")] + member.tobuf(tarfile.GNU_FORMAT) + bytes(512)


TORN = "not a whole tar file: "
DAMAGED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", f"{TORN}empty file"),
    "text": (lambda _: b"no tar file" * 100, TORN),
    "torn": (_torn, TORN),
    "torn in a header": (lambda c: c[: c.index(b"b.png") + 100], f"{TORN}goes on behind"),
    "a damaged member": (_damaged, f"{TORN}goes on behind what looks like its end"),
    "two joined": (lambda c: c + c, "several joined into one"),
    "compressed": (gzip.compress, "compressed; wanted a .tar as it is"),
    "no members": (lambda _: bytes(10240), "found no images, wanted images among its members"),
    "a size below zero": (_backwards, f"{TORN}a member ends before it begins"),
}


@pytest.mark.parametrize(("damage", "words"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_shard_is_refused_in_a_line(tmp_path, damage, words):
    path = shard(tmp_path / "s.tar", *(member(f"{name}.png") for name in "abc"))
    path.write_bytes(damage(path.read_bytes()))
    found = outcome(path)
    assert words in found.refusal
    assert len(found.refusal.splitlines()) == 1
    if words.startswith(TORN):
        # A shard among others is named.
        shard(tmp_path / "r.tar", member("1.png"))
        assert "s.tar: not a whole tar file" in outcome(tmp_path).refusal


@pytest.mark.parametrize("name", ["s.tar.gz", "s.tgz", "s.TAR.XZ", "s.tar.zst"])
def test_a_compressed_shard_says_what_to_do(tmp_path, name):
    file(name, gzip.compress(b"?"))(tmp_path)
    for pool in (tmp_path, tmp_path / name):
        assert "uncompress it" in outcome(pool).refusal
    shard(tmp_path / "a.tar", member("1.png"))
    found = outcome(tmp_path)
    assert found.images == {"a.tar:1.png": "good"}
    assert f"passed over, {name}: compressed" in found.remarks


def test_a_shard_without_the_zeros_at_its_end_is_whole(tmp_path):
    path = shard(tmp_path / "s.tar", member("a.png", photograph(1)))
    content = path.read_bytes().rstrip(b"\0")
    path.write_bytes(content + bytes(-len(content) % 512))
    assert outcome(path).images == {"s.tar:a.png": "good"}
