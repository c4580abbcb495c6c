"""Answers in words: what holds, for whom, and what is not decided."""

from dataclasses import replace

import pytest

from analysis.data.dataset import Dataset
from analysis.figures import answer as figure
from analysis.figures.style.drawing import bars_of
from analysis.result_tables import ACCURACY_TABLE
from analysis.statistics.questions import QUESTIONS_TABLE, questions_table
from analysis.statistics.results import Results
from analysis.statistics.summaries import accuracy_table
from analysis.writing.first_page.answer import headline, primary_paragraphs
from analysis.writing.first_page.further_questions import secondary_sentences, secondary_table
from analysis.writing.first_page.questions import asked, question_words, sides
from analysis.writing.methods import methods_text
from conditions.study.asked.questions import Analysis, Designed
from conditions.study.asked.usual import questions_of
from tests.analysis.simulated import dataset_of_kinds


def answered(dataset: Dataset) -> Results:
    return Results(dataset, {"questions": (QUESTIONS_TABLE, questions_table(dataset))})


def changed(result: Results, over: str, **values: object) -> Results:
    """The same with other values in the rows of the primary question for one population."""
    frame = result.table("questions").copy()
    chosen = (frame["role"] == "primary") & (frame["over"] == over)
    for name, value in values.items():
        frame.loc[chosen, name] = value
    return Results(result.dataset, {"questions": (QUESTIONS_TABLE, frame)})


@pytest.fixture(scope="module")
def published(experiment_1) -> Results:
    return answered(experiment_1)


def test_the_answer_is_one_sentence_with_both_means_interval_and_population(published):
    assert headline(published) == (
        "People were right more often with natural references than with synthetic references: in "
        "92.2 % against 82.0 % of trials, a difference of +10.2 percentage points (95 % interval "
        "+4.2 to +16.2, for other people and other units like these)."
    )


def test_both_populations_size_and_what_was_asked_follow(published):
    whom, size, equivalence, asked_by = primary_paragraphs(published)
    assert "For other people and these 45 units: +10.2 percentage points, 95 % interval" in whom
    assert "10 participants, t(9) = 4.19, p = 0.0023" in whom
    assert "For other people and other units like these: +10.2 percentage points" in whom
    assert "Cohen's d_z = 1.33 (95 % interval 0.35 to 2.31); Bayes factor BF₁₀ = 20.2" in size
    assert "equivalence was not tested" in equivalence
    assert "No primary question was declared" in asked_by
    assert "study file" not in " ".join(primary_paragraphs(published))


def test_the_population_that_was_declared_decides(experiment_1):
    dataset = replace(experiment_1, analysis=Analysis(over="participants"))
    assert "+4.7 to +15.7, for other people and these 45 units" in headline(answered(dataset))


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("smaller", "People were right less often with natural references than with synthetic"),
        ("undecided", "Whether people were right more often with natural references than with"),
        ("equivalent", "People were about as often right with natural references as with"),
    ],
)
def test_a_verdict_in_words(published, verdict, words):
    result = changed(published, "participants and units", verdict=verdict, smallest_effect=0.05)
    assert headline(result).startswith(words)
    assert ("is not decided" in headline(result)) == (verdict == "undecided")
    assert ("smaller than the 5 percentage points" in headline(result)) == (verdict == "equivalent")


def test_a_smallest_effect_is_tested_for_both_populations(experiment_1):
    dataset = replace(experiment_1, analysis=Analysis(smallest_effect=12))
    text = primary_paragraphs(answered(dataset))[2]
    assert "smaller than ±12 percentage points, declared as the smallest that matters" in text
    assert text.count("p = ") == 2


def test_what_was_declared_only_after_the_data_is_not_called_declared_before(experiment_1):
    asked = questions_of(
        Analysis(primary="natural - synthetic"),
        experiment_1.conditions,
        experiment_1.kinds.photographs,
        Designed(1),
    )
    dataset = replace(experiment_1, analysis=Analysis(smallest_effect=40), questions=asked)
    since = "(since participants came, see below)"
    assert since not in " ".join(primary_paragraphs(answered(dataset)))
    late = replace(dataset, changed={"analysis.primary", "analysis.smallest_effect"})
    _, _, equivalence, asked_by = primary_paragraphs(answered(late))
    assert f"declared {since} as the smallest that matters" in equivalence
    assert asked_by == f"The study file names this {since} as its primary question."
    assert f"were declared {since} as the smallest" in headline(answered(late))


def test_two_people_decide_nothing():
    result = answered(dataset_of_kinds({"photos": 4.0, "maco": -1.0}, 2, 20))
    assert "is not decided" in headline(result)
    assert "2 participants: nothing is tested" in " ".join(primary_paragraphs(result))
    alone = secondary_sentences(answered(dataset_of_kinds({"photos": 1.0, "maco": 0.0}, 1, 6)))
    assert alone.count("no interval") == alone.count("(not tested)") > 0


