"""Tables of the details: trends, sensitivity, confidence, repeats, reliability, ratings, models."""

from analysis.data.measures import ACCURACY
from analysis.result_columns import ALL
from analysis.statistics.results import Results
from analysis.wording import factor_word, number
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
    words,
)

_SIGNALS = {"d_prime": "d′", "criterion": "criterion", "upper_share": "upper image chosen (share)"}
_LEVELS = (1, 2, 3)
_REPEATS = {
    "same_choice": "same image chosen (share)",
    "same_confidence": "same confidence (share)",
    "confidence_change": "confidence, second minus first",
}


def trends(result: Results, *questions: str) -> PageTable | None:
    """Interactions, trends and learning, of some of their questions."""
    table = result.table("trends")
    return page_table(
        "Accuracy: contrasts and slopes (change from one level to the next), two-sided. Reaction "
        "times and confidence are in tables/trends.csv. Over participants: "
        "other people and these units; over units: these people and other units. p is corrected by "
        "Holm's method over the tests of the same question, measure, factor and population.",
        table[table["question"].isin(questions) & (table["measure"] == ACCURACY.name)],
        [
            Cell("Factor", lambda row: factor_word(row["factor"]), numeric=False),
            words("comparison", "Comparison"),
            words("over", "Over"),
            count("n", "n"),
            decimal("estimate", "estimate", 3),
            interval("95 % interval", 3),
            Cell("statistic", _statistic),
            p_column("p", "p"),
            p_column("p_holm", "p (Holm)"),
        ],
        parts=lambda row: (row["factor"], row["over"]),
    )


def _statistic(row: Row) -> str:
    """The statistic with its letter, which is a word of the test's name."""
    if row["statistic"] is None:
        return "–"
    df = ", ".join(f"{row[name]:.3g}" for name in ("df", "df_2") if row[name] is not None)
    name = str(row["test"]).replace(",", " ").split()
    letter = next((word for word in name if word in ("t", "F", "H")), "statistic")
    return f"{letter}({df}) = {number(row['statistic'])}"


def sensitivity(result: Results) -> PageTable | None:
    """Sensitivity and side bias."""
    table = result.table("sensitivity")
    return page_table(
        "Sensitivity (d′ of two alternatives) and side bias, means over participants. A criterion "
        f"above 0 prefers the lower image.{errors_told(table)}",
        table.assign(shown=table["measure"].map(_SIGNALS)),
        [
            words("condition", "Condition"),
            words("shown", "Measure"),
            count("n_participants", "n"),
            mean_error("mean", "mean"),
            interval("95 % interval"),
        ],
        parts=lambda row: row["condition"],
    )


def confidence(result: Results) -> PageTable | None:
    """Type-2 AUROC, and accuracy at each level of confidence."""
    calibration = {
        (row["condition"], row["confidence"]): row["accuracy"]
        for row in records(result.table("calibration"))
    }

    def at(level: int) -> Cell:
        def text(row: Row) -> str:
            accuracy = calibration.get((row["condition"], level))
            return "–" if accuracy is None else number(100 * accuracy, 1)

        return Cell(f"% correct at {level}", text)

    return page_table(
        "Type-2 AUROC, mean over participants with both right and wrong answers (n). 0.5: "
        f"confidence tells nothing.{errors_told(result.table('type2_auroc'))}",
        result.table("type2_auroc"),
        [
            words("condition", "Condition"),
            count("n_participants", "n"),
            mean_error("auroc", "type-2 AUROC"),
            interval("95 % interval"),
            decimal("pooled_auroc", "all trials pooled"),
            *(at(level) for level in _LEVELS),
        ],
    )


def metacognition(result: Results) -> PageTable | None:
    """Meta-d′ and its ratio to d′."""
    return page_table(
        "Metacognitive efficiency (Maniscalco & Lau 2012): meta-d′ is the sensitivity that would "
        "give the confidences if they used all that the choices used; M-ratio is meta-d′ / d′. The "
        "intervals are for other people and these units.",
        result.table("metacognition"),
        [
            words("condition", "Condition"),
            words("over", "Over"),
            count("n_participants", "n"),
            count("n_trials", "trials"),
            decimal("d_prime", "d′"),
            decimal("meta_d_prime", "meta-d′"),
            decimal("m_ratio", "M-ratio"),
            interval("95 % interval"),
            Cell("caveat", lambda row: row["caveat"] or "", numeric=False),
        ],
        parts=lambda row: row["condition"],
    )


def repeats(result: Results) -> PageTable | None:
    """Trials that were seen twice."""
    table = result.table("repeats")
    return page_table(
        "Repeated trials, mean over participants. Adjusted: without the regression to the mean "
        "that the choice of the repeated trials by their confidence brings."
        f"{errors_told(table)}",
        table.assign(shown=table["measure"].map(_REPEATS)),
        [
            words("shown", "Measure"),
            words("condition", "Condition"),
            count("n_participants", "n"),
            count("n_trials", "trials"),
            mean_error("mean", "mean"),
            interval("95 % interval"),
            decimal("adjusted", "adjusted"),
            interval("95 % interval", ends=("adjusted_low", "adjusted_high")),
        ],
        parts=lambda row: row["measure"],
    )


def reliability(result: Results) -> PageTable | None:
    """Whether a second look would find the same."""
    return page_table(
        "Reliability of the accuracies of units (over participants) and of participants (over "
        "units); 0: differences are chance, 1: they are exact.",
        result.table("reliability"),
        [
            words("of", "Of"),
            words("condition", "Condition"),
            count("n_participants", "participants"),
            count("n_units", "units"),
            decimal("split_half", "split half"),
            decimal("alpha", "Cronbach's alpha"),
            interval("95 % interval of alpha", ends=("alpha_low", "alpha_high")),
        ],
        parts=lambda row: row["of"],
    )


def ratings(result: Results) -> PageTable | None:
    """Intuitiveness ratings."""
    return page_table(
        "Intuitiveness ratings (−100 to 100), mean over participants."
        f"{errors_told(result.table('intuitiveness'))}",
        result.table("intuitiveness"),
        [
            words("unit", "Unit"),
            words("moment", "Moment"),
            words("expertise", "Expertise"),
            count("n_participants", "n"),
            mean_error("mean", "mean", 1),
            interval("95 % interval", 1),
        ],
        parts=lambda row: row["unit"],
    )


def times(result: Results) -> PageTable | None:
    """Reaction times that are odd; None where there are none."""
    table = result.table("times")
    odd = table[["n_without", "n_not_positive", "n_shorter", "n_longer"]].sum(axis=1) > 0
    return page_table(
        "Odd reaction times of main trials, before exclusions.",
        table if odd.any() else table.head(0),
        [
            words("condition", "Condition"),
            *([words("place", "Place")] if set(table["place"]) != {ALL} else []),
            count("n_trials", "trials"),
            count("n_without", "unknown"),
            count("n_not_positive", "0 s or less"),
            Cell("shorter", lambda row: f"{row['n_shorter']} (< {row['shortest_s']:g} s)"),
            Cell("longer", lambda row: f"{row['n_longer']} (> {row['longest_s']:g} s)"),
            words("left_out", "left out by a rule"),
            decimal("least", "shortest (s)"),
            decimal("most", "longest (s)"),
        ],
    )
