"""The questions of a study and their answers: the table that a report begins with."""

from collections.abc import Hashable, Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, CONFIDENCE, RT
from analysis.statistics.inference.corrections import corrected
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS
from analysis.statistics.inference.differences import (
    FEWEST,
    ONE_SAMPLE,
    T_TEST,
    Difference,
    over_both,
    over_participants,
)
from analysis.statistics.inference.question_contrasts import GUESSING, contrast_for
from analysis.statistics.questions_table import (
    EQUIVALENT,
    LARGER,
    PRIMARY,
    QUESTIONS_TABLE,
    SECONDARY,
    SMALLER,
    UNDECIDED,
)
from conditions.study.asked.questions import (
    CHANCE,
    CONDITION,
    Designed,
    Question,
    Questions,
)
from conditions.study.asked.usual import questions_of

ALPHA = 0.05
MEASURES = {measure.name: measure for measure in (ACCURACY, RT, CONFIDENCE)}


def asked_of(dataset: Dataset) -> Questions:
    """The questions of a study; of data without a study file, the usual ones."""
    if dataset.questions is not None:
        return dataset.questions
    conditions, photographs = dataset.conditions, dataset.kinds.photographs
    return questions_of(dataset.analysis, conditions, photographs, Designed(len(dataset.schemes)))


def questions_table(dataset: Dataset) -> pd.DataFrame:
    """Answers to the questions of a study.

    Returns
    -------
    DataFrame
        Columns of :data:`QUESTIONS_TABLE`; no rows for questions whose conditions nobody met.
    """
    asked, analysis = asked_of(dataset), dataset.analysis
    smallest = None if analysis.smallest_effect is None else analysis.smallest_effect / 100
    rows = []
    if asked.primary is not None:
        rows += _rows(dataset, asked.primary, PRIMARY, asked.primary_declared, smallest)
    for question in asked.secondary:
        rows += _rows(dataset, question, SECONDARY, asked.secondary_declared, smallest)
    frame = pd.DataFrame(rows, columns=QUESTIONS_TABLE.column_names)
    # What is declared counts, whether it can be answered or not: nothing is gained by data that
    # lack a question.
    declared = asked.secondary if asked.secondary_declared else ()
    numbers = {"p": len(declared), "equivalence_p": sum(map(_is_of_levels, declared))}
    for over, (name, number) in product((PARTICIPANTS, BOTH), numbers.items()):
        family = (frame["role"] == SECONDARY) & (frame["over"] == over)
        frame.loc[family, f"{name}_corrected"] = corrected(
            frame.loc[family, name].to_numpy(float), analysis.correction, number
        )
    frame["verdict"] = [verdict(row) for row in frame.to_dict("records")]
    return frame


def verdict(row: Mapping[Hashable, Any]) -> str:
    """What is decided by a row of the table."""
    suffix = "" if row["role"] == PRIMARY else "_corrected"
    if row[f"equivalence_p{suffix}"] < ALPHA:
        return EQUIVALENT
    if not row[f"p{suffix}"] < ALPHA:
        return UNDECIDED
    return LARGER if row["difference"] > 0 else SMALLER


def _rows(
    dataset: Dataset, question: Question, role: str, declared: bool, smallest: float | None
) -> list[dict[str, Any]]:
    measure = MEASURES[question.measure]
    contrast, scheme, cells = contrast_for(dataset, question, measure)
    if contrast is None:
        return []
    common = {
        "experiment": dataset.experiment,
        "role": role,
        "question": question.name,
        "measure": question.measure,
        "comparison": question.comparison,
        "scheme": scheme,
        "declared": declared,
    }
    bound = smallest if _is_of_levels(question) else None
    single = question.name == CHANCE
    found = (
        over_participants(contrast, ONE_SAMPLE if single else T_TEST),
        over_both(contrast, cells),
    )
    limits = np.subtract(measure.limits, GUESSING if single else measure.limits[::-1])
    return [
        common
        | _answer(one, limits, bound, "d" if single else "d_z")
        | {"decides": one.over == dataset.analysis.over}
        for one in found
    ]


def _is_of_levels(question: Question) -> bool:
    # A difference in points is the smallest that matters of accuracies, not of their changes.
    return question.measure == ACCURACY.name and question.name in (CONDITION, CHANCE)


def _answer(
    found: Difference, limits: np.ndarray, smallest: float | None, effect_name: str
) -> dict[str, Any]:
    low, high = found.interval
    effect, effect_low, effect_high = found.standardised
    return {
        "over": found.over,
        "n_participants": found.n_participants,
        "n_units": found.n_units,
        "first": found.first,
        "second": found.second,
        "difference": found.difference,
        "ci_low": float(np.maximum(low, limits[0])),
        "ci_high": float(np.minimum(high, limits[1])),
        "test": found.test,
        "statistic": found.statistic,
        "df": found.df,
        "p": found.p,
        "p_corrected": np.nan,
        "effect": effect,
        "effect_name": None if np.isnan(effect) else effect_name,
        "effect_low": effect_low,
        "effect_high": effect_high,
        "bf10": found.bayes_factor,
        "smallest_effect": np.nan if smallest is None else smallest,
        "equivalence_p": np.nan if smallest is None else found.equivalence_p(smallest),
        "equivalence_p_corrected": np.nan,
        "verdict": UNDECIDED,
        "remark": _remark(found),
    }


def _remark(found: Difference) -> str | None:
    counts = [(found.n_participants, "participant")]
    counts += [(found.n_units, "unit")] if found.over == BOTH else []
    few = [f"{n} {what}{'' if n == 1 else 's'}" for n, what in counts if n < FEWEST]
    if few:
        return f"{' and '.join(few)}: nothing is tested"
    return "no spread: nothing is tested" if np.isnan(found.se) else None
