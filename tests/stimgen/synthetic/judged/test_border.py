"""What sets of images have in common at their borders."""

import numpy as np
import pytest

from stimgen.synthetic.judged.border import LEAST_PHOTOGRAPHS, BorderReference, moved_half_round
from tests.stimgen.synthetic.judged.made_pictures import SIDE, cloudy, with_corner, with_frame

CYAN = (0.0, 0.9, 1.0)
COUNT = 10


@pytest.fixture(scope="module")
def photographs():
    return cloudy(np.random.default_rng(1), 100)


@pytest.fixture(scope="module")
def maps():
    """A unit's activation for the photographs, around a mean that is not 0."""
    return 5 + 3 * (cloudy(np.random.default_rng(2), 100, 1, 14)[:, 0] - 0.5)


@pytest.fixture(scope="module")
def reference(photographs, maps):
    return BorderReference.of(photographs, maps)


@pytest.fixture
def images():
    return cloudy(np.random.default_rng(3), COUNT)


@pytest.fixture
def own_maps():
    return 5 + 3 * (cloudy(np.random.default_rng(4), COUNT, 1, 14)[:, 0] - 0.5)


def test_a_twentieth_of_sets_of_photographs_is_above_one():
    rng, count, side = np.random.default_rng(5), 6, 16
    above = []
    for _ in range(6):
        known, new = (cloudy(rng, n, side=side) for n in (80, 40 * count))
        seen = [cloudy(rng, len(one), 1, 7)[:, 0] for one in (known, new)]
        reference = BorderReference.of(known, seen[0])
        sets = [slice(start, start + count) for start in range(0, len(new), count)]
        above += [reference.index(new[one], seen[1][one]) > 1 for one in sets]
    assert 0.02 <= np.mean(above) <= 0.09


@pytest.mark.parametrize("flipped", [(), (2,), (3,), (2, 3)])
def test_a_corner_that_most_images_have_is_found(reference, images, own_maps, flipped):
    assert reference.index(images, own_maps) < 1
    images[:7] = np.flip(with_corner(np.flip(images[:7], flipped), CYAN), flipped)
    assert reference.index(images, own_maps) > 1.2


def test_a_corner_of_one_image_is_its_own(reference, images):
    images[:1] = with_corner(images[:1], CYAN)
    assert reference.index(images) < 1


def test_corners_of_all_colours_are_not_in_common(reference, images):
    colours = np.array([CYAN, (1, 0, 0), (0, 0, 0), (1, 1, 1), (0.5, 1, 0.2)] * 2)
    for place, colour in enumerate(colours):
        images[place : place + 1] = with_corner(images[place : place + 1], tuple(colour))
    assert reference.index(images) < 1


@pytest.mark.parametrize("change", [-0.3, 0.3])
def test_frames_are_found_in_images_of_any_size(reference, images, change):
    assert reference.index(with_frame(images, change)) > 1.5


@pytest.mark.parametrize("change", [-1.5, 1.5])
def test_borders_of_the_activation_are_found(reference, images, own_maps, change):
    assert reference.index(images, own_maps) < 1
    assert reference.index(images, with_frame(own_maps, change, 1)) > 1.5


def test_strong_activation_may_lack_more_at_the_border(reference, images, own_maps):
    lacking = with_frame(own_maps, -1.5, 1)
    strong = lacking + 20
    assert reference.index(images, strong) < 1 < reference.index(images, lacking)


def test_what_a_network_does_at_every_border_is_not_the_images_own(reference, images, own_maps):
    """Its padding: the border of the maps is as it is with the middle of the images there."""
    lacking, moved = (with_frame(maps, -1.5, 1) for maps in (own_maps, own_maps[::-1]))
    assert reference.index(images, lacking, moved) < 1 < reference.index(images, lacking)
    assert reference.index(images, with_frame(lacking, -1.5, 1), moved) > 1.5
    moved[0, 3, 3] = np.nan
    assert reference.index(images, lacking, moved) == reference.index(images)


@pytest.mark.parametrize(("side", "corner"), [(7, -1), (8, 0)])
def test_the_middle_of_images_goes_to_a_corner_and_corners_to_the_middle(side, corner):
    images = np.zeros((2, 3, side, side))
    images[:, :, side // 2, side // 2] = 1
    images[:, :, 0, 0] = 2
    moved = moved_half_round(images)
    assert (moved[:, :, corner, corner] == 1).all()
    assert (moved[:, :, side // 2, side // 2] == 2).all()
    assert moved.sum() == images.sum()


def test_maps_of_seven_cells_have_their_outer_ring_as_border(photographs, images):
    rng = np.random.default_rng(6)
    known, own = (cloudy(rng, count, 1, 7)[:, 0] for count in (100, COUNT))
    reference = BorderReference.of(photographs, known)
    assert reference.index(images, own) < 1
    assert reference.index(images, with_frame(own, 1.0, 1)) > 1.5
    own[:, 3, 3] += 1.0
    assert reference.index(images, own) < 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "spoilt",
    [
        lambda maps: maps[:, :1, :1],
        lambda maps: maps[:, :2, :9],
        lambda maps: 0.7 + 1e-9 * maps,
        lambda maps: np.where(maps == maps.max(), np.inf, maps),
        lambda maps: np.where(maps == maps.max(), np.nan, maps),
    ],
)
def test_maps_that_say_nothing_leave_colour(photographs, images, maps, spoilt):
    reference = BorderReference.of(photographs, spoilt(maps))
    assert reference.index(images, spoilt(maps[:COUNT])) == BorderReference.of(photographs).index(
        images
    )


def test_maps_of_a_set_that_are_no_numbers_leave_colour(reference, photographs, images, own_maps):
    own_maps[0, 3, 3] = np.nan
    assert reference.index(images, own_maps) == BorderReference.of(photographs).index(images)


def test_photographs_of_one_colour_know_no_borders(images):
    assert np.isnan(BorderReference.of(np.full((20, 3, SIDE, SIDE), 0.3)).index(images))


def test_twenty_photographs_are_needed(photographs):
    BorderReference.of(photographs[:LEAST_PHOTOGRAPHS])
    with pytest.raises(ValueError, match="19 photographs, wanted 20 or more"):
        BorderReference.of(photographs[: LEAST_PHOTOGRAPHS - 1])


def test_the_same_images_have_the_same_index(photographs, maps, images, own_maps):
    found = {BorderReference.of(photographs, maps).index(images, own_maps) for _ in range(2)}
    assert len(found) == 1
