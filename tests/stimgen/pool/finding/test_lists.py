"""Odd lists and odd lines of them, a row each, with what becomes of them."""

import codecs
import os

import pytest

from tests.stimgen.pool.finding.becoming import Make, both, file, outcome, photograph

FILES = ("photo.png", "n01/b.png", "two words.png", "a,b.png", "a\tb.png", "caf\u00e9.png")
PLAIN = "photo.png\nn01/b.png\ncaf\u00e9.png\n"
PLAIN_IMAGES = ["photo.png", "n01/b.png", "caf\u00e9.png"]


@pytest.fixture
def folder(tmp_path):
    for i, name in enumerate(FILES):
        file(name, photograph(i))(tmp_path)
    return tmp_path


ENCODINGS = {
    "UTF-8": PLAIN.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + PLAIN.encode(),
    "UTF-16 little": codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le"),
    "UTF-16 big": codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
    "UTF-16 little without a mark": PLAIN.encode("utf-16-le"),
    "UTF-16 big without a mark": PLAIN.encode("utf-16-be"),
    "UTF-32": PLAIN.encode("utf-32"),
    "line ends of Windows": PLAIN.replace("\n", "\r\n").encode(),
    "line ends of old": PLAIN.replace("\n", "\r").encode(),
    "UTF-16 with line ends of Windows": PLAIN.replace("\n", "\r\n").encode("utf-16"),
    "no end of the last line": PLAIN.rstrip("\n").encode(),
    "empty lines": ("\n\n" + PLAIN.replace("\n", "\n \t\n") + "\r\n").encode(),
}


