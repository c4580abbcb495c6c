"""Kinds that are made of another one, an image of each image: what they share.

Such a kind is a function of this form, and nothing else::

    def derive(given: Given, originals: list[Original]) -> list[Picture]: ...
"""

import time

import numpy as np
import pandas as pd
from PIL import Image

from conditions.commands.command_line import console, progress_bar
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from stimgen.kinds.derived.originals import (
    Original,
    command_for,
    derived_kind,
    missing_originals,
    original_paths,
)
from stimgen.kinds.derived.unit import Derive, Given, Made, Report, derive_unit
from stimgen.kinds.making import Making
from stimgen.pool.scanned import refuse_other_weights, scanned_pool
from stimgen.records import StepRecord
from stimgen.stimuli import add_stimuli, one_writer
from stimgen.units import checked_units, write_units
from stimgen.work.paced import Paced
from stimgen.work.planned import PlannedStep, memory_now
from stimgen.work.workers import Outcome, Shared, Step, Task, failures, refuse_failed

# Images of a unit that are made together at most: what a stopped run does again, and what lies in
# memory at once.
TOGETHER = 128
# Images that a plan is measured on.
SAMPLED_IMAGES = 2


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
    no_originals = f"the {of} images that {name} is made of are not there"
    if len(lacking) == len(table):
        raise StudyError(f"{folder.stimuli}: {no_originals}: {command_for(folder, of)}")
    write_units(folder, table)
    failed = [
        Outcome(Task(unit, ()), error=f"{no_originals}: {command_for(folder, of)}")
        for unit in lacking
    ]
    count, there = sum(map(len, wanted.values())), len(table) - len(lacking)
    if not count:
        console.print(f"{folder.stimuli}: {name} images of {there} units are there")
        refuse_failed(failed)
        return
    tasks = [
        Task(unit["unit"], (name, derive, method, unit, rows), len(rows))
        for _, unit in table[table["unit"].isin(wanted)].iterrows()
        for rows in portions(wanted[unit["unit"]])
    ]
    written, record = 0, StepRecord(folder, model, name, started)
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
        with Paced[Made](lambda parts: _note(folder, parts, report, record)) as noted:
            for outcome in making.by.each(step):
                if outcome.error is not None:
                    failed.append(outcome)
                else:
                    noted.add(outcome.result)
                    written += len(outcome.result[0])
    record.finish(
        kind=making.kind.kind,
        of=of,
        images=written,
        workers=making.by.count,
        failed=failures(failed),
    )
    console.print(f"{folder.stimuli}: {written} {name} images, made of {of}")
    refuse_failed(failed)


def plan_derived(making: Making, derive: Derive) -> list[PlannedStep]:
    """What is to be made, by layer, and how long it takes on images of noise.

    The originals need not be there.
    """
    folder, model, name = making.folder, making.model, making.name
    table = checked_units(folder, model)
    wanted, lacking = missing_originals(folder, name, table)
    of = derived_kind(making.study, name).of
    counts = {unit: len(rows) for unit, rows in wanted.items()}
    roles = dict(zip(table["unit"], table["role"], strict=True))
    counts |= {u: len(original_paths(making.study, of, u, roles[u])) for u in lacking}
    planned: list[PlannedStep] = []
    for layer, units in table[table["unit"].isin(counts)].groupby("layer", sort=False):
        originals = _noise(making.study.image.crop)
        started = time.perf_counter()
        try:
            derive(Given(folder, model, name, units.iloc[0]), originals)
        except (StudyError, FloatingPointError) as error:
            raise StudyError(f"{name}: {units['unit'].iloc[0]}: {error}") from error
        seconds = (time.perf_counter() - started) / len(originals)
        own = [counts[unit] for unit in units["unit"]]
        tasks = sum(-(-count // TOGETHER) for count in own)
        each = seconds * sum(own) / tasks
        planned.append(PlannedStep(f"{name}, {layer}", tasks, each, memory_now()))
    return planned


def portions(rows: list[dict]) -> list[list[dict]]:
    """Rows of a unit as they are made together."""
    return [rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER)]


def _note(
    folder: StudyFolder, parts: list[Made], report: Report | None, record: StepRecord
) -> None:
    """Add to the report, then to the table of stimuli: what is in that is done."""
    with one_writer(folder):
        record.begin()
        if report:
            report(folder, [row for _, rows in parts for row in rows])
        add_stimuli(folder, pd.concat([rows for rows, _ in parts]))


def _nothing() -> None:
    """What the tasks share."""


def _noise(side: int) -> list[Original]:
    rng = np.random.default_rng(0)
    return [
        Original(
            "an image of noise",
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
