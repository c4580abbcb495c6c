"""What the command lines of the four rooms share: the STUDY argument, errors, progress bars."""

import re
import sys
from pathlib import Path
from typing import Annotated

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

console = Console(highlight=False, soft_wrap=True)


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
    """Run a room's command line; a user's mistake becomes one message and exit code 2."""
    try:
        app(prog_name=f"python -m {name}")
    except StudyError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(2)


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
        if first < 1 or last < first:
            raise StudyError(f"{option}: {item.strip()!r} is no range of numbers from 1 up")
        numbers += range(first, last + 1)
    return sorted(set(numbers))


def progress_bar() -> Progress:
    """A progress bar with counts, elapsed and remaining time, on standard error."""
    return Progress(
        TextColumn("{task.description:<26}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
