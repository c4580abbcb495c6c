"""A folder without a manifest: ``UNIT/max_3.png`` says what each image is of."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from stimgen.bringing.offered.listing import Given, Listing
from stimgen.bringing.offered.near import nearest
from stimgen.pool.finding.walk import Found, shortened
from stimgen.pool.names import printable, written

WANTED = "images named UNIT/max_0.png"
_NAME = re.compile(r"(?P<pole>min|max)_(?P<rank>[0-9]+)")


def by_layout(where: str, found: Found, units: list[str], images: int) -> Listing:
    """The images of a folder by their names.

    Folders are named as units are, to the letter; images ``min_0`` or ``max_0`` and so on, with
    leading zeros or none and any suffix that the pool takes.

    Parameters
    ----------
    where : str
        The folder, as messages name it.
    found : Found
        What lies in it.
    units : list of str
        The units of the study.
    images : int
        Images a unit and pole; ranks from this one on are passed over.
    """
    listing = Listing(where)
    strays, further, unknown = [], [], dict.fromkeys(units, False)
    for file in found.images:
        parts = PurePosixPath(file).parts
        match = _NAME.fullmatch(PurePosixPath(file).stem)
        if match is None or len(parts) != 2:
            strays.append(file)
        elif parts[0] not in units:
            unknown[parts[0]] = True
        elif int(match["rank"]) >= images:
            further.append(file)
        else:
            listing.given.append(
                Given(
                    parts[0], match["pole"], int(match["rank"]), file, f"{where}/{printable(file)}"
                )
            )
    for folder in (name for name, is_unknown in unknown.items() if is_unknown):
        near = nearest(folder, units)
        listing.faults.append(
            f"{where}: found the folder {written(folder)} with images, wanted folders named as "
            f"units of the study{near.hint}"
        )
        listing.touched |= {near.name} if near.name else set()
    listing.remarks += _remarks(where, strays, further, images)
    return listing


def _remarks(where: str, strays: list[str], further: list[str], images: int) -> Iterable[str]:
    if strays:
        yield f"{where}: passed over, not named as UNIT/max_0.png is: {shortened(strays)}"
    if further:
        yield (
            f"{where}: left out, {len(further)} images of rank {images} and higher "
            f"({shortened(further)}): the study shows {images} images a unit and pole"
        )
