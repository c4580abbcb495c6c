"""What a mutation is, and values that no file of the laboratory should hold."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

# As they would stand in a table, a YAML or a JSON file.
ODD = (
    *("", " ", "-", "n/a", "NA", "nan", "NaN", ".nan", "inf", "-inf", ".inf", "Infinity", "1e400"),
    *("-1", "-0.0", "0", "0.1", "1e-320", "1e9", "1000000000000", "9" * 30, "9" * 5000, "1_000"),
    *("010", "0x1F", "12:30", "1:30:00", "yes", "No", "on", "TRUE", "true", "True", "null", "~"),
    *("1,5", "5.0", ".5", "5.", "+3", "1e3", "٣", "½", "½".encode().decode("latin-1")),
    *("2024-02-31", "2024-01-31", "31.1.2024", "upper ", "UPPER", "größe", "日本", "🙂"),
    *("../../etc", "/", "con", "a/b", "C:\\x", "[red]x[/red]", "{{ 1 }}", "{0}", "%s", "<b>"),
    *("=1+1", "five", "block02_0004", "block02_00004", "Block02_0004", "mixed4a_0427", "none"),
    *("x" * 300, "x" * 200_000, "a\nb", "a\rb", "\x07", "\ufeff", "\u202e"),
)


@dataclass(frozen=True)
class Mutation:
    """One way in which a file or a folder differs from what the laboratory wrote.

    Attributes
    ----------
    name : str
    do : callable
        Applies it, given the file (of a tree: its root folder) and a generator; returns what was
        done in words, or None where it does not apply.
    files : tuple of str
        Patterns of the files that it is made for, relative to the case's root.
    silent_is_wrong : tuple of str
        Commands that must refuse it or say something of it.
    """

    name: str
    do: Callable[[Path, Random], str | None]
    files: tuple[str, ...] = ("*",)
    silent_is_wrong: tuple[str, ...] = ()


def replace(path: Path, content: bytes) -> None:
    """Put other content in the place of a file that may be a link to the base's."""
    path.unlink()
    path.write_bytes(content)
