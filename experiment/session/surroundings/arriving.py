"""What a participant sees first: a page to wait on, then what there is to agree to."""

from typing import Any

from conditions.study.study import Study
from experiment.screen.page import sheets
from experiment.screen.pages import Pages, StoppedError
from experiment.screen.window import Window
from experiment.session.surroundings.consent import NotGivenError, consent_facts
from experiment.texts.languages import Texts, keys_label


def arrive(
    study: Study,
    language: str,
    facts: dict[str, Any],
    window: Window,
    pages: Pages,
    texts: Texts,
) -> dict[str, str] | None:
    """Show the page that the operator ends when all is ready; then ask for consent.

    What was checked is the operator's: it is told in the terminal, or in a window of its own.

    Parameters
    ----------
    study, language, facts, window, pages, texts
        See :func:`~.consent.consent_facts`.

    Returns
    -------
    dict or None
        What is known of the participant's consent.

    Raises
    ------
    StoppedError
        Where the operator stops the session on the first page: nothing of it was written.
    NotGivenError
        Where the participant does not agree, or the computer shuts down meanwhile.
    """
    begin = texts["ready_go_on"].format(key=keys_label(texts, study.keys.go_on))
    sheet = sheets(window, texts["ready"], texts["ready_title"], begin, "")[0]

    def draw() -> None:
        sheet.draw()
        sheet.hint.draw()

    while pages.choose(draw, study.keys.go_on, "ready") is None:
        pages.ask_to_stop()
    try:
        return consent_facts(study, language, facts, window, pages, texts)
    except (StoppedError, KeyboardInterrupt) as stopped:
        # The computer shuts down, or the operator's terminal is closed.
        raise NotGivenError(None) from stopped
