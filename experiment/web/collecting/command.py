"""``python -m experiment collect``: answers from browsers into the data of a study."""

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
from conditions.errors import StudyError
from conditions.folder import open_study
from conditions.next_step import as_typed, command
from conditions.strays import name_strays


def collect_answers(
    study: StudyArgument,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files that participants downloaded and sent (.jsonl), what JATOS exports (.zip, "
            "or its text), or folders of them, as DataPipe fills one.",
            metavar="FILES…",
        ),
    ],
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Bring answers that were given in a browser into STUDY/data, beside those of the laboratory.

    What does not fit the study and its condition files is refused, and the rest taken; files stay
    where they are, and nothing that is there is overwritten. Done again it adds what is new.
    """
    from experiment.web.collecting.collect import collect

    folder = open_study(study, root, make=False)
    if not folder.study_file.is_file():
        raise StudyError(f"{folder.path}: no study.yaml in it; wanted the folder of a study")
    name_strays(folder)
    refused = collect(folder, files, console.print)
    if refused:
        reasons = "\n".join(str(error) for error in refused)
        raise StudyError(f"refused, and left in place:\n{reasons}")
    return command("experiment", "status", *as_typed(study, root))
