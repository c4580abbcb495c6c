"""``python -m analysis index``: the page that leads to all of a study."""

from conditions.commands import DEFAULT_ROOT, NextStep, RootOption, StudyArgument, console
from conditions.folder import open_study
from conditions.next_step import look_at


def index(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> NextStep:
    """Write STUDY/index.html: links to all that there is, and commands for what is missing.

    An earlier page is replaced; everything else is only read.
    """
    from analysis.writing.overview.page import write_overview

    folder = open_study(study, root)
    missing = write_overview(folder)
    console.print(str(folder.index))
    for one in missing:
        console.print(f"{one.what} {one.command}")
    return look_at(folder.index)
