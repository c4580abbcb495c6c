"""How far two clocks of one computer are apart."""

from experiment.outlets.outlet import Clock

READINGS = 100
# For one moment, while something is on the screen: some microseconds, and whoever is interrupted
# between two readings is not believed.
FEW = 3


def measured_offset(theirs: Clock, ours: Clock, readings: int = READINGS) -> tuple[float, float]:
    """Their clock less ours, from the reading of theirs that two of ours enclose most closely.

    Parameters
    ----------
    theirs, ours : callable
        Give the time in seconds.
    readings : int
        How often they are read.

    Returns
    -------
    tuple of float
        The offset and half the time between the enclosing readings, which it is off by at most;
        in seconds.
    """
    best = (0.0, float("inf"))
    for _ in range(readings):
        before, middle, after = ours(), theirs(), ours()
        half = (after - before) / 2
        # A clock that is set back meanwhile would make a reading look better than any.
        if 0 <= half < best[1]:
            best = (middle - (before + half), half)
    return best
