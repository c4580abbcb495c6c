"""The further questions of a study: a table for the page, sentences for a text."""

from analysis.statistics.inference.crossed import PARTICIPANTS
from analysis.statistics.questions import EQUIVALENT, LARGER, SECONDARY, SMALLER
from analysis.statistics.results import Results
from analysis.wording import p_value, signed
from analysis.writing.first_page.questions import (
    asked,
    deciding,
    difference_with_interval,
    interval,
    question_words,
    told,
    unit_of,
)
from analysis.writing.page_table import Cell, PageTable, Row, page_table, words

_VERDICTS = {LARGER: "larger", SMALLER: "smaller", EQUIVALENT: "equivalent"}
_CORRECTIONS = {
    "holm": "corrected by Holm's method for the number of further questions",
    "bonferroni": "corrected by Bonferroni's method for the number of further questions",
    "none": "not corrected for the number of further questions, as declared",
}


def secondary_table(result: Results) -> PageTable | None:
    """The further questions, a row for each population."""
    rows = asked(result, SECONDARY)
    dataset = result.dataset
    shown: list[Row] = []
    for row in rows:
        label = question_words(row, dataset.conditions)
        repeated = bool(shown) and shown[-1]["whole"] == label
        shown.append(row | {"whole": label, "label": "" if repeated else label})
    how = "named in the study file" if rows and rows[0]["declared"] else "the usual ones"
    return page_table(
        f"Further questions ({how}). Differences are first minus second with 95 % intervals; p is "
        f"{_CORRECTIONS[dataset.analysis.correction]}. Each is decided by the row for other "
        f"{_decider(dataset.analysis.over)}.",
        shown,
        [
            words("label", "Question"),
            Cell("first", lambda row: told(row, "first")),
            Cell("second", lambda row: told(row, "second")),
            Cell("difference", _difference_cell),
            Cell("for other", _others, numeric=False),
            Cell("p", _p_cell),
            Cell("difference is", _verdict_cell, numeric=False),
        ],
        parts=lambda row: row["whole"],
    )


def secondary_sentences(result: Results) -> str:
    """The further questions for a text, a sentence each; empty without any."""
    rows = asked(result, SECONDARY)
    if not rows:
        return ""
    by_question: dict[str, list[Row]] = {}
    for row in rows:
        label = question_words(row, result.dataset.conditions)
        by_question.setdefault(label, []).append(row)
    texts = []
    for label, populations in by_question.items():
        # The difference is the same for both populations, its interval is not.
        first, *others = populations
        parts = [difference_with_interval(first) + _p_words(first)]
        parts += [
            interval(row) + _p_words(row)
            for row in others
            if row["remark"] != first["remark"] or row["ci_low"] is not None
        ]
        verdict = _verdict_cell(deciding(populations))
        texts.append(f"{label}: {'; '.join(parts)} ({verdict}).")
    correction = _CORRECTIONS[result.dataset.analysis.correction]
    return f"Further questions (p {correction}). " + " ".join(texts)


def _p_words(row: Row) -> str:
    p = row["p_corrected"]
    return "" if p is None else f", p {p_value(p)}"


def _decider(over: str) -> str:
    return "people" if over == PARTICIPANTS else "people and units"


def _others(row: Row) -> str:
    # With spaces that do not break.
    return _decider(row["over"]).replace(" ", "\xa0")


def _p_cell(row: Row) -> str:
    p = row["p_corrected"]
    return "–" if p is None else p_value(p).removeprefix("= ")


def _difference_cell(row: Row) -> str:
    unit = unit_of(row)
    values = [row["difference"], row["ci_low"], row["ci_high"]]
    middle, low, high = (
        "–" if value is None else signed(unit.scale * value, unit.digits) for value in values
    )
    interval = "" if row["ci_low"] is None else f" [{low}, {high}]"
    return f"{middle}{unit.short}{interval}"


def _verdict_cell(row: Row) -> str:
    if row["p_corrected"] is None and row["equivalence_p"] is None:
        return "not tested"
    return _VERDICTS.get(row["verdict"], "not decided")
