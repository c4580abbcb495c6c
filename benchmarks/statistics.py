"""Whether the statistics keep their word: coverage, false positives and power in simulated studies.

``python -m benchmarks.statistics`` prints, for the published spread of people and units:

- cells: how often the interval of a mean over participants holds the truth;
- units: the same of the interval of a unit over trials;
- differences: the same of a difference, for other participants and for other units too;
- false positives: of the primary test, in studies of three sizes and designs without an effect,
  over all possible units (``participants and units``) or on the units shown (``participants``);
- questions: of the secondary tests over participants and units, in an Experiment II in which
  nothing differs;
- power: as planned, and in studies that are simulated and tested by other code.
"""

import time
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from scipy.special import expit

from analysis.data.measures import ACCURACY
from analysis.planning.power.simulation import even_design, power_table
from analysis.statistics.inference.contrasts import contrast_of, slope_of
from analysis.statistics.inference.crossed import BOTH
from analysis.statistics.inference.differences import over_both
from analysis.statistics.models.simulated_studies import Plan
from analysis.statistics.models.variance_components import PUBLISHED
from benchmarks.table import show
from tests.analysis.coverage import DESIGNS, cells_table, differences_table, units_coverage

SIZES = ((10, 45), (23, 80), (50, 45))
PEOPLE = (2, 3, 5, 10, 23, 50)
SCHEMES = 4


def main(
    json_folder: Annotated[
        Path | None, typer.Option("--json", help="Also write a JSON file a table here.")
    ] = None,
    studies: Annotated[int, typer.Option(min=100, help="Studies a cell of a table.")] = 1000,
) -> None:
    """Print all tables; some four minutes with 1000 studies."""
    tables = {
        "cells": cells,
        "units": units,
        "differences": differences,
        "false positives": false_positives,
        "questions": questions,
        "power": power,
    }
    for name, table in tables.items():
        started = time.perf_counter()
        rows = table(studies).to_dict("records")
        title = f"{name} ({studies} studies, {time.perf_counter() - started:.0f} s)"
        if json_folder is not None:
            json_folder.mkdir(parents=True, exist_ok=True)
        file = None if json_folder is None else json_folder / f"{name.replace(' ', '_')}.json"
        show(title, rows, file)


def cells(studies: int) -> pd.DataFrame:
    """Coverage of the interval of a cell: participants × accuracies, the least over spreads."""
    found = pd.concat([cells_table(n, studies) for n in PEOPLE])
    return _least(found, ["participants"], "accuracy")


def units(_: int) -> pd.DataFrame:
    """Coverage of the interval of a unit: participants × mean accuracies, computed."""
    return _least(pd.concat([units_coverage(n) for n in PEOPLE]), ["participants"], "accuracy")


def differences(studies: int) -> pd.DataFrame:
    """Coverage of the interval of a difference: designs × sizes × pairs of accuracies."""
    sizes = [(n, 45) for n in PEOPLE]
    found = pd.concat([differences_table(d, *size, studies) for d in DESIGNS for size in sizes])
    found["pair"] = found["first"].astype(str) + " − " + found["second"].astype(str)
    return _least(found, ["design", "over", "participants"], "pair")


def _least(found: pd.DataFrame, rows: list[str], columns: str) -> pd.DataFrame:
    table = found.pivot_table(index=rows, columns=columns, values="coverage", aggfunc="min")
    return table.round(3).rename(columns=str).reset_index()


def false_positives(studies: int) -> pd.DataFrame:
    """Share of studies with p < .05 where both conditions are equally accurate."""
    found = pd.concat(
        differences_table(design, *size, studies, spread)
        for design in DESIGNS
        for size in SIZES
        for spread in (0.46, 0.56)
    )
    found = found[found["first"] == found["second"]]
    index = ["design", "participants", "units", "over"]
    table = found.pivot_table(index=index, columns=["first", "spread"], values="found")
    table.columns = [f"{accuracy} (SD {spread})" for accuracy, spread in table.columns]
    return table.round(3).reset_index()


