"""Odd files and names in a folder, a row each, with what becomes of it."""

import os
import re
import socket
import stat
from pathlib import Path

import pytest
from PIL import Image

from stimgen.pool.decoding.decode import FORMATS
from stimgen.pool.finding.suffixes import IMAGES, suffix
from stimgen.pool.names import from_written
from tests.stimgen.pool.finding.becoming import Make, both, file, link, outcome


def pipe(name: str) -> Make:
    return lambda folder: os.mkfifo(folder / name)


def sock(name: str) -> Make:
    def make(folder: Path) -> None:
        here = Path.cwd()
        # The path of a socket must be short.
        os.chdir(folder)
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(name)
        os.chdir(here)

    return make


def device(name: str) -> Make:
    def make(folder: Path) -> None:
        try:
            os.mknod(folder / name, 0o600 | stat.S_IFCHR, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("only root makes devices")

    return make


def closed_folder(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may look everywhere")
    (folder / "closed").mkdir(mode=0)


def hard_link(folder: Path) -> None:
    os.link(folder / "photo.png", folder / "same.png")


# A name, and how tables write it.
SEEN = {
    "upper case": ("IMG.JPG", "IMG.JPG"),
    "JPEG": ("n01.JPEG", "n01.JPEG"),
    "jfif": ("a.jfif", "a.jfif"),
    "jpe": ("a.jpe", "a.jpe"),
    "two suffixes": ("a.txt.png", "a.txt.png"),
    "a blank at the end": ("a.jpg ", "a.jpg\\x20"),
    "a dot at the end": ("a.jpg.", "a.jpg."),
    "a blank at the beginning": (" a.jpg", "\\x20a.jpg"),
    "blanks within": ("a  b.jpg", "a  b.jpg"),
    "only a blank": (" .jpg", "\\x20.jpg"),
    "a line break": ("a\nb.jpg", "a\\nb.jpg"),
    "a carriage return": ("a\rb.jpg", "a\\rb.jpg"),
    "line ends of Windows": ("a.jpg\r\n", "a.jpg\\r\\n"),
    "a tab": ("a\tb.jpg", "a\\tb.jpg"),
    "quotes": ("a\"b'c.jpg", "a\"b'c.jpg"),
    "a comma": ("a,b;c.jpg", "a,b;c.jpg"),
    "a backslash": ("a\\n.jpg", "a\\\\n.jpg"),
    "Latin-1": (b"caf\xe9.jpg", "caf\\xe9.jpg"),
    "bytes of no encoding": (b"\xff\xfe\x80.jpg", "\\xff\\xfe\\x80.jpg"),
    "emoji": ("\U0001f408\u200d\u2b1b.jpg", "\U0001f408\u200d\u2b1b.jpg"),
    "a decomposed letter": ("e\u0301.jpg", "e\u0301.jpg"),
    "from right to left": ("\u05d0\u05d1.jpg", "\u05d0\u05d1.jpg"),
    "a line separator": ("a\u2028b\x85.jpg", "a\\u2028b\\u0085.jpg"),
    "a terminal's escape": ("\x1b[2J.jpg", "\\x1b[2J.jpg"),
    "a byte-order mark": ("\ufeffa.jpg", "\\ufeffa.jpg"),
    "255 bytes": ("ä" * 125 + "a.jpg", "ä" * 125 + "a.jpg"),
    "1500 characters deep": ("/".join(["d" * 240] * 6) + "/a.jpg",) * 2,
    "a device of Windows": ("CON.jpg", "CON.jpg"),
    "no value": ("NA.jpg", "NA.jpg"),
    "an option": ("-rf.jpg", "-rf.jpg"),
    "a formula": ("=1+1.jpg", "=1+1.jpg"),
    "like a crop": ("a[1,2,3,4].jpg", "a[1,2,3,4].jpg"),
    "like a member": ("a.tar:b.jpg", "a.tar:b.jpg"),
    "a pattern": ("*?.jpg", "*?.jpg"),
    "like home": ("~/a.jpg", "~/a.jpg"),
    "a folder like an image": ("x.jpg/a.jpg", "x.jpg/a.jpg"),
    "a folder like a shard": ("x.tar/a.jpg", "x.tar/a.jpg"),
}


@pytest.mark.parametrize(("name", "text"), SEEN.values(), ids=SEEN.keys())
def test_seen_under_a_name_that_leads_back(tmp_path, name, text):
    file("photo.png")(tmp_path)
    file(name)(tmp_path)
    found = outcome(tmp_path)
    assert found.images == {"photo.png": "good", text: "good"}
    assert not found.remarks
    back = from_written(text).encode("utf-8", "surrogateescape")
    assert back == (name if isinstance(name, bytes) else name.encode())
    assert text.encode().decode().splitlines() == [text]


PASSED_OVER_IN_SILENCE = [
    *(".a.jpg", "._a.jpg", ".jpg", "..jpg", ".DS_Store", "Thumbs.db", "desktop.ini", "README.txt"),
    *(".cache/a.jpg", ".Trash-1000/files/a.jpg", ".thumbnails/a.png", ".snapshot/a.jpg"),
    *("@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", "__MACOSX/a.jpg", "$RECYCLE.BIN/a.jpg"),
    *("System Volume Information/a.jpg", "#recycle/a.jpg", "class/.hidden/a.jpg"),
    *("jpg", "a.jpg.txt", "a.jpg~", "a.jpg.part", "a.jpgx", "a", "class.jpg.d/list.csv"),
]


@pytest.mark.parametrize("name", PASSED_OVER_IN_SILENCE)
def test_passed_over_in_silence(tmp_path, name):
    file("photo.png")(tmp_path)
    file(name)(tmp_path)
    assert outcome(tmp_path).images == {"photo.png": "good"}
    assert not outcome(tmp_path).remarks


PASSED_OVER_AND_NAMED: dict[str, tuple[Make, str]] = {
    "a pipe": (pipe("a.jpg"), "pipes, sockets or devices: a.jpg"),
    "a socket": (sock("a.jpg"), "pipes, sockets or devices: a.jpg"),
    "a device": (device("a.jpg"), "pipes, sockets or devices: a.jpg"),
    "a link to a pipe": (
        both(pipe("p"), link("a.jpg", "p")),
        "pipes, sockets or devices: a.jpg",
    ),
    "a stray shard": (file("b/old.tar", b"?"), "tar files beside photographs .*: b/old.tar"),
    "a compressed shard": (file("old.tar.gz", b"?"), "tar files beside photographs .*: old.tar.gz"),
    "HEIC": (file("IMG_1.HEIC"), "formats that are not read here .*: 1 .heic"),
    "raw": (
        both(file("a.nef"), file("b.CR2"), file("c.cr2")),
        "not read here .*: 2 .cr2, 1 .nef",
    ),
    "a folder on a disk that is gone": (link("class", "/nowhere/class"), "leads nowhere.*: class"),
    "a closed folder": (closed_folder, r"cannot be read \(Permission denied\): closed"),
    "upwards": (link("class/up", "../.."), "a folder that holds them, not followed: class/up"),
    "four links upwards": (
        both(*(link(f"{i}", ".") for i in range(4))),
        "not followed: 0, 1, 2 and 1 more",
    ),
    "a name with a line break": (
        link("a\nb", "/nowhere"),
        r"leads nowhere.*: a\\nb",
    ),
}


@pytest.mark.parametrize(
    ("make", "words"), PASSED_OVER_AND_NAMED.values(), ids=PASSED_OVER_AND_NAMED.keys()
)
def test_passed_over_and_named(tmp_path, make, words):
    folder = tmp_path / "pool"
    file("photo.png")(folder)
    make(folder)
    found = outcome(folder)
    assert found.images == {"photo.png": "good"}
    assert len(found.remarks.splitlines()) == 1
    assert re.search(words, found.remarks)


REPORTED: dict[str, tuple[Make, dict[str, str]]] = {
    "zero bytes": (file("a.jpg", b""), {"a.jpg": "broken"}),
    "a link to nothing": (
        link("a.jpg", "b.jpg"),
        {"a.jpg": "unreadable: a link that leads nowhere"},
    ),
    "a circle": (
        both(link("a.jpg", "b.jpg"), link("b.jpg", "a.jpg")),
        dict.fromkeys(("a.jpg", "b.jpg"), "unreadable: a link that leads nowhere"),
    ),
    "two links to a file": (
        both(link("a.jpg", "photo.png"), link("b.jpg", "a.jpg")),
        {"a.jpg": "good", "b.jpg": "good"},
    ),
    "a hard link": (hard_link, {"same.png": "good"}),
    "both spellings of a letter": (
        both(file("\u00e9.jpg"), file("e\u0301.jpg")),
        {"e\u0301.jpg": "good", "\u00e9.jpg": "good"},
    ),
    "a page of the web": (
        file("a.jpg", b"<!DOCTYPE html>"),
        {"a.jpg": "broken"},
    ),
}


@pytest.mark.parametrize(("make", "images"), REPORTED.values(), ids=REPORTED.keys())
def test_reported(tmp_path, make, images):
    file("photo.png")(tmp_path)
    make(tmp_path)
    assert outcome(tmp_path).images == {"photo.png": "good"} | images


def refused(name: Path | str) -> str:
    found = outcome(name)
    assert not found.images
    return found.refusal


def test_no_pool_is_refused_in_a_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file("photo.png")(tmp_path)
    for name in ("", "nowhere", "~nobody/photographs", "photo.png", "a\0b", "photo.png/x"):
        assert "neither 'embedded', nor a folder" in refused(name)
    file("pool/IMG_1.heic")(tmp_path)
    message = refused("pool")
    assert "found no images, wanted images (.bmp .gif" in message
    assert "1 .heic" in message
    os.mkfifo("list.txt")
    assert "neither" in refused("list.txt")
    assert len(refused(b"\xe9\n".decode("utf-8", "surrogateescape")).splitlines()) == 1


def test_the_order_is_that_of_code_points_of_the_whole_name(tmp_path):
    names = ["B.jpg", "a-b/1.jpg", "a/2.jpg", "a.jpg", "a1.jpg", "a10.jpg", "a2.jpg", "ä.jpg"]
    for name in reversed(names):
        file(name)(tmp_path)
    assert list(outcome(tmp_path).images) == sorted(names)
    assert sorted(names)[:3] == ["B.jpg", "a-b/1.jpg", "a.jpg"]


def test_every_suffix_that_is_taken_is_one_that_the_decoder_knows():
    Image.init()
    known = {end for end, name in Image.registered_extensions().items() if name in FORMATS}
    assert known >= IMAGES
    assert suffix("a.b/c") == suffix("a.b/.jpg") == suffix("jpg") == ""
