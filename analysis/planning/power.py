"""How many participants: studies are simulated and analysed as the report would analyse them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.planning.tables import POWER_TABLE
from analysis.statistics.inference.rank_tests import signed_rank
from analysis.statistics.models.simulated_studies import Plan, simulate_differences
from conditions.errors import StudyError
from conditions.seeds import named_rng

LEVEL = 0.05
# Studies that are drawn together: bounds the memory.
CHUNK = 200


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
