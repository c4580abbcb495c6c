"""Studies that are simulated: answers of participants to units in two conditions."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from analysis.statistics.models.variance_components import Components
from conditions.errors import StudyError

NODES, BISECTIONS = 15, 50


@dataclass(frozen=True)
class Plan:
    """A study to be simulated.

    Attributes
    ----------
    components : Components
        How participants and units differ.
    accuracy : tuple of float
        Proportion correct in the first and second condition over the study's units and all
        possible participants, inside 0…1.
    n_units : int
        Units, which both conditions show.
    """

    components: Components
    accuracy: tuple[float, float]
    n_units: int

    def __post_init__(self) -> None:
        first, second = (100 * accuracy for accuracy in self.accuracy)
        for accuracy in (second, first):
            if not 0 < accuracy < 100:
                raise StudyError(
                    f"--effect and --base: a difference of {first - second:.4g} points from "
                    f"{second:.4g} % would make an accuracy of {accuracy:.4g} %, wanted one above "
                    "0 and below 100 %"
                )

    @property
    def without_effect(self) -> "Plan":
        """The same study with the second condition's accuracy in both."""
        return Plan(self.components, (self.accuracy[1], self.accuracy[1]), self.n_units)


def simulate_answers(
    plan: Plan, shown: np.ndarray, simulations: int, rng: np.random.Generator, *, same_units: bool
) -> np.ndarray:
    """Proportions right of participants on units in two conditions.

    Parameters
    ----------
    plan : Plan
        Its accuracies are those of all possible participants, on the units of the study where
        ``same_units``, else on all possible units.
    shown : ndarray of int, shape (2, participants, units)
        How often each participant meets each unit in the first and in the second condition.
    simulations : int
        Studies; each draws its participants and its units.
    rng : Generator
        Of the simulation.
    same_units : bool
        Whether the plan's accuracies are those of the units that a study shows, whatever units were
        drawn: under no effect there is then none on these units.

    Returns
    -------
    ndarray, shape (simulations, 2, participants, units)
        NaN where a participant does not meet a unit in a condition.

    Notes
    -----
    The log odds of a correct answer of participant i to unit j in condition c are
    β_c + u_i + v_ic + w_j + x_jc, all but β normal with the standard deviations of the components;
    β_c is solved for.
    """
    c, (_, people, units) = plan.components, shown.shape
    log_odds = _drawn(plan, simulations, units, rng)
    if same_units:
        spread = float(np.hypot(c.participant, c.participant_by_condition))
        log_odds += _means(log_odds, np.array(plan.accuracy), spread)[..., None]
    each = log_odds[:, :, None] + _persons(c, (simulations, people), rng)
    right = rng.binomial(shown, expit(each)).astype(float)
    return np.divide(right, shown, out=np.full(right.shape, np.nan), where=shown > 0)


def simulate_cells(
    plan: Plan, shown: np.ndarray, repeats: int, simulations: int, rng: np.random.Generator
) -> np.ndarray:
    """Differences of participants on units, first minus second condition.

    Parameters
    ----------
    plan : Plan
        Its accuracies are those of all possible participants and units: each study draws both.
    shown : ndarray of bool, shape (participants, units)
        Which units a participant meets, the same ones in both conditions.
    repeats : int
        How often a participant answers a unit in a condition.
    simulations : int
        Studies.
    rng : Generator
        Of the simulation.

    Returns
    -------
    ndarray, shape (simulations, participants, units)
        Differences of proportions; NaN where a participant does not meet a unit.
    """
    people, units = shown.shape
    log_odds = _drawn(plan, simulations, units, rng)[:, :, None] + _persons(
        plan.components, (simulations, people), rng
    )
    right = rng.binomial(repeats, expit(log_odds)) / repeats
    return np.where(shown, right[:, 0] - right[:, 1], np.nan)


def simulate_units(
    plan: Plan, units: int, simulations: int, rng: np.random.Generator
) -> np.ndarray:
    """Differences on units over all possible participants: what no participant more makes surer.

    Returns
    -------
    ndarray, shape (simulations, 1, units)
        Differences of probabilities, first minus second condition.
    """
    c = plan.components
    nodes, weights = _normal_nodes()
    around = np.hypot(c.participant, c.participant_by_condition) * nodes
    log_odds = _drawn(plan, simulations, units, rng)
    mean = expit(log_odds[..., None] + around) @ weights
    return mean[:, :1] - mean[:, 1:]


def _drawn(plan: Plan, simulations: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """Log odds of drawn units for the average participant, shape (simulations, 2, units)."""
    c = plan.components
    spreads = (c.participant, c.participant_by_condition, c.unit, c.unit_by_condition)
    means = _means(np.zeros((1, 2, 1)), np.array(plan.accuracy), float(np.linalg.norm(spreads)))
    common = rng.normal(0, c.unit, (simulations, 1, units))
    own = rng.normal(0, c.unit_by_condition, (simulations, 2, units))
    return means[..., None] + common + own


def _persons(c: Components, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Shares of drawn participants in the log odds, shape (simulations, 2, participants, 1)."""
    simulations, people = size
    common = rng.normal(0, c.participant, (simulations, 1, people, 1))
    return common + rng.normal(0, c.participant_by_condition, (simulations, 2, people, 1))


def _normal_nodes() -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()


def _means(units: np.ndarray, accuracy: np.ndarray, spread: float) -> np.ndarray:
    """β of each study and condition, shape (simulations, 2), by bisection."""
    nodes, weights = _normal_nodes()
    around = units[..., None] + spread * nodes
    low, high = (np.full(units.shape[:2], logit(accuracy) + step) for step in (-15.0, 15.0))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        mean = (expit(middle[..., None, None] + around) @ weights).mean(-1)
        low, high = np.where(mean < accuracy, middle, low), np.where(mean < accuracy, high, middle)
    return (low + high) / 2


def dealt(n_units: int, trials: int, participants: int, rng: np.random.Generator) -> np.ndarray:
    """How often each participant meets each unit, where so many trials are dealt evenly.

    Returns
    -------
    ndarray of int, shape (participants, units)
        All units as often as there are trials, and a random choice for what is left over.
    """
    often, rest = divmod(trials, n_units)
    places = rng.random((participants, n_units)).argsort(-1).argsort(-1)
    return np.where(places < rest, often + 1, often)
