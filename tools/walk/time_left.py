"""How much of a walk is done, and how long the rest takes.

Each step has the seconds that it took on a known machine. How much slower this machine is follows
from the work that it has done so far.
"""

from collections.abc import Sequence

from tools.walk.step import State, Walked

# So much work is taken to have run at the known machine's speed, lest the first seconds decide.
PRIOR_S = 20.0
# A step that does not tell how far it is, is never taken to be further than this.
MOST = 0.95


def slowness(walked: Sequence[Walked]) -> float:
    """Seconds here for each second of the known machine, by what was done so far."""
    took = counted = PRIOR_S
    for one in walked:
        if one.step.person or one.there:
            continue
        if one.state in (State.DONE, State.WAS_THERE):
            took += one.seconds
            counted += one.expected
        elif one.state is State.RUNNING:
            if one.share:
                took += one.seconds
                counted += (one.share - one.passed_over) * one.expected
            # What it tells nothing of says something once it takes longer than it should.
            elif one.seconds > one.expected:
                took += one.seconds
                counted += one.expected
    return took / counted


def share_done(one: Walked, slow: float) -> float:
    """Share of a step that is done: told, or from the time that it runs or ran until it failed."""
    if one.state in (State.DONE, State.WAS_THERE):
        return 1.0
    if one.state is State.WAITING or one.step.person:
        return 0.0
    if one.share is not None:
        return one.share
    return min(MOST, one.seconds / max(1.0, one.expected * slow))


def share_of_all(walked: Sequence[Walked]) -> float:
    """Share of the whole walk that is done, from 0 to 1; a person's own time does not count."""
    whole = sum(one.expected for one in walked)
    slow = slowness(walked)
    done = sum(one.expected * share_done(one, slow) for one in walked)
    return done / whole if whole else 1.0


def seconds_left(walked: Sequence[Walked]) -> float:
    """Seconds until the walk's end, a person's own time left aside."""
    slow = slowness(walked)
    return sum(one.expected * slow * (1 - share_done(one, slow)) for one in walked)


def in_words(seconds: float) -> str:
    """Seconds as one would say them.

    >>> in_words(284), in_words(95), in_words(21), in_words(3)
    ('about 5 min', 'about 2 min', 'about 30 s', 'a few seconds')
    """
    if seconds >= 75:
        return f"about {max(2, round(seconds / 60))} min"
    if seconds >= 50:
        return "about 1 min"
    return f"about {-int(-seconds // 10) * 10} s" if seconds >= 10 else "a few seconds"


def clock(seconds: float) -> str:
    """Minutes and seconds.

    >>> clock(187.4), clock(9)
    ('3:07', '0:09')
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
