"""Kinds that are made of another one, an image of each image: what they share.

Such a kind is a function of this form, and nothing else::

    def derive(given: Given, originals: list[Original]) -> list[Picture]: ...
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from conditions.commands import console, progress_bar
from conditions.errors import StudyError
from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder
from conditions.study.kinds.kind import ReferenceKind
from conditions.study.kinds.paths import renamed
from stimgen.activations import measure_files
from stimgen.kinds.making import Making
from stimgen.kinds.originals import (
    Original,
    command_for,
    derived_kind,
    missing_originals,
    open_original,
    original_paths,
)
from stimgen.machine import usable_cores
from stimgen.models.model import Model
from stimgen.paced import Paced
from stimgen.planned import PlannedStep, memory_now
from stimgen.pool.scanned import refuse_other_weights, scanned_pool
from stimgen.records import record_step
from stimgen.stimuli import add_stimuli, one_writer
from stimgen.units import checked_units, write_units
from stimgen.workers import (
    OnProgress,
    Outcome,
    Shared,
    Step,
    Task,
    failures,
    refuse_failed,
)

# Images of a unit that are made together at most: what a stopped run does again, and what lies in
# memory at once.
TOGETHER = 128
# Images that a plan is measured on.
SAMPLED_IMAGES = 2


@dataclass(frozen=True)
class Given:
    """What a derived kind is given beside the originals.

    Attributes
    ----------
    folder : StudyFolder
        The study.
    model : Model
        Its network.
    name : str
        The study's name of the kind.
    unit : Series
        Row of the table of units: ``unit``, ``layer``, ``channel``, ….
    on_progress : callable
        To be called with a number of images that are done, where they take long; what is not
        reported is added at the end.
    """

    folder: StudyFolder
    model: Model
    name: str
    unit: pd.Series
    on_progress: OnProgress = lambda n: None

    @property
    def kind(self) -> ReferenceKind:
        """The kind as the study describes it."""
        return self.folder.study.references[self.name]


@dataclass(frozen=True)
class Picture:
    """What was made of an original.

    Attributes
    ----------
    image : Image
        RGB, of the original's size.
    note : str
        What was done, for the column ``source``, as in ``blurred 4 px``.
    facts : dict
        What else is known of it, for a report of the kind's own.
    """

    image: Image.Image
    note: str
    facts: dict = field(default_factory=dict)


Derive = Callable[[Given, list[Original]], list[Picture]]
# Takes the folder and rows of a report; each has the facts of a picture, and name, unit, pole,
# batch, rank, path, and the activations before and after.
Report = Callable[[StudyFolder, list[dict]], None]


def make_derived(
    making: Making, derive: Derive, method: str | None = None, report: Report | None = None
) -> None:
    """Write a kind's images that are not there, and their provenance.

    Parameters
    ----------
    making : Making
        The kind.
    derive : callable
        Makes pictures of originals of one unit, as many and in their order. A function of a
        module, so that workers elsewhere know it.
    method : str, optional
        For the column of that name.
    report : callable, optional
        Adds to a report of the kind's own; what is in it may not be in the table of stimuli yet.

    Raises
    ------
    StudyError
        Where the originals are not there: names the command that makes them; at the end, naming
        each unit that has failed (the others are done).
    """
    started = time.monotonic()
    folder, model, name = making.folder, making.model, making.name
    table = checked_units(folder, model)
    of = derived_kind(making.study, name).of
    refuse_other_weights(folder, model, scanned_pool(folder))
    wanted, lacking = missing_originals(folder, name, table)
    no_originals = f"the images of {of}, of which {name} is made, are not there"
    if len(lacking) == len(table):
        raise StudyError(f"{folder.stimuli}: {no_originals}: {command_for(folder, of)}")
    write_units(folder, table)
    failed = [
        Outcome(Task(unit, ()), error=f"{no_originals}: {command_for(folder, of)}")
        for unit in lacking
    ]
    count = sum(map(len, wanted.values()))
    if not count:
        console.print(f"{folder.stimuli}: images of {name} of {len(table)} units are there")
        refuse_failed(failed)
        return
    tasks = [
        Task(unit["unit"], (name, derive, method, unit, rows), len(rows))
        for _, unit in table[table["unit"].isin(wanted)].iterrows()
        for rows in portions(wanted[unit["unit"]])
    ]
    written = 0
    with progress_bar() as progress:
        bar = progress.add_task(f"Making {name}", total=count)
        step = Step(
            derive_unit,
            folder,
            model,
            tasks,
            Shared(None, _nothing, ()),
            lambda n: progress.advance(bar, n),
        )
        with Paced[Made](lambda parts: _note(folder, parts, report)) as noted:
            for outcome in making.by.each(step):
                if outcome.error is not None:
                    failed.append(outcome)
                else:
                    noted.add(outcome.result)
                    written += len(outcome.result[0])
    record_step(
        folder,
        model,
        name,
        started,
        kind=making.kind.kind,
        of=of,
        images=written,
        workers=making.by.count,
        failed=failures(failed),
    )
    console.print(f"{folder.stimuli}: {written} images of {name}, made of {of}")
    refuse_failed(failed)


# Rows of the table of stimuli, and of a report.
Made = tuple[pd.DataFrame, list[dict]]


def derive_unit(
    folder: StudyFolder,
    model: Model,
    on_progress: OnProgress,
    shared: None,
    name: str,
    derive: Derive,
    method: str | None,
    unit: pd.Series,
    rows: list[dict],
) -> Made:
    """Make, write and measure images of a unit."""
    reported = 0

    def progress(n: int) -> None:
        nonlocal reported
        reported += n
        on_progress(n)

    given = Given(folder, model, name, unit, progress)
    # Pillow decodes and encodes outside the interpreter's lock.
    with ThreadPoolExecutor(usable_cores()) as threads:
        originals = list(threads.map(partial(open_original, folder), rows))
        pictures = derive(given, originals)
        paths = [folder.path / renamed(one.path, name) for one in originals]
        list(threads.map(_write, paths, pictures))
    activations = measure_files(model, paths, unit["layer"], int(unit["channel"])).astype(float)
    for path, activation in zip(paths, activations, strict=True):
        if not np.isfinite(activation):
            raise StudyError(
                f"{path}: its activation is {activation}, as no image's may be that is shown; "
                "choose another unit in the study file"
            )
    facts: list[dict[str, Any]] = [
        {
            "unit": unit["unit"],
            "name": name,
            "kind": given.kind.kind,
            "method": method,
            "pole": one.pole,
            "batch": one.batch,
            "rank": one.rank,
            "activation": activation,
            "path": folder.relative(path),
            "source": f"{one.source}, {picture.note}",
            "sha256": sha256_of(path),
            "of_sha256": one.sha256,
        }
        for one, picture, path, activation in zip(
            originals, pictures, paths, activations, strict=True
        )
    ]
    of_report = [
        {key: row[key] for key in ("name", "unit", "pole", "batch", "rank", "path")}
        | {"before": one.activation, "after": row["activation"]}
        | picture.facts
        for one, picture, row in zip(originals, pictures, facts, strict=True)
    ]
    on_progress(len(rows) - reported)
    return pd.DataFrame(facts), of_report


def plan_derived(making: Making, derive: Derive) -> list[PlannedStep]:
    """What is to be made, by layer, and how long it takes on images of noise.

    The originals need not be there.
    """
    folder, model, name = making.folder, making.model, making.name
    table = checked_units(folder, model)
    wanted, lacking = missing_originals(folder, name, table)
    of = derived_kind(making.study, name).of
    counts = {unit: len(rows) for unit, rows in wanted.items()}
    counts |= {unit: len(original_paths(making.study, of, unit)) for unit in lacking}
    planned: list[PlannedStep] = []
    for layer, units in table[table["unit"].isin(counts)].groupby("layer", sort=False):
        originals = _noise(making.study.image.crop)
        started = time.perf_counter()
        derive(Given(folder, model, name, units.iloc[0]), originals)
        seconds = (time.perf_counter() - started) / len(originals)
        own = [counts[unit] for unit in units["unit"]]
        tasks = sum(-(-count // TOGETHER) for count in own)
        each = seconds * sum(own) / tasks
        planned.append(PlannedStep(f"{name}, {layer}", tasks, each, memory_now()))
    return planned


def portions(rows: list[dict]) -> list[list[dict]]:
    """Rows of a unit as they are made together."""
    return [rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER)]


def _note(folder: StudyFolder, parts: list[Made], report: Report | None) -> None:
    """Add to the report, then to the table of stimuli: what is in that is done."""
    with one_writer(folder):
        if report:
            report(folder, [row for _, rows in parts for row in rows])
        add_stimuli(folder, pd.concat([rows for rows, _ in parts]))


def _write(path: Any, picture: Picture) -> None:
    with atomic_path(path) as temporary:
        picture.image.save(temporary)


def _nothing() -> None:
    """What the tasks share."""


def _noise(side: int) -> list[Original]:
    rng = np.random.default_rng(0)
    return [
        Original(
            "",
            "max",
            None,
            rank,
            0.0,
            "noise",
            "",
            Image.fromarray(rng.integers(0, 256, (side, side, 3), dtype=np.uint8)),
        )
        for rank in range(SAMPLED_IMAGES)
    ]
