"""What befalls any file: its bytes, its ends, its place."""

import shutil
from pathlib import Path
from random import Random

from tests.fuzz.mutations.mutation import Mutation, replace


def _empty(path: Path, rng: Random) -> str:
    replace(path, rng.choice([b"", b"\n", b"\r\n\r\n", b"   "]))
    return "nothing in it"


def _truncated(path: Path, rng: Random) -> str | None:
    content = path.read_bytes()
    if len(content) < 2:
        return None
    n = rng.randrange(1, len(content))
    replace(path, content[:n])
    return f"the first {n} of {len(content)} bytes"


def _nuls(path: Path, rng: Random) -> str:
    content = path.read_bytes()
    n = rng.randrange(len(content) + 1)
    replace(path, content[:n] + b"\0" * rng.choice([1, 512]) + content[n:])
    return f"NULs at byte {n}"


def _zeroed(path: Path, rng: Random) -> str:
    # What a power cut leaves: the length is there, the content is not.
    content = path.read_bytes()
    n = rng.randrange(len(content) + 1)
    replace(path, content[:n] + b"\0" * (len(content) - n))
    return f"zeros from byte {n}"


def _flipped(path: Path, rng: Random) -> str | None:
    content = bytearray(path.read_bytes())
    if not content:
        return None
    n = rng.randrange(len(content))
    content[n] ^= 1 << rng.randrange(8)
    replace(path, bytes(content))
    return f"a bit of byte {n} flipped"


def _junk(path: Path, rng: Random) -> str:
    replace(path, rng.randbytes(rng.choice([1, 100, 5000])))
    return "random bytes"


def _appended(path: Path, rng: Random) -> str:
    more = rng.choice([b"\n", b"\n\n\n", b"x", b",", b"\x1a", b"\xff", b"}", b"  \n"])
    replace(path, path.read_bytes() + more)
    return f"{more!r} at the end"


def _bom(path: Path, rng: Random) -> str:
    replace(path, b"\xef\xbb\xbf" + path.read_bytes())
    return "a byte-order mark"


def _line_ends(path: Path, rng: Random) -> str:
    ends = rng.choice([b"\r\n", b"\r", b"\n\n"])
    replace(path, path.read_bytes().replace(b"\n", ends))
    return f"line ends {ends!r}"


def _encoded(path: Path, rng: Random) -> str | None:
    encoding = rng.choice(["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-7"])
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        return None
    n = rng.randrange(len(text) + 1)
    replace(path, (text[:n] + "ü" + text[n:]).encode(encoding, errors="replace"))
    return f"an ü at {n}, in {encoding}"


def _folder(path: Path, rng: Random) -> str:
    path.unlink()
    path.mkdir()
    if rng.random() < 0.5:
        (path / "x.csv").write_text("a\n1\n")
    return "a folder in its place"


def _gone(path: Path, rng: Random) -> str:
    path.unlink()
    return "removed"


def _renamed(path: Path, rng: Random) -> str:
    other = rng.choice([path.name.upper(), f"{path.stem} (1){path.suffix}", f".{path.name}"])
    path.rename(path.with_name(other))
    return f"named {other}"


def _link(path: Path, rng: Random) -> str:
    where = rng.choice(["itself", "nowhere", "a folder"])
    path.unlink()
    target = {"itself": path, "nowhere": path.with_name("no such file"), "a folder": path.parent}
    path.symlink_to(target[where])
    return f"a link to {where}"


def _copied_from_another(path: Path, rng: Random) -> str | None:
    """The content of a neighbour of the same kind."""
    others = [p for p in sorted(path.parent.glob(f"*{path.suffix}")) if p != path and p.is_file()]
    others += [p for p in sorted(path.parent.parent.glob(f"*/{path.name}")) if p != path]
    if not others:
        return None
    other = rng.choice(others)
    path.unlink()
    shutil.copyfile(other, path)
    return f"the content of {other.parent.name}/{other.name}"


_TEXTS = ("*.csv", "*.tsv", "*.json", "*.yaml")

MUTATIONS = (
    Mutation("empty", _empty),
    Mutation("truncated", _truncated),
    Mutation("nuls", _nuls),
    Mutation("zeroed", _zeroed),
    Mutation("flipped", _flipped),
    Mutation("junk", _junk),
    Mutation("appended", _appended, _TEXTS),
    Mutation("bom", _bom, _TEXTS),
    Mutation("line ends", _line_ends, _TEXTS),
    Mutation("encoded", _encoded, _TEXTS),
    Mutation("folder", _folder),
    Mutation("gone", _gone),
    Mutation("renamed", _renamed),
    Mutation("link", _link),
    Mutation("another's content", _copied_from_another),
)
