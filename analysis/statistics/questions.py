"""The questions of a study and their answers: the table that a report begins with."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, CONFIDENCE, RT
from analysis.result_tables import EXPERIMENT, MEASURE
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
from conditions.study.questions import (
    CHANCE,
    CONDITION,
    Designed,
    Question,
    Questions,
)
from conditions.study.questions_asked import questions_of
from conditions.tables.schema import Column, Table

PRIMARY, SECONDARY = "primary", "secondary"
LARGER, SMALLER, EQUIVALENT, UNDECIDED = "larger", "smaller", "equivalent", "undecided"
ALPHA = 0.05
MEASURES = {measure.name: measure for measure in (ACCURACY, RT, CONFIDENCE)}

QUESTIONS_TABLE = Table(
    "questions",
    "The questions that the study file declares, or the usual ones, with their answers: a row for "
    "other people and these units, and one for other people and other units. Values are in the "
    "measure's unit (accuracy 0–1, reaction time s, confidence 1–3).",
    (
        EXPERIMENT,
        Column("role", "str", "primary or secondary.", levels=(PRIMARY, SECONDARY)),
        Column(
            "question",
            "str",
            "condition: two conditions differ; chance: the only condition differs from guessing, "
            "50 %; interaction: their difference depends on the "
            "scheme; learning: change from block to block, mean of both conditions; layers: "
            "change of their difference from one layer to the next.",
        ),
        MEASURE,
        Column("comparison", "str", "Conditions, or one and chance, first minus second."),
        Column(
            "scheme",
            "str",
            "all; of an interaction, the schemes whose difference is first, minus those whose "
            "difference is second.",
        ),
        Column(
            "over",
            "str",
            "Whom the interval and p are about: other participants with the same units, or other "
            "participants and units.",
            levels=(PARTICIPANTS, BOTH),
        ),
        Column("n_participants", "int", "Participants who have answers on both sides.", minimum=1),
        Column("n_units", "int", "Units.", minimum=1),
        Column("first", "float", "Mean of the first, over participants.", required=False),
        Column("second", "float", "Mean of the second.", required=False),
        Column("difference", "float", "First minus second; of learning and layers a slope."),
        Column("ci_low", "float", "Lower end of its 95 % interval.", required=False),
        Column("ci_high", "float", "Upper end of that interval.", required=False),
        Column("test", "str", "Name of the test."),
        Column("statistic", "float", "Student's t.", required=False),
        Column("df", "float", "Its degrees of freedom.", required=False),
        Column(
            "p",
            "float",
            f"Two-sided p value; empty for fewer than {FEWEST} participants or units.",
            minimum=0,
            maximum=1,
            required=False,
        ),
        Column(
            "p_corrected",
            "float",
            "The same corrected for the number of secondary questions, as declared (by default "
            "Holm's correction); declared ones count if they have no answer, too; empty for the "
            "primary question.",
            minimum=0,
            maximum=1,
            required=False,
        ),
        Column("effect", "float", "Standardised difference.", required=False),
        Column(
            "effect_name",
            "str",
            "What it is: d_z (d of chance), mean by SD of participants' differences; empty where "
            "all are equal.",
            required=False,
        ),
        Column("effect_low", "float", "Lower end of its 95 % interval.", required=False),
        Column("effect_high", "float", "Upper end of that interval.", required=False),
        Column(
            "bf10",
            "float",
            "Bayes factor of a difference against none (JZS, Cauchy prior of scale .707), over "
            "participants.",
            minimum=0,
            required=False,
        ),
        Column(
            "smallest_effect",
            "float",
            "The smallest difference in accuracy that matters, as declared.",
            unit="0–1",
            required=False,
        ),
        Column(
            "equivalence_p",
            "float",
            "P value of two one-sided tests: is the difference smaller than that?",
            minimum=0,
            maximum=1,
            required=False,
        ),
        Column(
            "verdict",
            "str",
            "equivalent where equivalence_p < .05, whatever p is; else larger or smaller where p "
            "(p_corrected of secondary questions) < .05; else undecided.",
            levels=(LARGER, SMALLER, EQUIVALENT, UNDECIDED),
        ),
        Column(
            "decides",
            "bool",
            "Whether the question is decided by this row or by the other: by that over "
            "participants and units, unless the study file declares the other.",
        ),
        Column("declared", "bool", "Whether the study file names the question."),
        Column("remark", "str", "Why there is no interval or test.", required=False),
    ),
    key=("experiment", "role", "question", "measure", "comparison", "scheme", "over"),
)


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
    number = len(asked.secondary) if asked.secondary_declared else 0
    for over in (PARTICIPANTS, BOTH):
        family = (frame["role"] == SECONDARY) & (frame["over"] == over)
        frame.loc[family, "p_corrected"] = corrected(
            frame.loc[family, "p"].to_numpy(float), analysis.correction, number
        )
    frame["verdict"] = [verdict(row) for row in frame.to_dict("records")]
    return frame


def verdict(row: Mapping[Hashable, Any]) -> str:
    """What is decided by a row of the table."""
    if row["equivalence_p"] < ALPHA:
        return EQUIVALENT
    p = row["p"] if row["role"] == PRIMARY else row["p_corrected"]
    if not p < ALPHA:
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
    # A difference in points is the smallest that matters of accuracies, not of their changes.
    of_levels = question.measure == ACCURACY.name and question.name in (CONDITION, CHANCE)
    bound = smallest if of_levels else None
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
