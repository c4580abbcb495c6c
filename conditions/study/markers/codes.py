"""The table of marker codes: a number for each event that a recording beside a session may need."""

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from conditions.study.kinds.kind import NONE
from conditions.tables.events import HIGHEST_CODE, LOWEST_CODE
from conditions.yaml.strict import Strict

Code = Annotated[int, Field(ge=LOWEST_CODE, le=HIGHEST_CODE)]

# Documented in docs/markers.md. A word is an event's kind and what it is, as the table of events
# has them; those of choice, confidence and rating mark the press that gave the answer.
USUAL: Mapping[str, int] = {
    "session_begin": 1,
    "session_end": 2,
    "block_begin": 3,
    "block_end": 4,
    "pause_begin": 5,
    "pause_end": 6,
    "focus_lost": 7,
    "focus_back": 8,
    "page": 9,
    "blank": 10,
    "fixation": 11,
    # Between them images_CONDITION and catch_CONDITION.
    "rated_images": 40,
    "example_images": 41,
    "choice_upper": 51,
    "choice_lower": 52,
    # Where one press gives choice and confidence.
    "choice_upper_1": 54,
    "choice_upper_2": 55,
    "choice_upper_3": 56,
    "choice_lower_1": 57,
    "choice_lower_2": 58,
    "choice_lower_3": 59,
    "confidence_1": 61,
    "confidence_2": 62,
    "confidence_3": 63,
    "rating": 64,
    "feedback_chosen": 70,
    "feedback_correct": 71,
    "feedback_wrong": 72,
    "feedback_too_slow": 73,
}
# Those of trials without references; kinds of reference follow, in the order of the study file. A
# study has no more than eight kinds, so that neither row reaches the next.
FIRST_IMAGES, FIRST_CATCH = 20, 30


class Markers(Strict):
    """What is sent to outlets, which a rig file lists, with the event that it marks.

    ``codes`` gives events other numbers than the usual ones, or none (null), by their words:
    session_begin, page, images_CONDITION, catch_CONDITION, choice_upper and so on. Two events have
    one number only where the study file says it of both.
    """

    codes: dict[str, Code | None] = Field(
        default_factory=dict,
        description="Numbers from 1 to 255 by event, in place of the usual ones; null for none.",
    )

    def table(self, kinds: Sequence[str]) -> dict[str, int]:
        """The codes of a study by event, those without one left out.

        Parameters
        ----------
        kinds : sequence of str
            Kinds of reference that the study shows, in its order.

        Examples
        --------
        >>> Markers(codes={"page": None}).table(["natural"])["catch_natural"]
        31
        """
        codes = {**usual_codes(kinds), **self.codes}
        return {word: code for word, code in codes.items() if code is not None}

    def check(self, kinds: Sequence[str]) -> None:
        """Check that all words are known, and that a recording tells all events apart.

        Raises
        ------
        ValueError
            Names the field, what was found and what is wanted.
        """
        known = usual_codes(kinds)
        for word in self.codes:
            if word not in known:
                near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise ValueError(
                    f"markers.codes.{word}: no such event: wanted one of {', '.join(known)}{hint}"
                )
        table = self.table(kinds)
        often = Counter(table.values())
        for word, code in self.codes.items():
            others = [other for other in table if table[other] == code and other not in self.codes]
            if code is not None and often[code] > 1 and others:
                raise ValueError(
                    f"markers.codes.{word}: found {code}, which {others[0]} has already: wanted "
                    f"another number, or {others[0]} in the list as well"
                )


def usual_codes(kinds: Sequence[str]) -> dict[str, int]:
    """The codes of a study that says nothing of them, by event."""
    conditions = [NONE, *kinds]
    images = {images_word(name, False): FIRST_IMAGES + i for i, name in enumerate(conditions)}
    catch = {images_word(name, True): FIRST_CATCH + i for i, name in enumerate(conditions)}
    together = {**USUAL, **images, **catch}
    return dict(sorted(together.items(), key=lambda pair: pair[1]))


def images_word(condition: str, catch: bool) -> str:
    """The word for the images of a trial."""
    return f"{'catch' if catch else 'images'}_{condition}"
