"""``python -m analysis index``: the page that leads to all of a study."""

from typing import Annotated

import typer

from analysis.writing.overview.options import SESSION_PAGES
from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    console,
)
from conditions.folder import open_study
from conditions.next_step import look_at


def index(
    study: StudyArgument,
    session_pages: Annotated[
        bool,
        typer.Option(
            SESSION_PAGES, help="Write the page of each session before, where it has none yet."
        ),
    ] = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Write STUDY/index.html: links to all that there is, and commands for what is missing.

    An earlier page is replaced, with --session-pages also that of a session that has gone on since;
    everything else is only read.
    """
    from analysis.writing.overview.page import write_overview
    from analysis.writing.overview.session_pages import write_session_pages

    folder = open_study(study, root)
    for failed in write_session_pages(folder) if session_pages else []:
        console.print(failed)
    missing = write_overview(folder)
    console.print(str(folder.index))
    for one in missing:
        console.print(f"{one.what} {one.command}")
    return look_at(folder.index)
