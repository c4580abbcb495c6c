"""What a study file asks and the data cannot answer is said, on the page and in the text."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.data.dataset import Dataset
from analysis.statistics.questions import QUESTIONS_TABLE, questions_table
from analysis.statistics.results import Results
from analysis.writing.first_page.answer import primary_paragraphs
from analysis.writing.first_page.unanswered import unanswered
from conditions.study.asked.questions import Analysis, Designed
from conditions.study.asked.usual import questions_of


def asked_of(dataset: Dataset, trials: pd.DataFrame, **declared: object) -> Results:
    """Some of the trials of a study that declares these questions."""
    analysis = Analysis.model_validate(declared)
    questions = questions_of(analysis, dataset.conditions, dataset.kinds.photographs, Designed(1))
    fewer = replace(dataset, trials=trials, analysis=analysis, questions=questions)
    return Results(fewer, {"questions": (QUESTIONS_TABLE, questions_table(fewer))})


@pytest.mark.parametrize(
    ("leave", "lacking"),
    [
        (lambda t: t["turn"].ne(9), []),
        (lambda t: t["turn"].eq(1), ["learning"]),
        (lambda t: t["layer"].eq("mixed3a"), ["layers"]),
        (
            lambda t: t["condition"].ne("natural"),
            ["primary", "rt: natural - none", "learning", "layers"],
        ),
    ],
)
def test_declared_questions_without_an_answer_are_said(experiment_1, leave, lacking):
    trials = experiment_1.trials
    secondary = ["rt: natural - none", "synthetic - none", "learning", "layers"]
    declared = {"primary": "natural - synthetic", "secondary": secondary}
    result = asked_of(experiment_1, trials[leave(trials).fillna(False)], **declared)
    said = unanswered(result)
    assert len(said) == len(lacking)
    for text, words in zip(said, lacking, strict=True):
        assert words in text
        assert " has no answer: nobody has answers " in text
        assert text.endswith(" It counts in their correction.") == (words != "primary")
    assert primary_paragraphs(result)[len(primary_paragraphs(result)) - len(said) :] == said


def test_usual_questions_that_do_not_arise_are_not_missed(experiment_1):
    trials = experiment_1.trials
    assert unanswered(asked_of(experiment_1, trials[trials["condition"] != "none"])) == []
