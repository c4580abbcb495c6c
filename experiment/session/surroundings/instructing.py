"""What a participant is told before the trials: the instructions, and an example of a trial."""

from datetime import datetime

from conditions.study.study import Study
from conditions.study.surroundings import Resuming
from conditions.tables.session_facts import moment
from experiment.plan import Trial
from experiment.records.start import Start
from experiment.screen.page import numbered
from experiment.screen.pages import Pages
from experiment.session.meeting import Meeting
from experiment.session.surroundings.example import run_example
from experiment.session.surroundings.keys_summary import show_keys
from experiment.texts import wording
from experiment.texts.languages import Texts
from experiment.texts.wording import Page


def is_long_ago(resuming: Resuming, start: Start, now: datetime | None = None) -> bool:
    """Whether the last trial was so long ago that instructions are shown again.

    Parameters
    ----------
    resuming : Resuming
        After how many minutes.
    start : Start
        What the session goes on from.
    now : datetime, optional
        By default the computer's clock. Where it was set back to before the last trial, nobody
        knows how long ago that was: instructions are shown.
    """
    if resuming.instructions_after_minutes is None:
        return False
    shown = [*start.onsets["started_at"], *start.answered["started_at"]]
    last = max((moment(str(at).strip()) for at in shown), default=None)
    if last is None:
        return False
    minutes = ((now or datetime.now().astimezone()) - last).total_seconds() / 60
    return minutes < 0 or minutes > resuming.instructions_after_minutes


def read(pages: Pages, shown: list[Page], seconds: float, name: str) -> None:
    """Show pages, one after the other, each for so many seconds at least.

    The table of events calls them by their name, and by a number where there are several.

    Raises
    ------
    StoppedError
        Where the operator stops the session.
    """
    for page, called in zip(shown, numbered(name, len(shown)), strict=True):
        pages.show(page.body, page.title, seconds=seconds, name=called)


def instruct(
    meeting: Meeting, pages: Pages, texts: Texts, study: Study, like: Trial, seconds: float
) -> int:
    """Show the instructions, ask the example, and show the keys once more.

    Parameters
    ----------
    meeting, pages, texts, study
        Who meets, what shows pages, in what words, and what is explained.
    like : dict
        A row of the condition file: the example has as many references at the same sides.
    seconds : float
        How long each page stays at least.

    Returns
    -------
    int
        How many times the example was answered: the last time correctly.

    Raises
    ------
    StoppedError
        Where the operator stops the session.
    """
    read(pages, wording.instructions(texts, study), seconds, "instructions")
    tries = run_example(meeting, pages, texts, like, seconds)
    show_keys(meeting.screen.window, pages, texts, study.keys, seconds)
    return tries
