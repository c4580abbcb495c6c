"""Information and consent: what a participant reads and agrees to before any file is written."""

from functools import partial
from typing import Any, TypeGuard

from conditions.study.study import Study
from conditions.study.surroundings import Consent
from experiment.records.facts import now
from experiment.records.people.consent_text import text_sha256
from experiment.records.people.refusals import Refusal
from experiment.screen.inks import Ink
from experiment.screen.pages import Pages
from experiment.screen.paging import broken, pages_of
from experiment.screen.window import FOREGROUND, QUIET, Stimulus, Window, size_of, text
from experiment.texts.languages import Texts, go_on_hint, keys_label

# Shares of the screen's height: where the middle of the text is and how tall it may be, where the
# number of the page is, the first line of hints, and how far below it the next.
_MIDDLE, _TALLEST, _NUMBER, _HINT, _NEXT_HINT = 0.1, 0.68, 0.47, -0.3, 0.05
# The longest line, in heights of its letters: information is long, and not read from afar.
_LINE = 50.0


_FACTS = ("version", "text_sha256", "language", "at")


class NotGivenError(Exception):
    """There is no consent: a ``refusal``, or None where somebody pressed Escape."""

    def __init__(self, refusal: Refusal | None) -> None:
        super().__init__()
        self.refusal = refusal


def consent_facts(
    study: Study,
    language: str,
    facts: dict[str, Any],
    window: Window,
    pages: Pages,
    texts: Texts,
) -> dict[str, str] | None:
    """What ``session.json`` is to say of the participant's consent; asks where it must.

    Parameters
    ----------
    study, language
        With or without a text to agree to, and the language that it is read in.
    facts : dict
        Content of ``session.json`` so far: who has agreed to this version is not asked again.
    window, pages, texts
        Where, by what and in which words it is shown; ``consent`` among them is the text.

    Returns
    -------
    dict or None
        ``version``, ``text_sha256``, ``language``, ``at`` (ISO 8601); None where the study asks
        for no consent.

    Raises
    ------
    NotGivenError
        Where the participant refuses, or somebody presses Escape.
    """
    consent, before = study.consent, facts.get("consent")
    if consent is None:
        return before
    if _is_whole(before) and before["version"] == consent.version:
        return before
    words = texts["consent"]
    pressed = _answer(window, pages, texts, consent, study.keys.go_on, words)
    if pressed is None:
        raise NotGivenError(None)
    if pressed in consent.refuse:
        raise NotGivenError(Refusal(consent.version, language))
    given = {"version": consent.version, "text_sha256": text_sha256(words), "language": language}
    return given | {"at": now()}


def _is_whole(given: Any) -> TypeGuard[dict[str, str]]:
    """Whether a consent that is recorded says all that there is to say; one is asked for anew."""
    return isinstance(given, dict) and all(isinstance(given.get(name), str) for name in _FACTS)


def _answer(
    window: Window, pages: Pages, texts: Texts, consent: Consent, go_on: tuple[str, ...], words: str
) -> str | None:
    """The key that agrees or refuses, pressed on the text's last page; None on Escape."""
    shown = _Text(window)
    parts, number = pages_of(broken(words, shown.fits_line), shown.fits), 0
    while True:
        is_last = number == len(parts) - 1
        hints, keys = [go_on_hint(texts, go_on)], go_on
        if is_last:
            said = [("consent_yes", consent.agree), ("consent_no", consent.refuse)]
            said += [("consent_again", go_on)] if number else []
            hints = [texts[name].format(key=keys_label(texts, names)) for name, names in said]
            keys = tuple(key for _, names in said for key in names)
        lines = [
            _line(window, hint, _HINT - i * _NEXT_HINT, FOREGROUND if is_last else QUIET)
            for i, hint in enumerate(hints)
        ]
        if len(parts) > 1:
            page = texts["page_number"].format(page=number + 1, pages=len(parts))
            lines.append(_line(window, page, _NUMBER, QUIET))
        shown.set(parts[number])
        pressed = pages.choose(partial(_draw, [shown.stimulus, *lines]), keys, "consent")
        if pressed not in go_on:
            return pressed
        number = 0 if is_last else number + 1


class _Text:
    """The part of the text that a page shows."""

    def __init__(self, window: Window) -> None:
        height = size_of(window)[1]
        align = "right" if window.lettering.direction == "rtl" else "left"
        place = (0, round(_MIDDLE * height))
        self.stimulus: Stimulus = text(window, "", place, line=_LINE, alignText=align)
        self._tallest, self._widest = _TALLEST * height, self.stimulus.wrapWidth

    def set(self, words: str) -> None:
        self.stimulus.text = words

    def fits(self, words: str) -> bool:
        self.set(words)
        return bool(self.stimulus.boundingBox[1] <= self._tallest)

    def fits_line(self, words: str) -> bool:
        self.set(words)
        return bool(self.stimulus.boundingBox[0] <= self._widest)


def _line(window: Window, words: str, place: float, ink: Ink) -> Stimulus:
    height = round(place * size_of(window)[1])
    return text(window, words, (0, height), color=ink)


def _draw(stimuli: list[Stimulus]) -> None:
    for stimulus in stimuli:
        stimulus.draw()