def questions(studies: int) -> pd.DataFrame:
    """False positives of secondary tests in an Experiment II of 23 people and 80 units."""
    rng = np.random.default_rng(1)
    p_values = [_p_values(_experiment_2(rng)) for _ in range(studies)]
    shares = (pd.DataFrame(p_values) < 0.05).mean()
    return shares.rename_axis("question").rename("found").reset_index()


def _experiment_2(rng: np.random.Generator) -> pd.DataFrame:
    """Four schemes with blocks of units that take turns; neither scheme nor condition matters."""
    c, people, units = PUBLISHED, 23, 80
    person, kind, unit = (axis.ravel() for axis in np.indices((people, 2, units)))
    log_odds = 1.5 + rng.normal(0, 0.3, people)[person] + rng.normal(0, c.unit, units)[unit]
    log_odds += rng.normal(0, c.participant_by_condition, (people, 2))[person, kind]
    log_odds += rng.normal(0, 0.5, (2, units))[kind, unit]
    return pd.DataFrame(
        {
            "participant": person,
            "condition": kind,
            "unit": unit,
            "scheme": (unit // (units // SCHEMES) + person) % SCHEMES,
            "layer": unit % 5,
            "turn": rng.integers(0, 8, len(unit)),
            "correct": (rng.random(len(unit)) < expit(log_odds)).astype(float),
        }
    )


def _p_values(trials: pd.DataFrame) -> dict[str, float]:
    sides = [trials[trials["condition"] == c] for c in (0, 1)]
    parts = [[side[side["scheme"].isin(s)] for side in sides] for s in ((2, 3), (0, 1))]
    turns, layers = ([side.assign(x=side[name]) for side in sides] for name in ("turn", "layer"))
    contrasts = {
        "interaction": contrast_of(ACCURACY, *parts),
        "learning": slope_of(ACCURACY, *turns, (0.5, 0.5)),
        "layers": slope_of(ACCURACY, *layers, (1.0, -1.0)),
    }
    return {name: over_both(contrast).p for name, contrast in contrasts.items() if contrast}


def power(studies: int) -> pd.DataFrame:
    """Power as planned, and in studies that are drawn and tested one by one."""
    rows = []
    for (people, units), accuracy in (((10, 45), (0.92, 0.84)), ((23, 80), (0.87, 0.82))):
        plan = Plan(PUBLISHED, accuracy, units)
        planned = power_table(plan, [people], {units: even_design(units, units)}, studies, seed=1)
        planned = planned.set_index("over")["power"]
        rng = np.random.default_rng([people, units])
        found = np.mean([_one_by_one(people, units, accuracy, rng) < 0.05 for _ in range(studies)])
        rows.append((people, units, *accuracy, planned[BOTH], found))
    columns = ["participants", "units", "first", "second", "planned", "found"]
    return pd.DataFrame(rows, columns=columns)


def _one_by_one(
    people: int, units: int, accuracy: tuple[float, float], rng: np.random.Generator
) -> float:
    c = PUBLISHED
    total = np.linalg.norm([c.participant, c.participant_by_condition, c.unit, c.unit_by_condition])
    # The mean over 20,000 drawn people and units is the accuracy: found by Newton's method.
    draws = np.random.default_rng(0).normal(0, total, 20_000)
    means = np.zeros(2)
    for _ in range(30):
        p = expit(means[:, None] + draws)
        means += (np.array(accuracy) - p.mean(1)) / (p * (1 - p)).mean(1)
    log_odds = means[:, None, None] + rng.normal(0, c.participant, (1, people, 1))
    log_odds = log_odds + rng.normal(0, c.participant_by_condition, (2, people, 1))
    log_odds = log_odds + rng.normal(0, c.unit, (1, 1, units))
    log_odds = log_odds + rng.normal(0, c.unit_by_condition, (2, 1, units))
    right = (rng.random(log_odds.shape) < expit(log_odds)).astype(float)
    kind, person, unit = (axis.ravel() for axis in np.indices(right.shape))
    trials = pd.DataFrame(
        {"condition": kind, "participant": person, "unit": unit, "correct": right.ravel()}
    )
    first, second = (trials[trials["condition"] == k] for k in (0, 1))
    contrast = contrast_of(ACCURACY, [first], [second])
    assert contrast is not None
    return over_both(contrast, right[0] - right[1]).p


if __name__ == "__main__":
    typer.run(main)
