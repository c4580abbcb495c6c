"""What the command lines of the four rooms share: the STUDY argument, errors, progress bars."""

import io
import re
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from conditions.errors import StudyError
from conditions.misfortunes import MISFORTUNES, in_words

StudyArgument = Annotated[
    str,
    typer.Argument(
        metavar="STUDY",
        help="A study folder (studies/demo), a study file (my_study.yaml) or a design that comes "
        "with the laboratory (demo).",
        show_default=False,
    ),
]
RootOption = Annotated[
    Path,
    typer.Option("--root", help="Folder in which study folders are made.", metavar="DIR"),
]
DEFAULT_ROOT = Path("studies")

# Paths are printed as they are: [red] is no colour, :cat: no picture.
console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
# Of participants and trials: no study has more, and lists of more fill the memory.
HIGHEST_NUMBER = 99_999


def command_line(name: str, help_text: str) -> typer.Typer:
    """An empty command line of one room, with the habits that all four share."""
    app = typer.Typer(
        name=name,
        help=help_text,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    # A callback keeps a room with a single command from losing that command's name.
    app.callback(help=help_text)(lambda: None)
    return app


def run(app: typer.Typer, name: str) -> None:
    """Run a room's command line: the one edge at which errors are told to people.

    A user's mistake, and what befalls files, disks, displays and networks, becomes one message and
    exit code 2. Anything else is a fault of ours and stays a traceback.
    """
    _print_anywhere()
    try:
        app(prog_name=f"python -m {name}")
    except StudyError as error:
        _refuse(name, str(error), error)
    except MISFORTUNES as error:
        words = in_words(error)
        if words is None:
            raise
        _refuse(name, words, error)


def _refuse(name: str, words: str, error: BaseException) -> NoReturn:
    # A note says what the operator must know besides: where the answers of a session are.
    lines = [words, *getattr(error, "__notes__", [])]
    print(f"{name}:", "\n".join(lines), file=sys.stderr)
    sys.exit(2)


def _print_anywhere() -> None:
    """Let consoles that know fewer letters show the others by their codes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def parse_participants(text: str) -> list[int]:
    """Participant numbers from a list with ranges.

    >>> parse_participants("1-3,7")
    [1, 2, 3, 7]
    """
    return parse_numbers(text, "--participants")


def parse_numbers(text: str, option: str) -> list[int]:
    """Rising numbers from 1 up, from a list with ranges.

    Raises
    ------
    StudyError
        Names the option and what was found.
    """
    numbers: list[int] = []
    for item in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", item)
        if match is None:
            raise StudyError(f"{option}: found {text!r}, wanted numbers as in 1-24 or 1,3,5-8")
        first, last = int(match[1]), int(match[2] or match[1])
        if first < 1 or last < first or last > HIGHEST_NUMBER:
            raise StudyError(
                f"{option}: {item.strip()!r} is no range of numbers from 1 up to {HIGHEST_NUMBER}"
            )
        numbers += range(first, last + 1)
    return sorted(set(numbers))


def progress_bar() -> Progress:
    """A progress bar with counts, elapsed and remaining time, on standard error."""
    return Progress(
        TextColumn("{task.description:<26}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True, markup=False, emoji=False),
    )
