"""The operator's pages of all sessions at once."""

from pathlib import Path

from analysis.writing.session.checks import open_session
from analysis.writing.session.page import write_session_page
from conditions.commands.command_line import progress_bar
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import session_folders


def write_session_pages(folder: StudyFolder) -> list[str]:
    """Write the page of each session that has none, or answers that are newer than it.

    Returns
    -------
    list of str
        Why a session has no page, a line each.
    """
    exclusions = folder.study.exclusions
    wanted = [
        participant
        for participant, session in session_folders(folder.data).items()
        if _changed(session / "trials.csv") > _changed(folder.session_page(participant))
    ]
    if not wanted:
        return []
    failed = []
    with progress_bar() as progress:
        bar = progress.add_task("Pages of sessions", total=len(wanted))
        for participant in wanted:
            try:
                session = open_session(folder, participant)
            except StudyError as error:
                failed.append(str(error))
            else:
                page = folder.session_page(participant)
                write_session_page(session, exclusions, folder.study.title, page)
            progress.advance(bar)
    return failed


def _changed(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0
