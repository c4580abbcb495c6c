"""Declared questions that the data cannot answer: none of them goes missing silently."""

from analysis.statistics.questions import PRIMARY, SECONDARY, asked_of
from analysis.statistics.results import Results
from conditions.study.asked.questions import (
    CHANCE,
    CONDITION,
    INTERACTION,
    LAYERS,
    LEARNING,
    Question,
)

# What no participant has, where there is nothing to compute.
_LACKING = {
    CHANCE: "nobody has answers",
    CONDITION: "nobody has answers in both conditions",
    INTERACTION: "nobody has answers in both conditions with the most and the fewest references",
    LEARNING: "nobody has answers in several blocks of both conditions",
    LAYERS: "nobody has answers on units of several layers in both conditions",
}


def unanswered(result: Results) -> list[str]:
    """A sentence for each question of the study file that has no row in the table of questions."""
    asked, table = asked_of(result.dataset), result.table("questions")
    answered = {
        tuple(row) for row in table[["role", "question", "measure", "comparison"]].to_numpy()
    }
    declared: list[tuple[str, Question]] = []
    if asked.primary is not None and asked.primary_declared:
        declared.append((PRIMARY, asked.primary))
    if asked.secondary_declared:
        declared += [(SECONDARY, question) for question in asked.secondary]
    counts = {SECONDARY: " It counts in their correction."}
    if result.dataset.analysis.correction == "none":
        counts = {}
    return [
        f"The {role} question that the study file declares, {question.in_short}, has no answer: "
        f"{_LACKING[question.name]}.{counts.get(role, '')}"
        for role, question in declared
        if (role, question.name, question.measure, question.comparison) not in answered
    ]
