"""Trials by their numbers, as subjects of a sentence."""

from collections.abc import Iterable

_SHOWN = 5


def named(trials: Iterable[int]) -> str:
    """Numbers of trials, a few of them.

    >>> named([4, 7]), named(range(9))
    ('4, 7', '0, 1, 2, 3, 4, …')
    """
    numbers = [str(trial) for trial in trials]
    return ", ".join(numbers[:_SHOWN]) + (", …" if len(numbers) > _SHOWN else "")


def are(trials: Iterable[int]) -> str:
    """How many trials are, and which.

    >>> are([3]), are([3, 4])
    ('1 trial (3) is', '2 trials (3, 4) are')
    """
    numbers = list(trials)
    many = len(numbers) != 1
    return f"{len(numbers)} trial{'s' * many} ({named(numbers)}) {'are' if many else 'is'}"
