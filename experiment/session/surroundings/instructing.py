"""What a participant is told before the trials: the instructions, and an example of a trial."""

from datetime import datetime

from conditions.study.study import Study
from conditions.study.surroundings import Resuming
from conditions.tables.session_facts import moment
from experiment.records.start import Start
from experiment.screen.examples import CORRECT as EXAMPLE_CORRECT
from experiment.screen.examples import example_images, example_trial
from experiment.screen.pages import Pages
from experiment.screen.window import CORRECT
from experiment.session.trial import Meeting
from experiment.texts import wording
from experiment.texts.languages import Texts, go_on_hint


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


def instruct(meeting: Meeting, pages: Pages, texts: Texts, study: Study, n_references: int) -> None:
    """Show the instructions, and an example with its solution.

    Parameters
    ----------
    meeting, pages, texts, study
        Who meets, what shows pages, in what words, and what is explained.
    n_references : int
        Reference images a pole that the example shows: the most that a trial does.

    Raises
    ------
    StoppedError
        Where the operator stops the session.
    """
    pages.show(wording.instructions(texts, study))
    screen = meeting.screen
    hint = go_on_hint(texts, study.keys.go_on)
    drawn = example_images(screen.image, n_references).items()
    correction = screen.window.correction
    images = {column: correction.image(image, f"example/{column}") for column, image in drawn}
    screen.load(example_trial(n_references), images)
    screen.ask(texts["example"], hint)
    pages.wait(screen.draw)
    screen.ask(texts["example_solved"], hint)
    pages.wait(lambda: screen.draw(frames={EXAMPLE_CORRECT: CORRECT}))
