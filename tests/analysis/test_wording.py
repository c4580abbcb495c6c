"""Numbers in words, and the examples in the docstrings."""

import doctest
import math

import pytest

from analysis import wording
from analysis.statistics.models import model_terms, variance_components
from analysis.writing.details import model_tables
from analysis.writing.first_page import answer
from analysis.writing.session import checks


@pytest.mark.parametrize(
    "module", [wording, answer, model_tables, checks, model_terms, variance_components]
)
def test_the_examples_in_docstrings_hold(module):
    found = doctest.testmod(module, extraglobs={"pd": __import__("pandas")})
    assert found.attempted
    assert not found.failed


def test_missing_numbers_are_a_dash():
    assert wording.number(math.nan) == wording.percent(None) == wording.p_cell(math.nan) == "–"
    assert wording.p_value(math.nan) == "is not defined"


def test_a_minus_is_a_minus():
    assert wording.number(-0.5) == "−0.50"


def test_a_test_in_words_tells_everything():
    row = {"test": "Mann-Whitney U, exact", "n": 9, "statistic": 3.0, "p": 0.2, "p_holm": 0.4}
    text = wording.test_words(row | {"effect": -0.25})
    assert text == (
        "Mann-Whitney U, exact, n = 9, U = 3, p = 0.2, after Holm p = 0.4, rank-biserial r = −0.25"
    )
