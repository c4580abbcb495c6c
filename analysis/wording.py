"""Numbers in words and names in order, the same in the report and for the operator."""

import math
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.data.tidy_table import NO_SCHEME
from conditions.study.kinds.kind import NONE

_MEASURES = {
    "accuracy": "accuracy",
    "rt": "reaction time",
    "rt_correct": "reaction time in correct trials",
    "confidence": "confidence",
    "intuitiveness": "intuitiveness rating",
}
_FACTORS = {
    "turn": "block of the condition",
    "scheme_turn": "place of the scheme",
    "first_condition": "condition met first",
    "pick": "how units were picked",
    "references": "number of references",
    "poles": "one pole or both",
    "baseline": "before or after",
    "place": "laboratory or web",
}


def percent(value: float, digits: int = 1) -> str:
    """A proportion in percent.

    >>> percent(0.92222)
    '92.2'
    """
    return "–" if _missing(value) else f"{100 * value:.{digits}f}"


def number(value: float, digits: int = 2) -> str:
    """A number with a fixed count of digits; an en dash where it is missing.

    >>> number(float("nan")), number(-0.5), number(-0.001)
    ('–', '−0.50', '0.00')
    """
    if _missing(value):
        return "–"
    # Nothing is −0.00.
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign.

    >>> signed(1.25), signed(-0.5), signed(-0.01)
    ('+1.2', '−0.5', '0.0')
    """
    if _missing(value) or round(value, digits) == 0:
        return number(value if _missing(value) else 0.0, digits)
    return ("+" if value > 0 else "") + number(value, digits)


def plus_minus(mean: float, sem: float, digits: int = 2) -> str:
    """A mean ± 2 standard errors; the mean alone where there is no error.

    >>> plus_minus(0.5, 0.1), plus_minus(0.5, float("nan"))
    ('0.50 ± 0.20', '0.50')
    """
    text = number(mean, digits)
    return text if _missing(sem) else f"{text} ± {number(2 * sem, digits)}"


def percent_error(mean: float, sem: float) -> str:
    """A mean proportion ± 2 standard errors in percent.

    >>> percent_error(0.92222, 0.00892)
    '92.2 ± 1.8 %'
    """
    return f"{plus_minus(100 * mean, 100 * sem, 1)} %"


def test_words(row: Mapping[str, Any] | pd.Series) -> str:
    """A row of the tests table: test, n, statistic, p, p after Holm, effect."""
    letter = "U" if row["test"].startswith("Mann") else "W"
    text = f"{row['test']}, n = {row['n']}, {letter} = {row['statistic']:g}, p {p_value(row['p'])}"
    if row["p_holm"] != row["p"]:
        text += f", after Holm p {p_value(row['p_holm'])}"
    return text + f", rank-biserial r = {number(row['effect'])}"


def p_value(p: float) -> str:
    """A p value with its relation.

    >>> p_value(0.00390625)
    '= 0.0039'
    >>> p_value(2e-7)
    '< 0.0001'
    """
    if _missing(p):
        return "is not defined"
    if p < 0.0001:
        return "< 0.0001"
    return f"= {p:.2g}" if p >= 0.01 else f"= {p:.4f}"


def p_cell(p: float) -> str:
    """A p value in a table.

    >>> p_cell(0.00390625), p_cell(2e-7), p_cell(0.5)
    ('0.0039', '< 0.0001', '0.5000')
    """
    if _missing(p):
        return "–"
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def with_condition(condition: str) -> str:
    """A condition in a sentence.

    >>> with_condition("crops"), with_condition(NONE)
    ('with crops references', 'without references')
    """
    return "without references" if condition == NONE else f"with {condition} references"


def factor_word(factor: str) -> str:
    """What trials are divided by, in a table."""
    return _FACTORS.get(factor, factor)


def measure_word(measure: str) -> str:
    """A measure in a sentence."""
    return _MEASURES.get(measure, measure)


def scheme_word(scheme: str) -> str:
    """A scheme in a table: a dash where no references are shown."""
    return "–" if scheme == NO_SCHEME else scheme


def listed(items: list[str]) -> str:
    """Items with commas and a final and.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def counted(count: int, noun: str) -> str:
    """A count with its noun.

    >>> counted(1, "trial"), counted(2, "trial")
    ('1 trial', '2 trials')
    """
    return f"{count} {noun}" + ("" if count == 1 else "s")


def natural_key(name: str) -> list:
    """Sort key by which layer2 comes before layer10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def _missing(value: float) -> bool:
    return value is None or math.isnan(value)
