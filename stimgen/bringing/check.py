"""Whether a folder's images are all there, each once, and can be shown: every fault is named."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from conditions.study.recipes import ImageSize
from conditions.tables.stimuli import POLES
from stimgen.bringing.offered.folder import Source
from stimgen.bringing.offered.listing import Given, Listing, refuse
from stimgen.bringing.offered.locate import NotThereError, locate
from stimgen.bringing.original import Original, UnfitError, open_original
from stimgen.machine import usable_cores
from stimgen.pool.names import written


@dataclass(frozen=True)
class Checked:
    """An image that can be shown: what it is of, its file, what is known of it.

    ``file`` is its name in the folder as tables have it.
    """

    given: Given
    path: Path
    file: str
    original: Original


def check_all(
    source: Source,
    own: Path,
    units: Sequence[str],
    images: int,
    size: ImageSize,
    exact: bool,
    on_progress: Callable[[], object] = lambda: None,
) -> list[Checked]:
    """Open every image of a folder once, and find all that is wrong with any of them.

    Parameters
    ----------
    source : Source
        The folder.
    own : Path
        The study's own images.
    units : sequence of str
        Units whose images are wanted.
    images : int
        How many of each unit and pole.
    size, exact
        See :func:`stimgen.bringing.original.open_original`.
    on_progress : callable, optional
        Called after each image.

    Returns
    -------
    list of Checked
        By unit, pole and rank.

    Raises
    ------
    StudyError
        Names the first faults, a line each: what the folder's listing lacks or has twice, files
        that are not there or lie elsewhere, that are no images or do not fit, and two ranks of a
        unit that show the same.
    """
    listing = source.listing
    once = _once(listing)
    checked: list[Checked] = []
    unfit: list[str] = []
    look = partial(_look, source, own, size, exact)
    with ThreadPoolExecutor(usable_cores()) as threads:
        for found in threads.map(look, once):
            on_progress()
            if isinstance(found, str):
                unfit.append(found)
            else:
                checked.append(found)
    missing = [line for unit in units for line in _missing(listing, unit, images)]
    refuse([*listing.faults, *missing, *unfit, *_alike(checked)])
    order = {unit: place for place, unit in enumerate(units)}
    return sorted(
        checked,
        key=lambda one: (order[one.given.unit], POLES.index(one.given.pole), one.given.rank),
    )


def _once(listing: Listing) -> list[Given]:
    """The images, each place once; that a place is taken twice is a fault."""
    first: dict[tuple[str, str, int], Given] = {}
    for given in listing.given:
        before = first.setdefault((given.unit, given.pole, given.rank), given)
        if before is not given:
            listing.touched.add(given.unit)
            listing.faults.append(
                f"{given.where}: found rank {given.rank} of {given.unit} {given.pole} for the "
                f"second time ({before.name} and {given.name}), wanted each rank once"
            )
    return list(first.values())


def _missing(listing: Listing, unit: str, images: int) -> Iterator[str]:
    """What a unit lacks; nothing where a fault that is named already may be the reason."""
    if unit in listing.touched:
        return
    wanted = f"wanted ranks 0 to {images - 1} of each pole"
    found = defaultdict(set)
    for given in listing.given:
        if given.unit == unit:
            found[given.pole].add(given.rank)
    if not found:
        yield f"{listing.where}: unit {unit}: found no images, {wanted}"
        return
    for pole in POLES:
        absent = [rank for rank in range(images) if rank not in found[pole]]
        if absent:
            is_are = "rank is" if len(absent) == 1 else "ranks are"
            yield (
                f"{listing.where}: unit {unit}, pole {pole}: {is_are} missing: "
                f"{', '.join(map(str, absent))}; found {len(found[pole])} images, {wanted}"
            )


def _look(source: Source, own: Path, size: ImageSize, exact: bool, given: Given) -> Checked | str:
    """An image that has been opened, or what is wrong with it."""
    try:
        path = locate(source.root, own, given.file, source.files)
        original, _ = open_original(path, size, exact)
    except NotThereError as error:
        column = ", column file" if source.manifest else ""
        return f"{given.where}{column}: {error}"
    except UnfitError as error:
        return f"{given.told}: {error}"
    return Checked(given, path, written(path.relative_to(source.root).as_posix()), original)


def _alike(checked: list[Checked]) -> Iterator[str]:
    """Two images of a unit that show the same: neither more nor less than one image."""
    first: dict[tuple[str, str], Given] = {}
    for one in checked:
        given = one.given
        before = first.setdefault((given.unit, one.original.pixels), given)
        if before is not given:
            yield (
                f"{given.where}: found {given.name}, which shows the same pixels as {before.name} "
                f"({given.unit} {before.pole} {before.rank}), wanted another image for "
                f"{given.pole} {given.rank}"
            )