def test_one_kind_alone_is_compared_with_chance():
    result = answered(dataset_of_kinds({"photos - x": 1.5}, 10, 20))
    text = headline(result)
    assert text.startswith("People were right more often with photos - x references than by chance")
    assert " % against 50.0 % of trials, a difference of +" in text
    paragraphs = primary_paragraphs(result)
    assert "one-sample t; 10 participants" in paragraphs[0]
    assert "Cohen's d = " in paragraphs[1]
    assert "or against chance (50 %)" in paragraphs[-1]
    assert "a one-sample t test" in methods_text([result.dataset])
    assert secondary_table(result) is None


def test_without_references_alone_there_is_no_comparison():
    result = answered(dataset_of_kinds({"none": 1.0}, 3, 4))
    accuracy = replace(result, tables=result.tables | {"accuracy": _accuracy(result.dataset)})
    text = headline(accuracy)
    assert text.startswith("People were right in ")
    assert text.endswith("No two conditions were compared.")
    assert primary_paragraphs(accuracy) == []
    assert secondary_table(accuracy) is None
    assert secondary_sentences(accuracy) == ""


def test_schemes_that_only_one_of_the_two_has_are_named(experiment_1):
    trials = experiment_1.trials.copy()
    trials.loc[trials["condition"] == "natural", "scheme"] = "Max-1"
    text = primary_paragraphs(answered(replace(experiment_1, trials=trials)))[-1]
    assert text == (
        "The two were never shown in the same scheme: natural with Max-1, synthetic with "
        "Min-Max-9. What differs may be the schemes."
    )


def test_a_small_difference_that_is_not_zero_is_said_to_be_none(published):
    small = {"verdict": "equivalent", "smallest_effect": 0.2}
    text = headline(changed(published, "participants and units", **small))
    assert text.endswith("It is not zero, though.")


def test_a_further_question_is_one_sentence_with_both_populations(published):
    text = secondary_sentences(published)
    assert text.count("Accuracy: natural against none") == 1
    assert "for other people and these 45 units), p < 0.0001; 95 % interval +40.5" in text


def _accuracy(dataset: Dataset) -> tuple:
    return ACCURACY_TABLE, accuracy_table(dataset)


def test_further_questions_have_a_row_for_each_population(published):
    table = secondary_table(published)
    assert [row[0] for row in table.rows][:2] == ["Accuracy: natural against none", ""]
    assert [row[4] for row in table.rows][:2] == ["people", "people\xa0and\xa0units"]
    assert table.parted[2]
    assert "the usual ones" in table.caption
    assert "corrected by Holm's method" in table.caption
    assert "−3.71 s [−5.90, −1.52]" in table.rows[4][3]


def test_names_may_hold_what_stands_between_two_of_them():
    row = {"comparison": "a - b - c", "question": "condition", "measure": "accuracy"}
    assert sides(row, ["a - b", "c"]) == ("a - b", "c")
    assert sides(row, ["a", "b - c"]) == ("a", "b - c")
    assert question_words(row, ["a", "b - c"]) == "Accuracy: a against b - c"


def test_the_figure_shows_both_conditions_and_the_difference_for_both_populations(experiment_1):
    dataset = replace(experiment_1, analysis=Analysis(smallest_effect=5))
    rows = asked(answered(dataset), "primary")
    drawing = figure.draw(dataset, rows, ("natural", "synthetic"))
    left, right = drawing.figure.axes
    assert [len(list(bars_of(axes))) for axes in (left, right)] == [2, 2]
    assert "Correct answers: natural 92.2 %; synthetic 82.0 %." in drawing.shows
    assert "+10.2 [+4.2, +16.2] for other people, other units" in drawing.shows
    assert "Grey band" in drawing.caption
    assert right.get_ylim()[0] <= -5


def test_one_participant_has_no_marks_for_other_people():
    data = dataset_of_kinds({"photos": 1.0, "maco": 0.0}, 1, 6)
    drawing = figure.draw(data, asked(answered(data), "primary"), ("photos", "maco"))
    right = drawing.figure.axes[1]
    assert list(bars_of(right)) == []
    assert [text.get_text() for text in right.get_xticklabels()] == ["participants"]
    assert "Marks" not in drawing.caption


def test_the_axis_of_equal_people_has_no_label_twice():
    data = dataset_of_kinds({"photos": 9.0, "maco": 9.0}, 1, 6)
    data = replace(data, trials=data.trials.assign(correct=True))
    drawing = figure.draw(data, asked(answered(data), "primary"), ("photos", "maco"))
    right = drawing.figure.axes[1]
    drawing.figure.canvas.draw()
    labels = [text.get_text() for text in right.get_yticklabels()]
    assert len(set(labels)) == len(labels) > 2


def test_nobody_who_met_both_conditions_has_no_figure():
    data = dataset_of_kinds({"photos": 1.0, "maco": 0.0}, 4, 4)
    trials = data.trials
    apart = trials[(trials["participant"] <= 2) == (trials["condition"] == "photos")]
    rows = [{"measure": "accuracy"}]
    assert figure.draw(replace(data, trials=apart), rows, ("photos", "maco")) is None
