"""What the command lines of the four rooms share: STUDY, errors, the last line."""

import io
import os
import sys
from pathlib import Path
from typing import Annotated, NewType, NoReturn

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

from conditions.commands.progress import TellingProgress
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

# What every command returns: what to do after it, in words that begin with a command or a verb.
NextStep = NewType("NextStep", str)
# Where it is set to off, no command says what comes next: other programs do.
NEXT_STEP = "NEXT_STEP"

# Paths are printed as they are: [red] is no colour, :cat: no picture.
console = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)


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
    app.callback(help=help_text, result_callback=_say_next)(lambda: None)
    return app


def _say_next(step: NextStep) -> None:
    """Print what comes next: the last line of every command that did what it was asked."""
    if os.environ.get(NEXT_STEP, "").lower() != "off":
        console.print(f"Next: {step}")


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


def progress_bar() -> Progress:
    """A progress bar with counts, elapsed and remaining time, on standard error."""
    return TellingProgress(
        TextColumn("{task.description:<26}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True, markup=False, emoji=False),
    )
