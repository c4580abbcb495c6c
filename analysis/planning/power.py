"""How many participants: studies are simulated and analysed as the report would analyse them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit
from statsmodels.stats.proportion import proportion_confint

from analysis.planning.tables import POWER_TABLE
from analysis.statistics.rank_tests import signed_rank
from analysis.statistics.variance_components import Components
from conditions.errors import StudyError
from conditions.seeds import named_rng

LEVEL = 0.05
# Studies that are drawn together: bounds the memory.
CHUNK = 200
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
        for accuracy in self.accuracy:
            if not 0 < accuracy < 1:
                raise StudyError(
                    f"--effect and --base: make an accuracy of {100 * accuracy:g} %, wanted one "
                    "above 0 and below 100 %"
                )

    @property
    def without_effect(self) -> "Plan":
        """The same study with the second condition's accuracy in both."""
        return Plan(self.components, (self.accuracy[1], self.accuracy[1]), self.n_units)


def power_table(
    plan: Plan, participants: list[int], trials: list[int], simulations: int, seed: int
) -> pd.DataFrame:
    """Power and precision over numbers of participants and of trials.

    Parameters
    ----------
    plan : Plan
        What is simulated.
    participants, trials : list of int
        Numbers of participants (at least 2), and of main trials a condition and participant.
    simulations : int
        Studies that are simulated for each number of trials; those of fewer participants are the
        first of them.
    seed : int
        Of the simulation.

    Returns
    -------
    DataFrame
        Columns of :data:`analysis.planning.tables.POWER_TABLE`.
    """
    if min(participants) < 2:
        raise StudyError(f"--participants: found {min(participants)}, wanted 2 or more")
    rows = []
    for n_trials in trials:
        differences, false_alarms = (
            np.concatenate(list(_studies(p, max(participants), n_trials, simulations, seed)))
            for p in (plan, plan.without_effect)
        )
        for n in participants:
            found = int((p_values(differences[:, :n]) < LEVEL).sum())
            low, high = proportion_confint(found, simulations, method="beta")
            sem = differences[:, :n].std(axis=1, ddof=1) / np.sqrt(n)
            rows.append(
                {
                    "n_participants": n,
                    "n_trials": n_trials,
                    "n_units": plan.n_units,
                    "accuracy_first": plan.accuracy[0],
                    "accuracy_second": plan.accuracy[1],
                    "simulations": simulations,
                    "power": found / simulations,
                    # Without a single rejection the lower end is not defined, and is 0.
                    "power_low": np.nan_to_num(low, nan=0.0),
                    "power_high": np.nan_to_num(high, nan=1.0),
                    "half_width": float((stats.t.ppf(0.975, n - 1) * sem).mean()),
                    "false_alarms": float((p_values(false_alarms[:, :n]) < LEVEL).mean()),
                }
            )
    return pd.DataFrame(rows, columns=POWER_TABLE.column_names)


def simulate_differences(
    plan: Plan, participants: int, trials: int, simulations: int, rng: np.random.Generator
) -> np.ndarray:
    """Participants' differences in accuracy, first minus second condition.

    Returns
    -------
    ndarray, shape (simulations, participants)
        Differences of proportions.

    Notes
    -----
    The log odds of a correct answer of participant i to unit j in condition c are
    β_c + u_i + v_ic + w_j + x_jc, all but β normal with the standard deviations of the components.
    β_c is solved for in each study, so that the mean accuracy over its units and all possible
    participants is exactly the plan's: effects are those of the units that a study shows, as in a
    test over participants, and under no effect there is none, whatever units were drawn.
    Participants see the same units in both conditions: all of them, as often as there are trials,
    and a random choice for what is left over.
    """
    c, size = plan.components, (simulations, plan.n_units)
    units = rng.normal(0, c.unit, size)[:, None] + rng.normal(
        0, c.unit_by_condition, (simulations, 2, plan.n_units)
    )
    spread = np.hypot(c.participant, c.participant_by_condition)
    means = _means(units, np.array(plan.accuracy), spread)
    people = rng.normal(0, c.participant, (simulations, participants, 1)) + rng.normal(
        0, c.participant_by_condition, (simulations, participants, 2)
    )
    shown = _shown(plan.n_units, trials, (simulations, participants), rng)
    log_odds = means[:, None, :, None] + people[..., None] + units[:, None]
    # A unit that is shown k times is answered k times.
    right = rng.binomial(shown[:, :, None, :], expit(log_odds)).sum(-1)
    return (right[..., 0] - right[..., 1]) / trials


def p_values(differences: np.ndarray) -> np.ndarray:
    """Two-sided exact Wilcoxon signed-rank test of each row, as in the report; 1 without a test."""
    return np.array([np.nan_to_num(signed_rank(row).p, nan=1.0) for row in differences])


def _studies(
    plan: Plan, participants: int, trials: int, simulations: int, seed: int
) -> Iterator[np.ndarray]:
    for start in range(0, simulations, CHUNK):
        rng = named_rng(seed, f"power/trials-{trials}/{start}")
        count = min(CHUNK, simulations - start)
        yield simulate_differences(plan, participants, trials, count, rng)


def _means(units: np.ndarray, accuracy: np.ndarray, spread: float) -> np.ndarray:
    """β of each study and condition, shape (simulations, 2), by bisection."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    around = units[..., None] + spread * nodes
    low, high = (np.full(units.shape[:2], logit(accuracy) + step) for step in (-15.0, 15.0))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        mean = (expit(middle[..., None, None] + around) @ weights).mean(-1)
        low, high = np.where(mean < accuracy, middle, low), np.where(mean < accuracy, high, middle)
    return (low + high) / 2


def _shown(
    n_units: int, trials: int, size: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """How often each participant sees each unit in a condition, shape (*size, units)."""
    often, rest = divmod(trials, n_units)
    shown = np.full((*size, n_units), often)
    if rest:
        places = rng.random((*size, n_units)).argsort(-1)
        shown += places < rest
    return shown
