"""What speaks against an image that can be shown all the same: it is named, with the numbers."""

from collections import defaultdict
from collections.abc import Sequence

from stimgen.bringing.check import Checked
from stimgen.wording import named

# Doubts on an image, by what they are: of each the first images are named.
WRONG_SIDE = "on the other side of the pool's median than their pole"
ENLARGED = "smaller than what is shown, so that they are enlarged and blurred"
SHARED = "the same pixels as an image of another unit"
PHOTOGRAPH = "a photograph of the pool that the study shows for the unit"

Doubts = list[tuple[str, str]]


def doubts_of(
    one: Checked,
    activation: float,
    median: float,
    crop: int,
    units: Sequence[str] = (),
    photograph: str | None = None,
) -> Doubts:
    """The doubts on an image: what they are, and what was found.

    Parameters
    ----------
    one : Checked
        The image.
    activation, median : float
        Of its unit: for the image, and over the pool.
    crop : int
        Pixels of the side that is shown.
    units : sequence of str
        Units that have this image.
    photograph : str, optional
        The unit's photograph that it is.
    """
    found: Doubts = []
    if (activation < median) if one.given.pole == "max" else (activation > median):
        found.append((WRONG_SIDE, f"activation {activation:.4g}, median {median:.4g}"))
    if min(one.original.width, one.original.height) < crop:
        found.append((ENLARGED, one.original.sides))
    if elsewhere := [unit for unit in units if unit != one.given.unit]:
        found.append((SHARED, f"as of {named(elsewhere)}"))
    if photograph:
        found.append((PHOTOGRAPH, photograph))
    return found


def in_words(doubts: Doubts) -> str | None:
    """All doubts on an image, for its row in the report."""
    return "; ".join(f"{what}: {found}" for what, found in doubts) or None


def warnings(images: Sequence[tuple[Checked, Doubts]]) -> list[str]:
    """A line for each sort of doubt, with the first images and their numbers."""
    lines: dict[str, list[str]] = defaultdict(list)
    for one, doubts in images:
        given = one.given
        for what, found in doubts:
            lines[what].append(f"{given.unit} {given.pole} {given.rank} ({given.name}, {found})")
    return [
        f"{len(doubtful)} of {len(images)} images are {what}: {named(doubtful)}"
        for what, doubtful in lines.items()
    ]


def units_by_pixels(checked: Sequence[Checked]) -> dict[str, list[str]]:
    """Units that have an image, by its pixels."""
    units: dict[str, list[str]] = defaultdict(list)
    for one in checked:
        units[one.original.pixels].append(one.given.unit)
    return units
