"""Places on the screen: nothing overlaps, nothing is cut off, images lie on whole pixels."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conditions.errors import StudyError
from experiment.screen.layout import GAP, TEXT_HEIGHT, Layout, shown_side, trial_layout


def image_places(layout: Layout) -> list[tuple[int, int]]:
    return [*layout.left, *layout.right, layout.upper, layout.lower]


@given(
    width=st.integers(400, 2000).map(lambda half: 2 * half),
    height=st.integers(300, 1200).map(lambda half: 2 * half),
    image=st.integers(16, 200).map(lambda half: 2 * half),
    n_references=st.integers(1, 9),
)
def test_images_fit_the_screen_and_do_not_overlap(width, height, image, n_references):
    try:
        layout = trial_layout((width, height), image, n_references)
    except StudyError:
        assume(False)
    places = image_places(layout)
    assert len(layout.left) == len(layout.right) == n_references
    for x, y in places:
        assert abs(x) + image // 2 <= width // 2
        assert abs(y) + image // 2 <= height // 2
    for (x1, y1), (x2, y2) in combinations(places, 2):
        assert max(abs(x1 - x2), abs(y1 - y2)) >= image + GAP // 2
    texts = [layout.left_title, layout.right_title, layout.question, layout.hint]
    for _, y in texts:
        assert abs(y) + TEXT_HEIGHT // 2 <= height // 2
    for (_, y), grid in ((layout.left_title, layout.left), (layout.right_title, layout.right)):
        assert all(y - py >= image // 2 + TEXT_HEIGHT // 2 for _, py in grid)
    highest = max(py for _, py in places) + image // 2
    assert layout.question[1] - TEXT_HEIGHT // 2 > highest
    assert -layout.hint[1] - TEXT_HEIGHT // 2 > highest


def test_the_published_size_fits_a_full_hd_screen():
    layout = trial_layout((1920, 1080), 224)
    assert layout.left[0] == (layout.left[4][0] - 232, 232)
    assert layout.left[8] == (layout.left[4][0] + 232, -232)


def test_a_trial_that_does_not_fit_is_refused_with_the_arithmetic():
    with pytest.raises(StudyError, match=r"take 1640 × \d+ px; the screen has 1280 × 1024 px"):
        trial_layout((1280, 1024), 224)


def test_images_are_shown_smaller_only_where_the_rig_allows_it():
    """Experiment I at 1280 × 1024: 224 px become 168 px, three quarters."""
    assert shown_side((1920, 1080), 224, 9, shrink=True) == 224
    assert shown_side((1280, 1024), 224, 9, shrink=True) == 168
    assert shown_side((1280, 1024), 224, 1, shrink=True) == 224
    with pytest.raises(StudyError, match=r"--rig laptop shows the images smaller \(168 px\)"):
        shown_side((1280, 1024), 224, 9)
    with pytest.raises(StudyError, match=r"take 1640 × \d+ px; the screen has 640 × 480 px$"):
        shown_side((640, 480), 224, 9)
    # Where images may shrink, the smallest is told.
    with pytest.raises(StudyError, match=r"112 px with their margins take 856 × \d+ px; the scr"):
        shown_side((800, 600), 224, 9, shrink=True)


@pytest.mark.parametrize(
    ("screen", "side"),
    [
        ((1280, 720), 168),
        ((1366, 768), 168),
        ((1600, 900), 196),
        ((1920, 1080), 224),
        ((1920, 1200), 224),
        ((2560, 1440), 298),
        ((3440, 1440), 298),
        ((3840, 2160), 448),
        ((1080, 1920), 140),
    ],
)
def test_a_rig_for_trying_out_takes_any_screen_and_grows_with_it(screen, side):
    assert shown_side(screen, 224, 9, shrink=True, enlarge=True) == side


def test_at_4k_all_of_a_trial_is_twice_as_large_as_on_full_hd():
    usual, large = trial_layout((1920, 1080), 224), trial_layout((3840, 2160), 448)
    for name in ("left", "right", "upper", "left_title", "question", "hint", "bar"):
        there, here = getattr(usual, name), getattr(large, name)
        doubled = np.multiply(there, 2)
        assert np.abs(doubled - here).max() <= 4, name


def test_images_without_room_for_twice_their_size_grow_as_far_as_there_is():
    assert shown_side((3840, 2160), 300, 9, enlarge=True) == 450
    assert shown_side((3840, 2160), 300, 9) == 300


def test_on_a_wider_screen_references_are_as_near_as_on_one_of_its_height():
    for image, n in ((224, 1), (224, 9), (448, 1)):
        assert trial_layout((3440, 1440), image, n) == trial_layout((2560, 1440), image, n)
    # Where a usual screen of that height would have no room, they take what there is.
    assert (
        trial_layout((3440, 900), 224, 9).left_title == trial_layout((1690, 900), 224, 9).left_title
    )
