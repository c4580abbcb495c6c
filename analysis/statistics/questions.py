"""The questions of a study and their answers: the table that a report begins with."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pingouin

from analysis.data.dataset import Dataset, natural_key
from analysis.data.measures import ACCURACY, CONFIDENCE, RT, Measure
from analysis.result_tables import ALL, EXPERIMENT, MEASURE
from analysis.statistics.inference.contrasts import Contrast, contrast_of, slope_of
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS
from analysis.statistics.inference.differences import (
    FEWEST,
    MOSTLY,
    Difference,
    over_both,
    over_participants,
)
from conditions.study.questions import (
    CONDITION,
    INTERACTION,
    LEARNING,
    Designed,
    Question,
    Questions,
    questions_of,
)
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
            "condition: two conditions differ; interaction: their difference depends on the "
            "scheme; learning: change from block to block, mean of both conditions; layers: "
            "change of their difference from one layer to the next.",
        ),
        MEASURE,
        Column("comparison", "str", "Conditions, first minus second."),
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
            "What it is: d_z, mean by SD of participants' differences; empty where all are equal.",
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


def corrected(p_values: np.ndarray, correction: str, number: int = 0) -> np.ndarray:
    """P values of a family, corrected for their number, but for the declared one at least.

    NaN stays NaN; of questions without a p value those count that are declared.
    """
    found, known = np.full(len(p_values), np.nan), ~np.isnan(p_values)
    if correction == "none" or not known.any():
        return p_values.copy()
    method = {"holm": "holm", "bonferroni": "bonf"}[correction]
    n = int(known.sum())
    family = np.concatenate([p_values[known], np.ones(max(0, number - n))])
    found[known] = pingouin.multicomp(family, method=method)[1][:n]
    return found


def _rows(
    dataset: Dataset, question: Question, role: str, declared: bool, smallest: float | None
) -> list[dict[str, Any]]:
    measure = MEASURES[question.measure]
    contrast, scheme, cells = _contrast(dataset, question, measure)
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
    # A difference in points is the smallest that matters between conditions only.
    of_difference = question.measure == ACCURACY.name and question.name == CONDITION
    bound = smallest if of_difference else None
    return [
        common | _answer(found, measure, bound) | {"decides": found.over == dataset.analysis.over}
        for found in (over_participants(contrast), over_both(contrast, cells))
    ]


def _answer(found: Difference, measure: Measure, smallest: float | None) -> dict[str, Any]:
    low, high = found.interval
    widest = measure.limits[1] - measure.limits[0]
    effect, effect_low, effect_high = found.standardised
    return {
        "over": found.over,
        "n_participants": found.n_participants,
        "n_units": found.n_units,
        "first": found.first,
        "second": found.second,
        "difference": found.difference,
        "ci_low": float(np.maximum(low, -widest)),
        "ci_high": float(np.minimum(high, widest)),
        "test": found.test,
        "statistic": found.statistic,
        "df": found.df,
        "p": found.p,
        "p_corrected": np.nan,
        "effect": effect,
        "effect_name": None if np.isnan(effect) else "d_z",
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


def _contrast(
    dataset: Dataset, question: Question, measure: Measure
) -> tuple[Contrast | None, str, np.ndarray | None]:
    """The contrast of a question, its scheme in the table, and differences on paired units."""
    main = dataset.main
    first, second = (main[main["condition"] == c] for c in (question.first, question.second))
    if question.name == CONDITION:
        contrast = contrast_of(measure, [first], [second])
        cells = _paired_cells(measure, first, second) if contrast else None
        return contrast, ALL, cells
    if question.name == INTERACTION:
        many, few = most_and_fewest(dataset.schemes)
        trials = [
            [side[side["scheme"].isin(schemes)] for side in (first, second)]
            for schemes in (many, few)
        ]
        return contrast_of(measure, *trials), f"{', '.join(many)} - {', '.join(few)}", None
    if question.name == LEARNING:
        first, second = (trials.assign(x=trials["turn"]) for trials in (first, second))
        return slope_of(measure, first, second, (0.5, 0.5)), ALL, None
    layers = sorted(main["layer"].dropna().unique(), key=natural_key)
    place = {layer: i for i, layer in enumerate(layers)}
    first, second = (trials.assign(x=trials["layer"].map(place)) for trials in (first, second))
    return slope_of(measure, first, second, (1.0, -1.0)), ALL, None


def most_and_fewest(schemes: list[str]) -> tuple[list[str], list[str]]:
    """The schemes with the most references and those with the fewest.

    Where all have equally many: the last and the first.

    >>> most_and_fewest(["Max-1", "Min-Max-1", "Max-9"])
    (['Max-9'], ['Max-1', 'Min-Max-1'])
    """
    if len(schemes) < 2:
        return schemes, []
    counts = {scheme: scheme.rpartition("-")[2] for scheme in schemes}
    # Schemes are in the order of their numbers.
    most, fewest = counts[schemes[-1]], counts[schemes[0]]
    if most == fewest:
        return schemes[-1:], schemes[:1]
    many, few = ([s for s, n in counts.items() if n == wanted] for wanted in (most, fewest))
    return many, few


def _paired_cells(measure: Measure, first: pd.DataFrame, second: pd.DataFrame) -> np.ndarray | None:
    """Differences by participant and unit; None where less than most trials are in such pairs."""
    key = ["participant", "unit"]
    sides = [
        trials[key].assign(value=measure.values(trials).astype("float64")).dropna()
        for trials in (first, second)
    ]
    cells = [side.groupby(key)["value"].mean() for side in sides]
    both = (cells[0] - cells[1]).dropna().round(12)
    paired = [pd.MultiIndex.from_frame(side[key]).isin(both.index).mean() for side in sides]
    return both.unstack().to_numpy(float) if min(paired) >= MOSTLY else None