@pytest.mark.parametrize("content", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_encodings_and_line_ends(folder, content):
    (folder / "list.txt").write_bytes(content)
    found = outcome(folder / "list.txt")
    assert found.images == dict.fromkeys(PLAIN_IMAGES, "good")
    assert not found.remarks


LINES = {
    "a label after a blank": ("n01/b.png 17", "n01/b.png"),
    "a label after blanks": ("n01/b.png    17", "n01/b.png"),
    "a label after a tab": ("n01/b.png\ttabby cat", "n01/b.png"),
    "a label after a comma": ("n01/b.png,tabby cat", "n01/b.png"),
    "a label after a comma and a blank": ("n01/b.png, 17", "n01/b.png"),
    "several columns": ("n01/b.png,17,train,0.5", "n01/b.png"),
    "a blank in the path": ("two words.png", "two words.png"),
    "a blank in the path, and a label": ("two words.png 3", "two words.png"),
    "a comma in the path": ("a,b.png", "a,b.png"),
    "a comma in the path, and a label": ("a,b.png,3", "a,b.png"),
    "a tab in the path": ("a\tb.png", "a\\tb.png"),
    "a tab in the path, and a label": ("a\tb.png\t3", "a\\tb.png"),
    "quotes": ('"a,b.png",3', "a,b.png"),
    "blanks around": ("  photo.png \t", "photo.png"),
    "backslashes": ("n01\\b.png", "n01/b.png"),
    "backslashes and a label": (".\\n01\\b.png 4", "./n01/b.png"),
    "home": ("~/photo.png", "{home}/photo.png"),
    "home and a label": ("~/n01/b.png 4", "{home}/n01/b.png"),
    "home on Windows": ("~\\photo.png", "{home}/photo.png"),
    "an absolute path": ("{home}/photo.png", "{home}/photo.png"),
    "from here": ("./photo.png", "./photo.png"),
    "up and down": ("n01/../photo.png", "n01/../photo.png"),
    "as tables write it": ("a\\tb.png", "a\\tb.png"),
}


@pytest.mark.parametrize(("line", "image"), LINES.values(), ids=LINES.keys())
def test_lines(folder, monkeypatch, line, image):
    monkeypatch.setenv("HOME", str(folder))
    (folder / "list.txt").write_text(line.format(home=folder) + "\n", encoding="utf-8")
    found = outcome(folder / "list.txt")
    assert found.images == {image.format(home=folder): "good"}
    assert not found.remarks


ODD: dict[str, tuple[Make, bytes, str]] = {
    "Latin-1": (file(b"\xe9.png"), b"\xe9.png", "\\xe9.png"),
    "other separators of lines": (
        file("a\x0b\x1c\x85\u2028b.png"),
        "a\x0b\x1c\x85\u2028b.png".encode(),
        "a\\x0b\\x1c\\u0085\\u2028b.png",
    ),
    "a line break, as tables write it": (file("a\nb.png"), b"a\\nb.png", "a\\nb.png"),
    "a blank at the end": (file("a.png "), b"a.png \n", "a.png\\x20"),
    "a backslash that is no separator": (
        both(file("n\\b.png"), file("n/b.png")),
        b"n\\b.png",
        "n\\\\b.png",
    ),
    "a beginning with a tilde": (file("~a.png"), b"~a.png", "~a.png"),
    "a beginning that is a file too": (both(file("x.png"), file("x.png 0")), b"x.png 0", "x.png 0"),
    "several beginnings that are files": (
        both(file("x"), file("x y.png")),
        b"x y.png 0",
        "x y.png",
    ),
    "no suffix": (file("ILSVRC_1"), b"ILSVRC_1 44", "ILSVRC_1"),
    "a remark that is a file": (file("# 1.png"), b"# 1.png", "# 1.png"),
    "hidden": (file(".store/1.png"), b".store/1.png", ".store/1.png"),
}


@pytest.mark.parametrize(("make", "line", "image"), ODD.values(), ids=ODD.keys())
def test_odd_names(folder, make, line, image):
    make(folder)
    (folder / "list.txt").write_bytes(line)
    assert outcome(folder / "list.txt").images == {image: "good"}


def as_it_is(folder):
    pass


def closed(folder):
    if os.geteuid() == 0:
        pytest.skip("root may look everywhere")
    (folder / "closed").mkdir(mode=0)


NO_FILE: dict[str, tuple[Make, str, str, str]] = {
    "missing": (as_it_is, "gone.png", "gone.png", "no such file"),
    "missing, with a label": (as_it_is, "n01/gone.png 17", "n01/gone.png", "no such file"),
    "a heading": (as_it_is, "path,label", "path,label", "no such file"),
    "a remark": (as_it_is, "# my photographs", "# my photographs", "no such file"),
    "a folder": (as_it_is, "n01", "n01", "a folder, wanted a file"),
    "a pipe": (
        lambda folder: os.mkfifo(folder / "a.png"),
        "a.png",
        "a.png",
        "a pipe, socket or device, wanted a file",
    ),
    "a device": (
        as_it_is,
        "/dev/null",
        "/dev/null",
        "a pipe, socket or device, wanted a file",
    ),
    "below a file": (as_it_is, "photo.png/1.png", "photo.png/1.png", "no such file"),
    "an address": (as_it_is, "https://a.org/1.png", "https://a.org/1.png", "no such file"),
    "a name that no disk takes": (
        as_it_is,
        "a" * 300 + ".png",
        "a" * 300 + ".png",
        "name too long",
    ),
    "no path": (as_it_is, "a b, " * 4000, ("a b, " * 4000)[:8192] + "…", "20000 characters"),
    "closed": (closed, "closed/1.png", "closed/1.png", "Permission denied"),
    "nobody's home": (as_it_is, "~nobody-here/1.png", "~nobody-here/1.png", "no such file"),
}


@pytest.mark.parametrize(("make", "line", "image", "why"), NO_FILE.values(), ids=NO_FILE.keys())
def test_a_line_that_names_nothing_is_reported_with_its_number(folder, make, line, image, why):
    make(folder)
    (folder / "list.txt").write_text(f"photo.png\n\n{line}\nn01/b.png 7\n", encoding="utf-8")
    found = outcome(folder / "list.txt")
    assert list(found.images) == ["photo.png", image, "n01/b.png"]
    assert found.images[image].startswith("unreadable: line 3: ")
    assert why in found.images[image]
    assert "1 of 3 lines name no file: line 3: " in found.remarks
    assert len(found.remarks.splitlines()) == 1


def test_a_list_that_names_no_file_at_all_is_refused(folder):
    (folder / "list.txt").write_text("\n".join(f"{i}.png" for i in range(9)), encoding="utf-8")
    message = outcome(folder / "list.txt").refusal
    assert "its 9 lines name no file: line 1: no such file: 0.png; line 2: no such" in message
    assert f"and 6 more; wanted a path of an image a line, relative to {folder}" in message
    for nothing in (b"", b"\n\r\n \n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE):
        (folder / "list.txt").write_bytes(nothing)
        assert "found no images, wanted one path" in outcome(folder / "list.txt").refusal
    (folder / "list.txt").write_bytes(codecs.BOM_UTF16_LE + b"\x00\xd8a")
    assert "read as UTF-16, byte" in outcome(folder / "list.txt").refusal
    (folder / "list.txt").write_bytes(photograph())
    assert outcome(folder / "list.txt").refusal


def test_a_file_that_is_named_again_is_taken_once(folder):
    lines = ["photo.png 1", "n01/b.png 2", "photo.png 3", "gone.png", "gone.png", "photo.png"]
    (folder / "list.TXT").write_text("\n".join(lines), encoding="utf-8")
    found = outcome(folder / "list.TXT")
    assert list(found.images) == ["photo.png", "n01/b.png", "gone.png"]
    assert "lines that name a file again, taken once: line 3 as line 1; line 5" in found.remarks
