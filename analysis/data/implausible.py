"""Times that no attentive participant leaves: told, and used unless the study's rules say not."""

from collections.abc import Iterator

import pandas as pd

from conditions.study.exclusions import Exclusions

# Less than a simple reaction to any light: nobody has seen two images by then.
SHORTEST_S = 0.1
# The slowest of the 1,860 published answers took 119 s, the slowest of the ratings 64 s.
LONGEST_S = 300.0


def implausible(
    trials: pd.DataFrame, ratings: pd.DataFrame, exclusions: Exclusions
) -> Iterator[str]:
    """Implausible times, a sentence each; best: none.

    Parameters
    ----------
    trials, ratings : DataFrame
        With ``trial``, ``rt`` and, of trials, where they were recorded, ``confidence_rt`` and
        ``onset``; all in seconds.
    exclusions : Exclusions
        What the study declares.
    """
    fast, slow = (_used(rule, getattr(exclusions, rule)) for rule in ("min_rt_s", "max_rt_s"))
    yield from _below(trials, "rt", "reaction time", SHORTEST_S, fast)
    yield from _above(trials, "rt", "reaction time", slow)
    # A confidence that was decided on beforehand, or a rating left as it stands, may be quick.
    if "confidence_rt" in trials:
        yield from _above(trials, "confidence_rt", "time to the confidence")
    if "onset" in trials:
        yield from _below(trials, "onset", "onset", 0)
    yield from _above(ratings, "rt", "time to a rating")


def _used(rule: str, limit: float | None) -> str:
    if limit is None:
        return f"; used, as no {rule} is declared"
    return f"; the study's {rule} is {limit:g} s"


def _below(
    rows: pd.DataFrame, column: str, what: str, limit: float, used: str = ""
) -> Iterator[str]:
    low = rows[rows[column] < limit]
    if len(low):
        row = low.iloc[int(low[column].argmin())]
        yield (
            f"{len(low)} × {what} below {limit:g} s, the lowest {_seconds(row[column])} in trial "
            f"{row['trial']}{used}."
        )


def _above(rows: pd.DataFrame, column: str, what: str, used: str = "") -> Iterator[str]:
    high = rows[rows[column] > LONGEST_S]
    if len(high):
        row = high.iloc[int(high[column].argmax())]
        yield (
            f"{len(high)} × {what} above {LONGEST_S:g} s, the longest {_seconds(row[column])} in "
            f"trial {row['trial']}{used}."
        )


def _seconds(value: float) -> str:
    """Three digits, and all that stand before the point.

    >>> _seconds(0.00385976), _seconds(-2.0), _seconds(1234.5678)
    ('0.00386 s', '-2 s', '1235 s')
    """
    return f"{value:.0f} s" if abs(value) >= 1000 else f"{value:.3g} s"
