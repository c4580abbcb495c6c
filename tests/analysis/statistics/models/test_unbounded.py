"""Which effects right or wrong answers alone leave without a bound."""

import numpy as np
import pandas as pd
import pytest

from analysis.statistics.models.crossed.design import crossed_design
from analysis.statistics.models.unbounded import unbounded

MIXED = [0, 1]


def unknown(cells: dict[tuple[int, int], list[int]], formula: str) -> list[str]:
    """Fixed effects without a bound, of answers by condition and scheme."""
    rows = [
        (person, unit, condition, scheme, answer)
        for (condition, scheme), answers in cells.items()
        for unit in range(3)
        for person, answer in enumerate(answers)
    ]
    columns = ["participant", "unit", "condition", "scheme", "y"]
    design = crossed_design(pd.DataFrame(rows, columns=columns), formula)
    found = unbounded(design, np.eye(len(design.names)))
    return [name for name, one in zip(design.names, found, strict=True) if one]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([MIXED, MIXED, MIXED], []),
        ([[1, 1], MIXED, MIXED], ["Intercept", "C(condition)[T.1]", "C(condition)[T.2]"]),
        ([MIXED, [0, 0], MIXED], ["C(condition)[T.1]"]),
        ([[1, 1], [0, 0], MIXED], ["Intercept", "C(condition)[T.1]", "C(condition)[T.2]"]),
        ([[1, 1], [1, 1], [1, 1]], ["Intercept", "C(condition)[T.1]", "C(condition)[T.2]"]),
    ],
)
def test_a_full_or_empty_condition_leaves_what_is_next_to_it_unknown(conditions, expected):
    cells = {(number, 0): answers for number, answers in enumerate(conditions)}
    assert unknown(cells, "C(condition)") == expected


def test_with_an_interaction_a_full_cell_is_a_condition_of_its_own():
    cells = {(0, 0): MIXED, (0, 1): MIXED, (1, 0): MIXED, (1, 1): [1, 1]}
    assert unknown(cells, "C(condition) * C(scheme)") == ["C(condition)[T.1]:C(scheme)[T.1]"]


def test_without_one_it_is_known_from_the_others():
    cells = {(0, 0): MIXED, (0, 1): MIXED, (1, 0): MIXED, (1, 1): [1, 1]}
    assert unknown(cells, "C(condition) + C(scheme)") == []
    # But not where all that the scheme was shown with is right.
    cells[0, 1] = [1, 1]
    assert unknown(cells, "C(condition) + C(scheme)") == ["C(scheme)[T.1]"]
