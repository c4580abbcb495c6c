"""How many participants: studies are simulated and analysed as the report would analyse them."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.planning.power.primary_tests import POPULATIONS, PrimaryTests, primary_tests
from analysis.planning.power.table import POWER_TABLE
from analysis.statistics.inference.crossed import PARTICIPANTS
from analysis.statistics.models.simulated_studies import Plan, dealt, simulate_answers
from conditions.errors import StudyError
from conditions.seeds import named_rng

LEVEL = 0.05
# Answers that are drawn together: bounds the memory to some 200 MB.
CELLS = 1_500_000
# From participants and a generator to how often each meets each unit in the two conditions.
Design = Callable[[int, np.random.Generator], np.ndarray]


def power_table(
    plan: Plan,
    participants: list[int],
    designs: dict[int, Design],
    simulations: int,
    seed: int,
    smallest: float | None = None,
) -> pd.DataFrame:
    """Power and precision over numbers of participants and of trials.

    Parameters
    ----------
    plan : Plan
        What is simulated.
    participants : list of int
        Numbers of participants, at least 3.
    designs : dict
        By main trials a condition and participant: what they see.
    simulations : int
        Studies that are simulated for each number of trials; those of fewer participants are the
        first of them.
    seed : int
        Of the simulation.
    smallest : float, optional
        Smallest difference that matters, 0…1.

    Returns
    -------
    DataFrame
        Columns of :data:`analysis.planning.power.table.POWER_TABLE`: a row for the test over
        participants and units, in which the plan's accuracies are those on all possible units, and
        one for that over participants, in which they are those on the units of the study.
    """
    if min(participants) < 3:
        raise StudyError(f"--sample-sizes: found {min(participants)}, wanted 3 or more")
    rows = []
    for n_trials, design in designs.items():
        for over in POPULATIONS:
            name = f"power/{over}/trials-{n_trials}"
            shown = design(max(participants), named_rng(seed, f"{name}/shown"))
            effect, none = (
                _tests(one, shown, participants, simulations, over, (seed, name))
                for one in (plan, plan.without_effect)
            )
            for n in participants:
                row = _row(effect[n], none[n], simulations, smallest)
                rows.append(_facts(plan, n, n_trials, over) | row)
    return pd.DataFrame(rows, columns=POWER_TABLE.column_names)


def _facts(plan: Plan, participants: int, trials: int, over: str) -> dict:
    return {
        "n_participants": participants,
        "n_trials": trials,
        "n_units": plan.n_units,
        "over": over,
        "accuracy_first": plan.accuracy[0],
        "accuracy_second": plan.accuracy[1],
    }


def _row(
    effect: PrimaryTests, none: PrimaryTests, simulations: int, smallest: float | None
) -> dict:
    found = int((effect.p < LEVEL).sum())
    low, high = proportion_confint(found, simulations, method="beta")
    equivalent = np.nan if smallest is None else (none.equivalence_p(smallest) < LEVEL).mean()
    return {
        "simulations": simulations,
        "power": found / simulations,
        # Without a single rejection the lower end is not defined, and is 0.
        "power_low": np.nan_to_num(low, nan=0.0),
        "power_high": np.nan_to_num(high, nan=1.0),
        "half_width": float(effect.half_width.mean()),
        "false_alarms": float((none.p < LEVEL).mean()),
        "equivalent": float(equivalent),
    }


def _tests(
    plan: Plan,
    shown: np.ndarray,
    participants: list[int],
    simulations: int,
    over: str,
    drawn: tuple[int, str],
) -> dict[int, PrimaryTests]:
    """Tests of all studies, by the number of participants."""
    parts: dict[int, list[PrimaryTests]] = {n: [] for n in participants}
    for start, count in _chunks(simulations, shown.size):
        rng = named_rng(drawn[0], f"{drawn[1]}/{start}")
        answers = simulate_answers(plan, shown, count, rng, same_units=over == PARTICIPANTS)
        for n in participants:
            parts[n].append(primary_tests(answers[:, :, :n], shown[:, :n], over))
    return {n: _joined(some) for n, some in parts.items()}


def _chunks(simulations: int, cells: int) -> Iterator[tuple[int, int]]:
    size = max(1, CELLS // cells)
    for start in range(0, simulations, size):
        yield start, min(size, simulations - start)


def _joined(parts: list[PrimaryTests]) -> PrimaryTests:
    return PrimaryTests(
        difference=np.concatenate([part.difference for part in parts]),
        se=np.concatenate([part.se for part in parts]),
        df=np.concatenate([part.df for part in parts]),
        is_tested=parts[0].is_tested,
    )


def even_design(n_units: int, trials: int) -> Design:
    """Participants meet the same units in both conditions, as often as there are trials."""

    def design(participants: int, rng: np.random.Generator) -> np.ndarray:
        one = dealt(n_units, trials, participants, rng)
        return np.stack([one, one])

    return design
