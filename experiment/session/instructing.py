"""What a participant is told before the trials: the instructions, and an example of a trial."""

from conditions.study.study import Study
from experiment.screen.examples import CORRECT as EXAMPLE_CORRECT
from experiment.screen.examples import example_images, example_trial
from experiment.screen.pages import Pages
from experiment.screen.window import CORRECT
from experiment.session.trial import Meeting
from experiment.texts import wording
from experiment.texts.languages import Texts, keys_label


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
    hint = texts["go_on"].format(key=keys_label(texts, study.keys.go_on))
    drawn = example_images(screen.image, n_references).items()
    correction = screen.window.correction
    images = {column: correction.image(image, f"example/{column}") for column, image in drawn}
    screen.load(example_trial(n_references), images)
    screen.ask(texts["example"], hint)
    pages.wait(screen.draw)
    screen.ask(texts["example_solved"], hint)
    pages.wait(lambda: screen.draw(frames={EXAMPLE_CORRECT: CORRECT}))
