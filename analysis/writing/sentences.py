"""Sentences for a paper: what was found, in the field's form."""

import math

from analysis.result_columns import ALL
from analysis.statistics.models.model_terms import mean_of_schemes
from analysis.statistics.results import Results
from analysis.wording import (
    counted,
    listed,
    measure_word,
    number,
    p_value,
    percent,
    percent_error,
    plus_minus,
    signed,
    test_words,
    with_condition,
)
from analysis.writing.first_page.answer import headline, primary_paragraphs
from analysis.writing.first_page.further_questions import secondary_sentences
from analysis.writing.page_table import Row, records
from analysis.writing.paragraphs import (
    baseline_paragraph,
    confidence_paragraph,
    expertise_paragraph,
    learning_paragraph,
    ratings_paragraph,
    repeats_paragraph,
    schemes_paragraph,
)

EXPLORATION = (
    "What follows was not asked beforehand: it may suggest questions, and answers none. Errors, "
    "intervals and tests are about other people and these units, where nothing else is said. Where "
    "a pair was asked about above, the answer above holds: tests here are by ranks, and corrected "
    "for other comparisons."
)


def results_text(results: list[Results]) -> str:
    """The text of ``results.txt``: one paragraph a question, for each experiment."""
    paragraphs = []
    for result in results:
        paragraphs += [f"Results: {result.dataset.title}", *result_paragraphs(result)]
    return "\n\n".join(paragraphs) + "\n"


def result_paragraphs(result: Results) -> list[str]:
    """The answers, then one paragraph a subject on what was not asked, as far as there is any."""
    answers = [headline(result), *primary_paragraphs(result), secondary_sentences(result)]
    exploration = [
        accuracy_paragraph(result),
        times_and_confidence_paragraph(result),
        model_paragraph(result),
        schemes_paragraph(result),
        expertise_paragraph(result),
        baseline_paragraph(result),
        learning_paragraph(result),
        confidence_paragraph(result),
        repeats_paragraph(result),
        ratings_paragraph(result),
    ]
    return [*filter(None, answers), EXPLORATION, *filter(None, [*exploration, *result.remarks])]


def accuracy_paragraph(result: Results) -> str:
    """How often people were right in each condition, with the tests of ranks."""
    dataset, table = result.dataset, result.table("accuracy")
    rows = table[(table["scheme"] == ALL) & (table["expertise"] == ALL)]
    parts = []
    for row in rows.to_dict("records"):
        text = (
            f"in {percent_error(row['accuracy'], row['sem'])} of trials "
            f"{with_condition(row['condition'])} ({row['n_correct']} of {row['n_trials']}"
        )
        if row["n_participants"] > 1:
            text += f"; 95 % interval {percent(row['ci_low'])} to {percent(row['ci_high'])} %"
        parts.append(text + ")")
    catch = result.table("catch_trials")
    catch = catch[catch["participant"].isin(dataset.participants)]
    error = " (mean ± 2 SEM over participants)" if rows["sem"].notna().any() else ""
    sentence = (
        f"{counted(len(dataset.participants), 'participant')} answered {len(dataset.main)} main "
        f"trials. They were correct {listed(parts)}{error}."
    )
    sentence += _tests(result, "accuracy")
    if len(catch):
        sentence += (
            f" Catch trials were answered correctly in {catch['n_correct'].sum()} of "
            f"{catch['n_trials'].sum()} cases."
        )
    return sentence


def times_and_confidence_paragraph(result: Results) -> str:
    """Reaction times and confidence in each condition, with the tests of ranks."""
    table = result.table("measures")
    sentences = []
    for measure, unit in (("rt", " s"), ("rt_correct", " s"), ("confidence", "")):
        rows = table[(table["measure"] == measure) & (table["factor"] == ALL)]
        means = rows.set_index("condition")
        parts = [
            f"{plus_minus(means['mean'][c], means['sem'][c])}{unit} {with_condition(c)}"
            for c in result.dataset.conditions
            if c in means.index
        ]
        if parts:
            name = measure_word(measure).capitalize()
            sentence = f"{name} was {listed(parts)}."
            sentences.append(sentence + _tests(result, measure))
    return " ".join(sentences)


def _tests(result: Results, measure: str) -> str:
    """The first condition against each other one; all pairs are in the table of tests."""
    table = result.table("tests")
    rows = table[(table["measure"] == measure) & (table["scheme"] == ALL)]
    first, *others = result.dataset.conditions
    text = ""
    for other in others:
        chosen = rows[rows["comparison"] == f"{first} - {other}"]
        if len(chosen) and chosen["n"].iloc[0] > 1:
            text += f" {first.capitalize()} against {other}: {test_words(chosen.iloc[0])}."
    return text


def model_paragraph(result: Results) -> str:
    """What the mixed model says of conditions; empty where it was not fitted."""
    table = result.table("mixed_model")
    if table.empty:
        return ""
    several = len(result.dataset.schemes) > 1
    # With several schemes, of a condition the mean over them, and not its effect in each.
    suffix = mean_of_schemes("").removeprefix("condition ") if several else ""
    rows = [
        row
        for row in records(table)
        if row["term"].startswith("condition ") and row["term"].endswith(suffix)
    ]
    parts = [_effect(row, suffix, result.dataset.conditions[0]) for row in rows]
    if not parts:
        return ""
    where = ", as the mean over schemes," if several else ""
    return (
        "In a logistic mixed model with crossed random intercepts and condition effects of "
        "participants and units, the odds of a correct answer relative to "
        f"{result.dataset.conditions[0]} references{where} were, for other people and other units "
        f"like these: {'; '.join(parts)}. The odds ratio is for the same participant and unit; the "
        "difference in points is the mean over all people and units like these."
    )


def _effect(row: Row, suffix: str, reference: str) -> str:
    condition = str(row["term"]).removeprefix("condition ").removesuffix(suffix)
    text = (
        f"{condition} {number(row['odds_ratio'])} (95 % interval "
        f"{number(math.exp(row['ci_low']))} to {number(math.exp(row['ci_high']))}, "
        f"p {p_value(row['p'])}"
    )
    if row["difference"] is not None:
        points = signed(100 * row["difference"])
        text += f"; {points} points of accuracy against {reference}"
        if row["difference_low"] is not None:
            low, high = signed(100 * row["difference_low"]), signed(100 * row["difference_high"])
            text += f", {low} to {high}"
    return text + ")"
