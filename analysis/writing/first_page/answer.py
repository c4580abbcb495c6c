"""The answer to a study's primary question in sentences: what holds, and for whom."""

import math

from analysis.data.measures import ACCURACY, CONFIDENCE, RT
from analysis.result_columns import ALL
from analysis.statistics.inference.crossed import BOTH
from analysis.statistics.questions import EQUIVALENT, LARGER, PRIMARY, SMALLER
from analysis.statistics.results import Results
from analysis.wording import counted, listed, number, p_value, percent, signed, with_condition
from analysis.writing.first_page.questions import (
    asked,
    deciding,
    difference,
    difference_with_interval,
    population,
    sides,
    told,
    unit_of,
)
from analysis.writing.first_page.unanswered import unanswered
from analysis.writing.page_table import Row, records
from conditions.study.asked.questions import CHANCE
from conditions.study.kinds.kind import NONE

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# More, less, and alike: of trials, seconds, and levels of confidence.
_COMPARED = {
    ACCURACY.name: ("were right more often", "were right less often", "about as often right"),
    RT.name: ("took longer", "took less long", "about as fast"),
    CONFIDENCE.name: ("were more confident", "were less confident", "about as confident"),
}


def headline(result: Results) -> str:
    """The answer to the primary question in one sentence."""
    rows = asked(result, PRIMARY)
    if not rows:
        return _alone(result)
    row = deciding(rows)
    first, second = (with_condition(name) for name in sides(row, result.dataset.conditions))
    if row["question"] == CHANCE:
        second = "by chance"
    more, less, alike = _COMPARED[row["measure"]]
    unit = unit_of(row)
    means = f"{told(row, 'first')} against {told(row, 'second')}"
    if row["measure"] == ACCURACY.name:
        means = f"in {means} of trials"
    found = f"{means}, a difference of {difference_with_interval(row)}"
    if row["verdict"] in (LARGER, SMALLER):
        what = more if row["verdict"] == LARGER else less
        return f"People {what} {first} than {second}: {found}."
    if row["verdict"] == EQUIVALENT:
        bound = f"{unit.scale * row['smallest_effect']:g}"
        text = (
            f"People were {alike} {first} as {second}: {found}. The difference is smaller than the "
            f"{bound}{unit.difference} that were declared{_late(result, 'smallest_effect')} as the "
            "smallest that matter."
        )
        small = row["ci_low"] is not None and row["ci_low"] * row["ci_high"] > 0
        return f"{text} It is not zero, though." if small else text
    return f"Whether people {more} {first} than {second} is not decided: {found}."


def primary_paragraphs(result: Results) -> list[str]:
    """For whom the answer holds, how large it is, what was asked, and what has no answer."""
    rows = asked(result, PRIMARY)
    if not rows:
        return unanswered(result)
    texts = [" ".join(_for_whom(row) for row in rows)]
    of_people = next((row for row in rows if row["effect"] is not None), None)
    if of_people is not None:
        texts.append(_size(of_people))
    if (text := _equivalence(rows, _late(result, "smallest_effect"))) is not None:
        texts.append(text)
    texts.append(
        f"The study file names this{_late(result, 'primary')} as its primary question."
        if rows[0]["declared"]
        else "No primary question was declared; this is the usual one: photographs against the "
        "next kind of reference, or the only kind against none, or against chance (50 %)."
    )
    if (text := _apart(result, rows[0])) is not None:
        texts.append(text)
    return [*texts, *unanswered(result)]


def _apart(result: Results, row: Row) -> str | None:
    """That the two conditions were never shown alike, so that their schemes are compared too."""
    dataset = result.dataset
    if row["question"] == CHANCE:
        return None
    names = sides(row, dataset.conditions)
    main = dataset.main
    first, second = (set(main.loc[main["condition"] == name, "scheme"]) for name in names)
    if NONE in names or not first or not second or first & second:
        return None
    return (
        f"The two were never shown in the same scheme: {names[0]} with {listed(sorted(first))}, "
        f"{names[1]} with {listed(sorted(second))}. What differs may be the schemes."
    )


