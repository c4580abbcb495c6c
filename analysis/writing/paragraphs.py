"""Paragraphs about single questions, from schemes to intuitiveness ratings."""

import pandas as pd

from analysis.data.tidy_table import AFTER, BEFORE
from analysis.result_columns import ALL
from analysis.statistics.results import Results
from analysis.wording import (
    listed,
    percent,
    percent_error,
    plus_minus,
    test_words,
    with_condition,
)
from conditions.study.kinds.kind import NONE

EXPERTISE_WORDS = {"expert": "experts", "naive": "lay people", "lay": "lay people"}


def schemes_paragraph(result: Results) -> str:
    """Accuracy of each scheme. Empty where the data has none."""
    dataset, table = result.dataset, result.table("accuracy")
    if len(dataset.schemes) < 2:
        return ""
    rows = table[table["expertise"] == ALL].set_index(["scheme", "condition"])
    tests = result.table("tests")
    sentences = []
    for scheme in dataset.schemes:
        parts = [
            f"{percent_error(rows['accuracy'][scheme, c], rows['sem'][scheme, c])} {c}"
            for c in dataset.conditions
            if (scheme, c) in rows.index
        ]
        chosen = tests[(tests["scheme"] == scheme) & (tests["measure"] == "accuracy")]
        tested = ""
        if len(chosen) and chosen["n"].iloc[0]:
            # Of more than two conditions, the first pair; the others are in the table of tests.
            pair = f"{chosen['comparison'].iloc[0]}: " if len(chosen) > 1 else ""
            tested = f" ({pair}{test_words(chosen.iloc[0])})"
        sentences.append(f"With {scheme}, accuracy was {listed(parts)}{tested}.")
    return " ".join(sentences)


def expertise_paragraph(result: Results) -> str:
    """Accuracy of experts and lay people. Empty where the data has none."""
    dataset, table = result.dataset, result.table("accuracy")
    if len(dataset.expertises) < 2:
        return ""
    rows = table[table["scheme"] == ALL].set_index(["condition", "expertise"])
    tests = result.table("tests")
    sentences = []
    for condition in dataset.conditions:
        parts = [
            f"{EXPERTISE_WORDS.get(level, level)} "
            f"{percent_error(rows['accuracy'][condition, level], rows['sem'][condition, level])} "
            f"(n = {rows['n_participants'][condition, level]})"
            for level in dataset.expertises
            if (condition, level) in rows.index
        ]
        first, second = dataset.expertises[:2]
        chosen = tests[
            (tests["measure"] == "accuracy")
            & (tests["comparison"] == f"{first} - {second} ({condition})")
        ]
        tested = f"; {test_words(chosen.iloc[0])}" if len(chosen) else ""
        sentences.append(f"{with_condition(condition).capitalize()}: {listed(parts)}{tested}.")
    return "Accuracy by expertise. " + " ".join(sentences)


def baseline_paragraph(result: Results) -> str:
    """Accuracy without references, before and after. Empty where the data has none."""
    table, tests = result.table("measures"), result.table("tests")
    rows = table[(table["measure"] == "accuracy") & (table["factor"] == "baseline")]
    rows = rows.set_index("level")
    if not {BEFORE, AFTER} <= set(rows.index):
        return ""
    chosen = tests[
        (tests["measure"] == "accuracy") & (tests["comparison"] == f"after - before ({NONE})")
    ]
    tested = f" ({test_words(chosen.iloc[0])})" if chosen["n"].iloc[0] > 1 else ""
    return (
        "Without references, accuracy was "
        f"{percent_error(rows['mean'][BEFORE], rows['sem'][BEFORE])} before and "
        f"{percent_error(rows['mean'][AFTER], rows['sem'][AFTER])} after the trials with references"
        f"{tested}."
    )


def learning_paragraph(result: Results) -> str:
    """Accuracy over the blocks of a condition. Empty where the data has none."""
    table = result.table("measures")
    rows = table[(table["measure"] == "accuracy") & (table["factor"] == "turn")]
    parts = []
    for condition in result.dataset.conditions:
        blocks = rows[rows["condition"] == condition].sort_values("level", key=pd.to_numeric)
        if len(blocks) > 1:
            means = ", ".join(percent(mean) for mean in blocks["mean"])
            parts.append(f"{means} % {with_condition(condition)}")
    return f"Over the blocks of a condition, accuracy was {listed(parts)}." if parts else ""


def confidence_paragraph(result: Results) -> str:
    """Type-2 AUROC. Empty where the data has none."""
    rows = result.table("type2_auroc").to_dict("records")
    parts = [
        f"{plus_minus(row['auroc'], row['sem'])} {with_condition(row['condition'])} "
        f"(n = {row['n_participants']})"
        for row in rows
    ]
    return f"The type-2 AUROC of confidence was {listed(parts)}." if parts else ""


def repeats_paragraph(result: Results) -> str:
    """Choices in repeated trials. Empty where the data has none."""
    table = result.table("repeats")
    rows = table[table["measure"] == "same_choice"].to_dict("records")
    parts = [
        f"{percent_error(row['mean'], row['sem'])} {with_condition(row['condition'])}"
        for row in rows
    ]
    return (
        f"In repeated trials the same image was chosen again in {listed(parts)}." if parts else ""
    )


def ratings_paragraph(result: Results) -> str:
    """Intuitiveness ratings and their change. Empty where the data has none."""
    table = result.table("intuitiveness")
    rows = table[(table["unit"] == ALL) & (table["expertise"] == ALL)].set_index("moment")
    if rows.empty:
        return ""
    parts = [
        f"{plus_minus(rows['mean'][moment], rows['sem'][moment], 1)} at the {moment}"
        for moment in ("beginning", "end")
        if moment in rows.index
    ]
    left, right = result.dataset.kinds.rated or ("left", "right")
    text = (
        f"{left.capitalize()} images, as an explanation of {right} ones, were rated (−100 not "
        f"intuitive, 100 intuitive) {listed(parts)}."
    )
    tests = result.table("tests")
    chosen = tests[tests["measure"] == "intuitiveness"]
    if len(chosen) and chosen["n"].iloc[0] > 1:
        change = plus_minus(rows["mean"]["change"], rows["sem"]["change"], 1)
        text += f" Change: {change} ({test_words(chosen.iloc[0])})."
    return text
