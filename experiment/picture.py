"""A picture of a trial, as the participant sees it."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from experiment.checks.check import require
from experiment.checks.letters import letters_of, session_words
from experiment.checks.preflight import check_images, screen_checks
from experiment.keyboard.layouts.caps import read_caps
from experiment.keyboard.placed import placed
from experiment.plan import RATED, as_rows
from experiment.records.start import load_trials
from experiment.rig import Rig
from experiment.screen.correction import correction_for
from experiment.screen.sizes import layouts_of
from experiment.screen.trials.images import IMAGE_COLUMNS, decode
from experiment.screen.trials.patch import Patch
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import (
    drawn_by_program,
    open_window,
    renderer,
    screenshot,
    size_of,
)
from experiment.texts.kinds import session_texts


def trial_picture(
    folder: StudyFolder,
    participant: int,
    number: int,
    rig: Rig,
    rig_file: Path,
    language: str,
    report: Callable[[str], None],
) -> Image.Image:
    """Draw a trial in the window of a rig and return what was drawn, in levels of its screen.

    Parameters
    ----------
    number : int
        Number of the trial in the participant's condition file.
    report : callable
        Is told, in a line, where no graphics card draws.

    Raises
    ------
    StudyError
        Where there is no such trial, its images are not good, the screen is not the rig's,
        or a text is missing.
    """
    rows = as_rows(load_trials(folder, participant))
    asked = {row["trial"]: row for row in rows if row["phase"] != RATED}
    if number not in asked:
        raise StudyError(f"--trial: found {number}, wanted {min(asked)} to {max(asked)}")
    row = asked[number]
    checks, encoded = check_images(folder, [row[name] for name in IMAGE_COLUMNS if row[name]])
    require(checks, False)
    words = session_texts(folder.study, language)
    on_keyboard = placed(folder.study, words, read_caps(), rig.response_box)
    study, texts = on_keyboard.study, on_keyboard.texts
    correction = correction_for(rig, study.presentation, study.seed)
    lettering, letters = letters_of(rig, rig_file, language, session_words(texts, study))
    require([letters], False)
    window = open_window(rig, correction, lettering, study.presentation.background)
    try:
        require(screen_checks(window, rig), False)
        if by_program := drawn_by_program(renderer(window)):
            report(by_program)
        references = {int(row["n_references"]) for row in rows}
        layouts, _ = layouts_of(study, rig, size_of(window), references)
        screen = TrialScreen(window, layouts, texts, study.keys)
        place = list(asked).index(number)
        images = decode(encoded, row, screen.image, correction)
        screen.load(row, images, place / len(asked))
        screen.ask_choice(row)
        screen.draw()
        patch = Patch(window, rig)
        patch.set(True)
        patch.draw()
        return screenshot(window)
    finally:
        window.close()
