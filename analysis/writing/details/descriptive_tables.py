"""Tables of the details: accuracy, tests, measures, units, exclusions."""

from collections.abc import Callable

import pandas as pd

from analysis.result_columns import ALL
from analysis.statistics.results import WITHOUT_EXCLUSIONS, Results
from analysis.wording import factor_word, measure_word, plus_minus, scheme_word
from analysis.writing.page_table import (
    Cell,
    PageTable,
    Row,
    count,
    decimal,
    errors_told,
    interval,
    mean_error,
    p_column,
    page_table,
    records,
    share,
    words,
)

# Of more participants, only those are listed of whom there is something to say.
_MANY = 60
# On the page: name, heading, scale and digits; the other measures are in the table's file.
_SHORT_MEASURES = (
    ("accuracy", "accuracy (%)", 100, 1),
    ("rt", "reaction time (s)", 1, 2),
    ("confidence", "confidence (1–3)", 1, 2),
)


def accuracy(result: Results) -> PageTable | None:
    """Accuracy by scheme, condition and expertise."""
    table = result.table("accuracy")
    columns = [
        Cell("Scheme", lambda row: scheme_word(row["scheme"]), numeric=False),
        words("condition", "Condition"),
        words("expertise", "Expertise"),
        count("n_participants", "n"),
        share("correct / trials", "n_correct", "n_trials"),
        mean_error("accuracy", "accuracy (%)", 2, 100),
        interval("95 % interval (%)", 1, 100),
    ]
    # What has one level for all has no column.
    if set(table["expertise"]) == {ALL}:
        columns.pop(2)
    if len(result.dataset.schemes) < 2:
        table, columns = table[table["scheme"] == ALL], columns[1:]
    return page_table(
        f"Accuracy, mean over participants.{errors_told(table)}",
        table,
        columns,
        parts=lambda row: row["scheme"],
    )


def tests(result: Results) -> PageTable | None:
    """All tests of ranks."""
    table = result.table("tests")
    return page_table(
        "Tests over participants, two-sided (signed-rank: Wilcoxon). They answer no question of "
        "their own: Holm's correction is over the tests of the same measure and comparison. n: "
        "participants, without ties in signed-rank tests. r: rank-biserial correlation, positive "
        "where the first is larger. Other people, these units.",
        table[table["n"] > 1],
        [
            Cell("Measure", lambda row: measure_word(row["measure"]), numeric=False),
            words("comparison", "Comparison"),
            words("scheme", "Scheme"),
            Cell("Test", lambda row: row["test"].replace("Wilcoxon signed", "signed"), False),
            count("n", "n"),
            decimal("statistic", "statistic", 1),
            p_column("p", "p"),
            p_column("p_holm", "p (Holm)"),
            decimal("effect", "r"),
        ],
        parts=lambda row: row["measure"],
    )


def measures(result: Results) -> list[PageTable]:
    """Means by one factor of several levels at a time, conditions side by side."""
    table = result.table("measures")
    found = []
    for measure, label, scale, digits in _SHORT_MEASURES:
        chosen = table[(table["measure"] == measure) & (table["factor"] != ALL)]
        chosen = chosen[chosen.groupby("factor")["level"].transform("nunique") > 1]
        cells = {
            (row["factor"], row["level"], row["condition"]): (
                plus_minus(scale * row["mean"], scale * row["sem"], digits)
                + f" ({row['n_participants']})"
            )
            for row in chosen.to_dict("records")
        }
        met = list(dict.fromkeys((factor, level) for factor, level, _ in cells))
        rows = [
            {"factor": factor, "level": level}
            | {c: cells.get((factor, level, c), "–") for c in result.dataset.conditions}
            for factor, level in met
        ]
        shown = page_table(
            f"Mean {label} by one factor at a time (number of participants)."
            f"{errors_told(chosen[['sem']])}",
            [row | {"shown": factor_word(row["factor"])} for row in rows],
            [
                words("shown", "Factor"),
                words("level", "Level"),
                *(Cell(c, _text_of(c)) for c in result.dataset.conditions),
            ],
            parts=lambda row: row["factor"],
        )
        found += [shown] if shown else []
    return found


def _text_of(name: str) -> Callable[[Row], str]:
    return lambda row: str(row[name])


def agreement(result: Results) -> PageTable | None:
    """Whether participants agree on units."""
    return page_table(
        "Agreement of these participants on units: pairs of answers to a unit that are both right "
        "or both wrong; expected: the same if all units were equally hard. Kappa: Fleiss.",
        result.table("agreement"),
        [
            words("condition", "Condition"),
            count("n_units", "units"),
            decimal("raters", "answers a unit", 1),
            decimal("agreement", "agreement", 3),
            decimal("expected", "expected", 3),
            decimal("kappa", "kappa", 3),
        ],
    )


def exclusions(result: Results) -> list[PageTable]:
    """Who was left out, and what the results would be with them; none where nobody was."""
    excluded = result.table("exclusions")
    listed = page_table(
        "What the declared rules leave out.",
        excluded,
        [
            words("participant", "Participant"),
            words("rule", "Rule"),
            decimal("limit", "limit"),
            decimal("found", "found"),
            words("left_out", "left out"),
            count("n_trials", "main trials"),
        ],
    )
    if listed is None:
        return []
    before, after = (_margins(result.table(name)) for name in (WITHOUT_EXCLUSIONS, "accuracy"))
    left = {row["condition"]: row for row in records(after)}
    nothing = {"accuracy": None, "sem": None, "n_participants": 0}
    accuracy_of = mean_error("accuracy", "", 2, 100).text
    compared = page_table(
        f"Accuracy (%) with and without exclusions.{errors_told(before[['sem']])}",
        before,
        [
            words("condition", "Condition"),
            Cell("with", lambda row: accuracy_of(left.get(row["condition"], nothing))),
            Cell("n", lambda row: str(left.get(row["condition"], nothing)["n_participants"])),
            Cell("without", accuracy_of),
            count("n_participants", "n"),
        ],
    )
    return [listed, *([compared] if compared else [])]


def catch_and_practice(result: Results) -> list[PageTable]:
    """Trials that enter no other result."""
    catch = result.table("catch_trials")
    caption = "Catch trials of each participant."
    if len(catch) > _MANY:
        wrong = catch[catch["n_correct"] < catch["n_trials"]]
        caption = f"Catch trials of the {len(wrong)} of {len(catch)} participants with a wrong one."
        catch = wrong
    tables = (
        page_table(
            caption,
            catch,
            [
                words("participant", "Participant"),
                share("correct / trials", "n_correct", "n_trials"),
            ],
        ),
        page_table(
            f"Practice trials, mean over participants.{errors_told(result.table('practice'))}",
            result.table("practice"),
            [
                words("condition", "Condition"),
                count("n_participants", "n"),
                share("correct / trials", "n_correct", "n_trials"),
                mean_error("accuracy", "accuracy (%)", 1, 100),
                interval("95 % interval (%)", 1, 100),
            ],
        ),
    )
    return [table for table in tables if table]


def _margins(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["scheme"] == ALL) & (table["expertise"] == ALL)]
