"""``python -m experiment web``: write the page of a study, to be served as it is."""

import re
from pathlib import Path
from typing import Annotated

import typer

from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    console,
)
from conditions.commands.participants import PARTICIPANTS, in_ranges, parse_participants
from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import open_study
from conditions.next_step import NextStep as Step
from conditions.strays import condition_files, name_strays
from experiment.web.export import write_page
from experiment.web.jatos_archive import check_free_archive, write_jatos_archive

TARGETS = ("download", "jatos", "datapipe:ID")
_TARGET = re.compile(r"download|jatos|datapipe:[A-Za-z0-9_-]{1,64}")


def web_page(
    study: StudyArgument,
    participants: Annotated[str, PARTICIPANTS],
    out: Annotated[
        Path,
        typer.Option(help="Folder to write: a new one, or an empty one.", metavar="DIR"),
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="Where answers go: download (a file that the participant sends), jatos, or "
            "datapipe:ID with the ID of the experiment there.",
            metavar="TARGET",
        ),
    ] = "download",
    shrink: Annotated[
        bool,
        typer.Option(
            "--shrink",
            help="Show images smaller where they do not fit a participant's screen, as `shrink` "
            "of a rig file does; without it such screens are refused.",
        ),
    ] = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Write a folder that runs the study in a browser, from any web server.

    It holds the condition files as they are, the images as lossless WebP, all texts, and jsPsych,
    which npm fetches. The page asks nothing of other hosts.
    """
    target = read_target(to)
    folder = open_study(study, root, make=False)
    name_strays(folder)
    numbers = parse_participants(participants, lambda: list(condition_files(folder)))
    if target == "jatos":
        check_free_archive(out)
    written = write_page(folder, numbers, out, target, shrink)
    console.print(
        f"{out}: the page of {folder.study.name} for participant"
        f"{'s' if len(numbers) > 1 else ''} {in_ranges(numbers)}; {written.images} images, "
        f"{written.megabytes:.0f} MB; answers go to: {target}"
    )
    if target == "jatos":
        archive = write_jatos_archive(out, folder.study)
        console.print(f"{archive}: the same, to be imported in JATOS")
    console.print(
        "To try it: python -m http.server --directory "
        f"{out}, then open http://localhost:8000/?participant={numbers[0]}"
    )
    return Step(
        f"put {out} on a web server; then bring the answers back with "
        f"`{typed_command('experiment', 'collect', *folder.typed, 'FILES')}`"
    )


def read_target(typed: str) -> str:
    """Where answers are to go, as typed.

    Raises
    ------
    StudyError
        Names what there is.
    """
    if not _TARGET.fullmatch(typed):
        raise StudyError(f"--to: found {typed!r}, wanted one of {', '.join(TARGETS)}")
    return typed
