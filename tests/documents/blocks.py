"""What README and the pages in docs/ tell readers to type: blocks by language, commands, links."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# Of a block that is run, drawn as a map, or shown as it stands in a file.
LANGUAGES = {"bash", "bat", "python", "yaml", "text"}
FENCE = re.compile(r"^( *)```(\S*)$")
# Between back ticks: a command, which may be cut short where its name alone is told.
INLINE = re.compile(r"`((?:python -m|make|pip install|source) [^`]+)`")
# What would not be looked at: a command without fences, or between those of another kind.
UNFENCED = re.compile(r"^((\s{4,}|\t)(make|source|\.venv) |\s*(python3? -m|pip install) |\s*~~~)")


@dataclass(frozen=True)
class Block:
    """Lines between two fences, without the indentation that they share."""

    page: Path
    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Command:
    """One command as it stands on a page, blanks and comments apart."""

    page: Path
    line: int
    text: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    found, begun, kept = [], None, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if begun is None and fence:
            begun, kept = (number, *fence.groups()), []
        elif begun is not None and fence:
            first, indent, language = begun
            text = "\n".join(row.removeprefix(indent) for row in kept)
            found.append(Block(page, first, language, text))
            begun = None
        elif begun is not None:
            kept.append(line)
    assert begun is None, f"{page}:{begun[0]}: a block without an end"
    return found


def prose(page: Path) -> list[tuple[int, str]]:
    """Lines outside the blocks, with their numbers."""
    inside, found = False, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            found.append((number, line))
    return found


def commands(page: Path) -> list[Command]:
    """Commands of a page's shell blocks; a backslash at the end of a line joins the next."""
    found = []
    for block in blocks(page):
        if block.language not in ("bash", "bat"):
            continue
        text = block.text
        if block.language == "bat":
            # The same words in the way of Linux, so that they are split and found there.
            text = text.replace("\\", "/")
        lines = re.sub(r"\\\n\s*", " ", text).splitlines()
        for offset, line in enumerate(lines, 1):
            words = shlex.split(line, comments=True)
            if words:
                found.append(Command(page, block.line + offset, shlex.join(words)))
    return found


def inline_commands(page: Path) -> list[Command]:
    """Commands between back ticks."""
    return [
        Command(page, number, shlex.join(shlex.split(match.group(1))))
        for number, line in prose(page)
        for match in INLINE.finditer(line)
    ]


def all_commands() -> list[Command]:
    """Every command of every shell block, pages in order."""
    return [found for page in PAGES for found in commands(page)]
