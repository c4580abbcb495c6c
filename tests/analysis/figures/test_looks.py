"""Colours and marks of kinds: by place in the study, told apart by every reader and in print."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from analysis.figures import draw_all
from analysis.figures import ranking as ranking_figure
from analysis.figures.style.drawing import styled
from analysis.figures.style.looks import (
    BEGINNING,
    END,
    FLOORS,
    KINDS,
    MACHINES,
    OBSERVERS,
    WITHOUT,
    looks,
)
from analysis.statistics.ranking.answers import answers_of_people
from analysis.statistics.ranking.ranked import rank
from tests.analysis.simulated import dataset_of_kinds

# Linear RGB as seen without one sort of cones: Machado, Oliveira and Fernandes (2009), severity 1.
READERS = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.9505], [1.0], [1.089]])


def linear_rgb(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colour: str, reader: str) -> np.ndarray:
    """CIE L*a*b* of a colour as a reader sees it."""
    xyz = TO_XYZ @ np.clip(np.array(READERS[reader]) @ linear_rgb(colour), 0, 1)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("reader", READERS)
def test_eight_kinds_are_told_apart_by_colour(reader):
    for first, second in combinations((*KINDS, WITHOUT), 2):
        assert np.linalg.norm(lab(first.colour, reader) - lab(second.colour, reader)) > 15


# In an order that every process has.
LOOKS = tuple(dict.fromkeys((*KINDS, WITHOUT, BEGINNING, END, *MACHINES, *OBSERVERS, *FLOORS)))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_colour_stands_out_from_paper_also_in_grey(look):
    # WCAG 2.2, contrast of graphical objects; grey print keeps the luminance.
    luminance = TO_XYZ[1] @ linear_rgb(look.colour)
    assert 1.05 / (luminance + 0.05) >= 3


def test_marks_tell_apart_what_grey_print_does_not():
    assert len({look.marker for look in (*KINDS, WITHOUT)}) == 9


def test_a_look_is_that_of_the_place_in_the_study_whatever_is_shown():
    names = ["photos", "fourier", "crops"]
    found = looks(names, ["none", "crops"])
    assert [found[name] for name in names] == list(KINDS[:3])
    assert found["none"] == WITHOUT
    assert looks(names, ["other"])["other"] == KINDS[3]
    # Experiments I and II look as they always did.
    assert (KINDS[0].colour, KINDS[0].marker) == ("#009E73", "o")
    assert (KINDS[1].colour, KINDS[1].marker) == ("#D55E00", "s")


@pytest.mark.parametrize("kinds", [1, 8])
def test_one_kind_and_eight_are_drawn(kinds):
    names = [f"kind-{i}" for i in range(kinds - 1)] + ["a_kind_with_a_name_of_forty_characters__"]
    data = dataset_of_kinds(dict.fromkeys([*names, "none"], 1.0), participants=3, units=4)
    assert data.conditions == [*names, "none"]
    drawn = {drawing.name: drawing.figure for drawing in draw_all(data)}
    labels = [text.get_text() for text in drawn["by_condition"].axes[0].get_xticklabels()]
    assert labels == [*names, "none"]
    ranking = rank([answers_of_people(data)], data.conditions, names[-1], "kinds")
    with styled():
        figure = ranking_figure.draw(ranking, data.kinds)
    shown = [text.get_text().replace("\n", "") for text in figure.axes[0].get_yticklabels()]
    assert sorted(shown) == sorted([*names, "none"])


def test_long_names_neither_part_the_panels_of_a_ranking_nor_leave_it():
    names = [letter * 40 for letter in "ab"]
    data = dataset_of_kinds(dict.fromkeys(names, 1.0), 3, 4)
    answers = answers_of_people(data)
    machines = [replace(answers, observer=f"{i}" * 40) for i in range(3)]
    with styled():
        figure = ranking_figure.draw(rank([answers, *machines], names, "a" * 40, "k"), data.kinds)
    figure.draw_without_rendering()
    boxes = [axes.get_position() for axes in figure.axes]
    gaps = [right.x0 - left.x1 for left, right in pairwise(boxes)]
    assert max(gaps) < 0.1
    (better,) = [text for text in figure.axes[-1].texts if text.get_text() == "Better?"]
    (title,) = [text for text in figure.axes[1].get_children() if "Difference" in str(text)]
    assert title.get_window_extent().x1 < better.get_window_extent().x0
    legend = figure.legends[0].get_window_extent()
    assert 0 <= legend.x0 < legend.x1 <= figure.bbox.x1
