"""Tables of the details: the mixed models."""

from analysis.statistics.results import Results
from analysis.wording import number
from analysis.writing.page_table import (
    Cell,
    PageTable,
    Row,
    decimal,
    interval,
    p_column,
    page_table,
    words,
)

_TRIALS = {"log_rt_correct": "correct", "log_rt": "all answered"}


def models(result: Results) -> list[PageTable]:
    """The mixed models of accuracy and of reaction times."""
    accuracy = page_table(
        "Logistic mixed model of a correct answer, in log odds. Difference: in accuracy, as the "
        "model implies it (percentage points). Other people and other units.",
        result.table("mixed_model"),
        [
            words("term", "Term"),
            Cell("log odds", lambda row: estimate_or_bound(row, "log_odds")),
            decimal("se", "standard error"),
            interval("95 % interval"),
            decimal("odds_ratio", "odds ratio"),
            p_column("p", "p"),
            decimal("difference", "difference", 1, 100),
            interval("95 % interval", 1, 100, ("difference_low", "difference_high")),
        ],
        parts=_kind_of_term,
    )
    times = page_table(
        "Linear mixed models of the logarithm of reaction times. Ratio: of reaction times; of the "
        "intercept: seconds. Other people and other units.",
        result.table("mixed_model_rt"),
        [
            Cell("Trials", lambda row: _TRIALS[row["measure"]], numeric=False),
            words("term", "Term"),
            Cell("log s", lambda row: estimate_or_bound(row, "log_rt", 3)),
            decimal("se", "standard error", 3),
            interval("95 % interval", 3),
            decimal("ratio", "ratio"),
            p_column("p", "p"),
        ],
        parts=lambda row: (row["measure"], _kind_of_term(row)),
    )
    return [table for table in (accuracy, times) if table]


def estimate_or_bound(row: Row, name: str, digits: int = 2) -> str:
    """An estimate; of a standard deviation that is the end of what is searched, that it is so.

    >>> estimate_or_bound({"log_odds": 0.0, "note": "at its bound"}, "log_odds")
    '0 (at its bound)'
    """
    value = f"{row[name]:g}" if row["note"] else number(row[name], digits)
    return f"{value} ({row['note']})" if row["note"] else value


def _kind_of_term(row: Row) -> bool:
    """Whether a term is a standard deviation, and no effect."""
    return str(row["term"]).startswith("SD ")
