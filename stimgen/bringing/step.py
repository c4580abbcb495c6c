"""The step that brings images of another tool into a study."""

import os
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence

from conditions.commands.command_line import console, progress_bar
from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.study.recipes import ImageSize
from conditions.tables.files import read_table
from conditions.tables.stimuli import POLES, POOL
from stimgen.bringing.check import Checked, check_all
from stimgen.bringing.doubts import warnings
from stimgen.bringing.measure import measure_all
from stimgen.bringing.offered.folder import Source, files_kind, open_source
from stimgen.bringing.there import missing_images, report_file
from stimgen.bringing.write import Written, known_facts, note, write_image
from stimgen.models.model import Model
from stimgen.pool.finding.walk import shortened
from stimgen.pool.names import written
from stimgen.pool.scanned import refuse_other_weights, scanned_pool
from stimgen.records import StepRecord
from stimgen.stimuli import finished
from stimgen.units import checked_units, write_units
from stimgen.wording import named
from stimgen.work.paced import Paced


def bring_images(folder: StudyFolder, model: Model, name: str, place: str | None = None) -> None:
    """Take the images of a folder over into a study; the folder itself is only read.

    Nothing is written before all images have been opened and measured with the network: a fault
    is refused, a doubt is told. What is there already is left as it is.

    Parameters
    ----------
    folder : StudyFolder
        The study; its pool has been scanned.
    model : Model
        Its network.
    name : str
        The study's name of a kind ``files``.
    place : str, optional
        The folder; by default the one that the study names.

    Raises
    ------
    StudyError
        Names the first faults of the folder, a line each, see :func:`check_all`; images whose
        activation is not finite; other images that are there already.
    """
    started = time.monotonic()
    kind = files_kind(folder.study, name)
    if place is None and kind.folder is None:
        raise StudyError(
            f"references.{name}: the study names no folder: "
            f"`{typed_command('stimgen', 'bring', *folder.typed, name, 'FOLDER')}`"
        )
    table = checked_units(folder, model)
    refuse_other_weights(folder, model, scanned_pool(folder))
    medians = _medians(folder, name)
    units = list(table["unit"])
    source = open_source(folder, name, place, units)
    for remark in source.listing.remarks:
        console.print(remark)
    with progress_bar() as progress:
        bar = progress.add_task(f"Opening {name}", total=len(source.listing.given))
        size, exact = folder.study.image, kind.fit == "exact"
        checked = check_all(
            source, folder.stimuli, units, kind.images, size, exact, lambda: progress.advance(bar)
        )
        if beside := _beside(source, checked):
            console.print(
                f"{source.name}: passed over, images that the manifest does not name or the study "
                f"does not show: {shortened(beside)}"
            )
        missing = missing_images(folder, name, checked)
        if not missing:
            write_units(folder, table)
            console.print(f"{folder.stimuli}: images of {name} of {len(units)} units are there")
            return
        record = StepRecord(folder, model, name, started)
        bar = progress.add_task(f"Measuring {name}", total=len(missing))
        measured = measure_all(
            model, table, missing, size, medians, lambda n: progress.advance(bar, n)
        )
        write_units(folder, table)
        bar = progress.add_task(f"Writing {name}", total=len(missing))
        known, made = known_facts(folder, checked), []
        with Paced[Written](lambda parts: note(folder, name, parts, record)) as noted:
            for one in measured:
                made.append(write_image(folder, name, one, known))
                noted.add(made[-1])
                progress.advance(bar)
    record.finish(
        brought=written(str(source.root.resolve())),
        manifest_sha256=None if source.manifest is None else sha256_of(source.manifest),
        images=len(checked),
        written=len(made),
        doubtful=sum(bool(one.doubts) for one in made),
    )
    _tell(folder, name, source, made)


def is_there(folder: StudyFolder, name: str, units: Sequence[str]) -> bool:
    """Whether all images of a kind are listed, there and unchanged."""
    count = files_kind(folder.study, name).images * len(POLES)
    return set(units) <= finished(folder, name, ["unit"], count)


def _medians(folder: StudyFolder, name: str) -> dict[str, float]:
    """The median of each unit's activation over the pool."""
    if not folder.pool_table.exists():
        raise StudyError(
            f"{folder.pool_table}: no such file; images of {name} are compared with the pool: "
            f"first run `{typed_command('stimgen', 'natural', *folder.typed)}`"
        )
    pool = read_table(folder.pool_table, POOL)
    return dict(zip(pool["unit"], pool["median"], strict=True))


def _beside(source: Source, checked: Sequence[Checked]) -> list[str]:
    """Images of a folder with a manifest that are not taken; a layout names its own."""
    if source.manifest is None:
        return []
    taken = {_plain(one.path.relative_to(source.root).as_posix()) for one in checked}
    return [file for file in source.files if _plain(file) not in taken]


def _plain(file: str) -> str:
    """A name without detours, its letters composed in one way."""
    return unicodedata.normalize("NFC", os.path.normpath(file))


def _tell(folder: StudyFolder, name: str, source: Source, made: list[Written]) -> None:
    report = report_file(folder, name)
    console.print(
        f"{folder.stimuli}: {len(made)} images of {name} brought from {source.name} "
        f"({_sizes(folder.study.image, made)})"
    )
    for line in warnings([(one.checked, one.doubts) for one in made]):
        console.print(f"warning: {name}: {line} (all of them: {report})")


def _sizes(size: ImageSize, made: list[Written]) -> str:
    """How many images were taken as they are, and what became of the others."""
    originals = [one.checked.original for one in made]
    parts = []
    if as_they_are := sum(one.as_it_is for one in originals):
        parts.append(f"{as_they_are} shown as they are")
    others = Counter(one.sides for one in originals if not one.as_it_is)
    if others:
        sides = named(f"{count} of {sides}" for sides, count in others.most_common())
        parts.append(
            f"{sides}: the short side resized to {size.resize} px, of which the middle "
            f"{size.crop} px are shown"
        )
    return "; ".join(parts)
