"""Participants as command lines name them: ``--participant 7``, ``--participants 1-24``."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Any

import typer

from conditions.errors import StudyError

# Of participants and trials: no study has more, and lists of more fill the memory.
HIGHEST_NUMBER = 99_999
EVERYBODY = "all"
NUMBERS_WORDS = "numbers as in 7, 1-24 or 1,3,5-8"


def participant_option(more: str = "") -> Any:
    """``--participant``: one participant, the same in every command.

    Parameters
    ----------
    more : str
        What is to be known of it in this command, as in ``asked for in a dialog if left out``.
    """
    words = "Number of the participant" + (f"; {more}." if more else ".")
    highest = HIGHEST_NUMBER
    return typer.Option(
        "--participant", help=words, min=1, max=highest, metavar="NUMBER", show_default=False
    )


ParticipantOption = Annotated[int, participant_option()]
PARTICIPANTS = typer.Option(
    "--participants",
    help=f"Which participants: {NUMBERS_WORDS}, or {EVERYBODY}, who have condition files.",
    metavar="NUMBERS",
    show_default=False,
)
ParticipantsOption = Annotated[str, PARTICIPANTS]


def parse_participants(
    text: str, everybody: Callable[[], Sequence[int]] | None = None
) -> list[int]:
    """Participant numbers from a list with ranges, or all that there are.

    Parameters
    ----------
    text : str
        What was typed: ``7``, ``1-24``, ``1,3,5-8``, ``all``.
    everybody : callable, optional
        Gives those whom ``all`` means, and is the one to refuse where there are none; without it
        nobody is there yet, and ``all`` is refused.

    Raises
    ------
    StudyError
        Names what was found and what is wanted.

    Examples
    --------
    >>> parse_participants("1-3,7")
    [1, 2, 3, 7]
    """
    if text.strip().lower() != EVERYBODY:
        wanted = NUMBERS_WORDS + (f", or {EVERYBODY}" if everybody else "")
        return parse_numbers(text, "--participants", wanted)
    if everybody is None:
        raise StudyError(
            f"--participants: found {text.strip()!r}, wanted {NUMBERS_WORDS}: "
            "who there will be is said here"
        )
    return list(everybody())


def parse_numbers(text: str, option: str, wanted: str = "numbers as in 24 or 8,12,16") -> list[int]:
    """Rising numbers from 1 up, from a list with ranges.

    A dash is one of any length: word processors and web pages make long ones of short ones.

    Raises
    ------
    StudyError
        Names the option and what was found.
    """
    numbers: list[int] = []
    for item in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:\s*[-\u2010-\u2015\u2212]\s*(\d+))?\s*", item)
        if match is None:
            raise StudyError(f"{option}: found {text!r}, wanted {wanted}")
        first, last = int(match[1]), int(match[2] or match[1])
        if first < 1 or last < first or last > HIGHEST_NUMBER:
            raise StudyError(
                f"{option}: {item.strip()!r} is no range of numbers from 1 up to {HIGHEST_NUMBER}"
            )
        numbers += range(first, last + 1)
    return sorted(set(numbers))


def in_ranges(numbers: Sequence[int], between: str = ",") -> str:
    """Numbers as ``--participants`` takes them, or with another text between ranges.

    >>> in_ranges([7, 1, 2, 3]), in_ranges([3, 4, 5, 9], ", ")
    ('1-3,7', '3-5, 9')
    """
    rising = sorted(set(numbers))
    if not rising:
        return ""
    ends = [(a, b) for a, b in pairwise(rising) if b - a > 1]
    firsts, lasts = [rising[0], *(b for _, b in ends)], [*(a for a, _ in ends), rising[-1]]
    spans = zip(firsts, lasts, strict=True)
    return between.join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
