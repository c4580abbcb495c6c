"""The details of a report: what opens below the answers, a subject each."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.statistics.results import Results
from analysis.writing.details import answering_tables, descriptive_tables, model_tables
from analysis.writing.methods import declared_rules
from analysis.writing.page import Shown
from analysis.writing.page_table import PageTable
from analysis.writing.paragraphs import (
    baseline_paragraph,
    confidence_paragraph,
    expertise_paragraph,
    learning_paragraph,
    ratings_paragraph,
    repeats_paragraph,
    schemes_paragraph,
)
from analysis.writing.sentences import (
    accuracy_paragraph,
    model_paragraph,
    times_and_confidence_paragraph,
)

# More than these with a preference of a side would fill pages.
MOST_NAMED = 10


@dataclass(frozen=True)
class Detail:
    """A subject: sentences, figures and tables."""

    title: str
    paragraphs: list[str]
    figures: list[Shown]
    tables: list[PageTable]


def details(result: Results, figures: Mapping[str, Shown]) -> list[Detail]:
    """All subjects on which there is something to show.

    Parameters
    ----------
    result : Results
        Of one experiment.
    figures : mapping
        Its figures, by name.
    """
    tables, answering = descriptive_tables, answering_tables
    found = [
        _detail(
            "Conditions",
            [accuracy_paragraph(result), times_and_confidence_paragraph(result)],
            [figures.get("by_condition")],
            [tables.accuracy(result)],
        ),
        _detail(
            "Reference schemes",
            [schemes_paragraph(result)],
            [figures.get("schemes")],
            [answering.trends(result, "interaction", "references")],
        ),
        _detail(
            "Experts and lay people", [expertise_paragraph(result)], [figures.get("expertise")], []
        ),
        _detail(
            _titled(figures, "layers", "Accuracy by layers and branches"),
            [],
            [figures.get("layers")],
            [answering.trends(result, "layer", "branch")],
        ),
        _detail(
            "Units",
            [],
            [figures.get("units")],
            [tables.agreement(result), answering.reliability(result)],
        ),
        _detail(
            _titled(figures, "learning", "Accuracy over blocks"),
            [learning_paragraph(result), baseline_paragraph(result)],
            [figures.get("learning")],
            [answering.trends(result, "learning")],
        ),
        _detail(
            "Confidence and correctness",
            [confidence_paragraph(result)],
            [figures.get("confidence")],
            [answering.confidence(result), answering.metacognition(result)],
        ),
        _detail(
            "Sensitivity and side bias", [_biased(result)], [], [answering.sensitivity(result)]
        ),
        _detail("Repeated trials", [repeats_paragraph(result)], [], [answering.repeats(result)]),
        _detail(
            "Intuitiveness ratings",
            [ratings_paragraph(result)],
            [figures.get("intuitiveness")],
            [answering.ratings(result)],
        ),
        _detail(
            "Mixed models",
            [model_paragraph(result), *result.remarks],
            [],
            model_tables.models(result),
        ),
        _detail("All tests of ranks", [], [], [tables.tests(result)]),
        _detail("Means by one factor at a time", [], [], tables.measures(result)),
        _detail(
            "Exclusions, catch trials, practice, odd times",
            [_rules(result)],
            [],
            [
                *tables.exclusions(result),
                *tables.catch_and_practice(result),
                answering.times(result),
            ],
        ),
    ]
    return [one for one in found if one.figures or one.tables or one.paragraphs]


def _detail(
    title: str,
    paragraphs: list[str],
    figures: list[Shown | None],
    tables: list[PageTable | None] | list[PageTable],
) -> Detail:
    return Detail(
        title,
        [text for text in paragraphs if text],
        [figure for figure in figures if figure],
        [table for table in tables if table],
    )


def _biased(result: Results) -> str:
    """Who prefers a side, and which; of many only how many. Empty where nobody does."""
    table = result.table("participant_sensitivity")
    people = table[table["remark"].notna()]
    if len(people) > MOST_NAMED:
        return (
            f"{len(people)} of {table['participant'].nunique()} participants have a strong bias "
            "for the upper or the lower image: participant_sensitivity.csv names them."
        )
    return " ".join(
        f"Participant {row['participant']}: {row['remark'].removesuffix('.')}."
        for row in people.to_dict("records")
    )


def _titled(figures: Mapping[str, Shown], name: str, usual: str) -> str:
    """The title of a figure, which says what is drawn; another where there is no figure."""
    return figures[name].title if name in figures else usual


def _rules(result: Results) -> str:
    rules = declared_rules(result.dataset)
    if not rules:
        return "No exclusions were declared: nothing was left out."
    text = f"Declared to be left out: {'; '.join(rules)}."
    if result.table("exclusions").empty:
        text += " Nobody fell under a rule: nothing was left out."
    return text
