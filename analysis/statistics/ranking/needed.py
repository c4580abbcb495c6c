"""How many participants or units would tell two conditions apart that differ as they seem to."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.statistics.inference.crossed import crossed_mean
from analysis.statistics.models.simulated_studies import Plan, simulate_cells, simulate_units
from conditions.seeds import named_rng

WANTED_POWER = 0.9
# Enough for "about": the power is known to 3 points.
SIMULATIONS = 400
# Studies that are drawn together: bounds the memory.
CHUNK = 100
NUMBERS = (4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 200)


@dataclass(frozen=True)
class Needed:
    """What it takes to find a difference in 90 of 100 studies.

    Attributes
    ----------
    participants : int or None
        Participants with the study's number of units; None where no number would do, or none of
        those tried.
    units : int or None
        Units with the study's number of participants, asked only where no number of participants
        would do; None where none of those tried would.
    endless : bool
        Whether more participants than were tried would do.
    """

    participants: int | None = None
    units: int | None = None
    endless: bool = False


def needed(
    plan: Plan, participants: int, share: float, repeats: int, level: float, seed: int, name: str
) -> Needed:
    """Simulate larger studies until one would find the difference.

    Parameters
    ----------
    plan : Plan
        How people and units differ, the two accuracies, and the study's number of units.
    participants : int
        Of the study.
    share : float
        Share of the units that a participant meets in both conditions, 0…1.
    repeats : int
        How often a participant answers a unit in a condition.
    level : float
        Of the test: 0.05, or less where it is one of several.
    seed : int
        Of the study.
    name : str
        Of the comparison: each has its own draws.

    Notes
    -----
    Participants and units of each simulated study are drawn anew, and tested as in
    :func:`analysis.statistics.inference.crossed.crossed_mean`. More participants make the
    difference on these units surer, not that on all units: without end of participants, the power
    is that of a test over units.
    """

    def power(people: int, units: int) -> float:
        rng = named_rng(seed, f"ranking/{name}/{people}/{units}")
        shown = _shown(people, units, share, rng)
        found = [
            crossed_mean(simulate_cells(plan, shown, repeats, CHUNK, rng)).p < level
            for _ in range(SIMULATIONS // CHUNK)
        ]
        return float(np.mean(found))

    more = _first(lambda n: power(n, plan.n_units), _above(participants))
    if more is not None:
        return Needed(participants=more)
    rng = named_rng(seed, f"ranking/{name}/units")
    limit = crossed_mean(simulate_units(plan, plan.n_units, SIMULATIONS, rng)).p < level
    if np.mean(limit) >= WANTED_POWER:
        return Needed(endless=True)
    return Needed(units=_first(lambda n: power(participants, n), _above(plan.n_units)))


def _above(number: int) -> list[int]:
    return [n for n in NUMBERS if n > number]


def _first(power: Callable[[int], float], numbers: list[int]) -> int | None:
    """The smallest number with enough power, which rises with it; by halving."""
    if not numbers or power(numbers[-1]) < WANTED_POWER:
        return None
    low, high = -1, len(numbers) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(numbers[middle]) >= WANTED_POWER else (middle, high)
    return numbers[high]


def _shown(people: int, units: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Which units each participant meets: as many each, by chance; shape (people, units)."""
    count = min(units, max(1, round(share * units)))
    return rng.random((people, units)).argsort(axis=1).argsort(axis=1) < count