def _alone(result: Results) -> str:
    """Where there is nothing to compare: how often people were right."""
    table = result.table("accuracy")
    rows = records(table[(table["scheme"] == ALL) & (table["expertise"] == ALL)])
    parts = []
    for row in rows:
        text = f"in {percent(row['accuracy'])} % of trials {with_condition(row['condition'])}"
        if row["ci_low"] is not None:
            text += (
                f" (95 % interval {percent(row['ci_low'])} to {percent(row['ci_high'])} %, for "
                "other people and these units)"
            )
        parts.append(text)
    return f"People were right {listed(parts)}. No two conditions were compared."


def _for_whom(row: Row) -> str:
    """The difference for one population, with its test."""
    text = f"For {population(row)}: {difference(row)}"
    if row["ci_low"] is None:
        return f"{text}, without an interval ({row['remark'] or 'it is not defined'})."
    unit = unit_of(row)
    low, high = (signed(unit.scale * row[end], unit.digits) for end in ("ci_low", "ci_high"))
    text += f", 95 % interval {low} to {high}"
    if row["p"] is None:
        return f"{text} ({row['remark'] or 'nothing is tested'})."
    sample = counted(row["n_participants"], "participant")
    if row["over"] == BOTH:
        sample += f" and {counted(row['n_units'], 'unit')}"
    df = f"{row['df']:.1f}".removesuffix(".0")
    return (
        f"{text} ({row['test']}; {sample}, t({df}) = {number(row['statistic'])}, "
        f"p {p_value(row['p'])})."
    )


def _size(row: Row) -> str:
    name = {"d_z": "Cohen's d_z", "d": "Cohen's d"}.get(row["effect_name"], row["effect_name"])
    text = f"Standardised over participants: {name} = {number(row['effect'])}"
    if row["effect_low"] is not None:
        low, high = number(row["effect_low"]), number(row["effect_high"])
        text += f" (95 % interval {low} to {high})"
    if row["bf10"] is not None:
        text += (
            f"; Bayes factor BF₁₀ {_bayes(row['bf10'])} of a difference against none "
            "(for these units)"
        )
    return text + "."


def _bayes(factor: float) -> str:
    """A Bayes factor with its relation; large ones as powers of ten.

    >>> _bayes(20.22), _bayes(0.08), _bayes(101409.7), _bayes(float("inf"))
    ('= 20.2', '= 0.08', '= 1.0 × 10⁵', '> 10³⁰⁰')
    """
    if math.isinf(factor):
        return "> 10³⁰⁰"
    if factor < 1e4:
        return f"= {factor:.3g}" if factor < 1e3 else f"= {factor:.0f}"
    mantissa, power = f"{factor:.1e}".split("e+")
    return f"= {mantissa} × 10{str(int(power)).translate(_RAISED)}"


def _late(result: Results, field: str) -> str:
    """For a field of the analysis that said something else when participants came: since when."""
    late = f"analysis.{field}" in result.dataset.changed
    return " (since participants came, see below)" if late else ""


def _equivalence(rows: list[Row], late: str) -> str | None:
    """The test against the smallest difference that matters; None where it has no sense."""
    row = rows[0]
    if row["measure"] != ACCURACY.name:
        return None
    if row["smallest_effect"] is None:
        return "No smallest effect of interest was declared, so equivalence was not tested."
    bound = f"{100 * row['smallest_effect']:g}"
    parts = [
        f"p {p_value(one['equivalence_p'])} for {population(one)}"
        for one in rows
        if one["equivalence_p"] is not None
    ]
    if not parts:
        return None
    return (
        f"Is the difference smaller than ±{bound} percentage points, declared{late} as the "
        f"smallest that matters? Equivalence (two one-sided tests): {listed(parts)}."
    )
