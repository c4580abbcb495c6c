"""All sets of a kind that are not judged yet are judged: those just made, and those of before."""

from dataclasses import replace
from itertools import islice

import pandas as pd

from conditions.commands.command_line import console, progress_bar
from conditions.folder import StudyFolder
from stimgen.models.model import Model
from stimgen.stimuli import known_stimuli
from stimgen.synthetic.judged.border import LEAST_PHOTOGRAPHS
from stimgen.synthetic.judged.judge import (
    Judge,
    Judgement,
    SetOfImages,
    judge_from,
    judge_set,
)
from stimgen.synthetic.judged.photographs import Listed, listed, most_extreme, photographs_of
from stimgen.synthetic.judged.report import are_judged, fill_in_report, read_report
from stimgen.wording import named
from stimgen.work.paced import Paced
from stimgen.work.workers import Outcome, Shared, Step, Task, Workers, failures


def judge_sets(
    folder: StudyFolder, model: Model, name: str, table: pd.DataFrame, by: Workers
) -> int:
    """Judge the sets of a kind whose rows in the report say nothing of it, or not all by now.

    What cannot be judged is said, and tried again by the next command.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    model : Model
        Its network.
    name : str
        The study's name of the kind.
    table : DataFrame
        Its units.
    by : Workers
        Who does the work.

    Returns
    -------
    int
        How many sets were judged.
    """
    report = read_report(folder)
    report = report[report["name"] == name]
    stimuli = known_stimuli(folder)
    sets = _sets(report, table, stimuli[stimuli["name"] == name], most_extreme(folder, stimuli))
    if not sets:
        return 0
    photographs = photographs_of(folder, stimuli)
    if len(photographs.pixels) < LEAST_PHOTOGRAPHS:
        _say_unusable(folder, photographs.unusable)
        console.print(
            f"{folder.synthetic_report}: {len(sets)} sets of {name} are not judged by their "
            f"borders, detail and diversity: that takes {LEAST_PHOTOGRAPHS} photographs of the "
            f"study, found {len(photographs.pixels)}"
        )
        return 0
    tasks = [Task(f"{one.unit} {one.pole}", (one,)) for one in sets]
    channels = _channels(sets)
    judge = Judge(photographs.pixels, channels)
    # Workers read the photographs themselves: they would be much to send.
    given = (replace(folder, path=folder.path.resolve()), photographs.listed, channels)
    unusable = photographs.unusable.copy()
    failed: list[Outcome] = []
    judged = 0
    with progress_bar() as progress:
        bar = progress.add_task(f"Judging {name}", total=len(sets))
        shared = Shared(judge, judge_from, given)
        step = Step(judge_set, folder, model, tasks, shared, lambda n: progress.advance(bar, n))
        here = replace(step, on_progress=lambda n: None)
        with Paced[dict](lambda rows: fill_in_report(folder, rows)) as written:
            for outcome in by.each(step):
                if outcome.error is not None:
                    failed.append(outcome)
                    continue
                # A worker that does not see the study's folder leaves it to this process.
                (one,) = outcome.task.arguments
                judgement: Judgement = outcome.result or here.run(outcome.task)
                unusable += judgement.unusable
                if judgement.found:
                    judged += 1
                    place = {"name": name, "unit": one.unit, "pole": one.pole}
                    written.add(place | judgement.found)
    _say_unusable(folder, unusable)
    for line in failures(failed):
        console.print(f"warning: not judged: {line}", markup=False)
    return judged


def _sets(
    report: pd.DataFrame,
    table: pd.DataFrame,
    rows: pd.DataFrame,
    natural: dict[tuple[str, str], Listed],
) -> list[SetOfImages]:
    """Sets to judge in rows of the report whose images are in the table of stimuli, by layer."""
    rows = rows.sort_values("rank")
    images = {place: listed(own) for place, own in rows.groupby(["unit", "pole"])}
    units = {row["unit"]: row for row in table.to_dict("records")}
    sets = []
    for row, is_judged in zip(report.to_dict("records"), are_judged(report), strict=True):
        place = (row["unit"], row["pole"])
        if place not in images or row["unit"] not in units:
            continue
        unit, own = units[row["unit"]], images[place]
        alike = dict(islice(natural.get(place, {}).items(), len(own)))
        # Natural images may be made after a set was judged. Where it has no similarity itself, as
        # a channel of its layer is no number, they have none either.
        lacks = pd.isna(row["natural_similarity"]) and not pd.isna(row["similarity"])
        if not is_judged or (lacks and min(len(own), len(alike)) > 1):
            where = (*place, unit["layer"], int(unit["channel"]))
            sets.append(SetOfImages(*where, row["similarity"], own, alike))
    return sorted(sets, key=lambda one: one.layer)


def _channels(sets: list[SetOfImages]) -> dict[str, list[int]]:
    """The units of each layer."""
    found: dict[str, dict[int, None]] = {}
    for one in sets:
        found.setdefault(one.layer, {})[one.channel] = None
    return {layer: list(channels) for layer, channels in found.items()}


def _say_unusable(folder: StudyFolder, paths: list[str]) -> None:
    if paths:
        side = folder.study.image.crop
        console.print(
            f"warning: {folder.stimuli_table}: images that are missing, cannot be read, have "
            f"changed or are not {side} × {side} px are left out where sets are judged: "
            f"{named(dict.fromkeys(paths))}",
            markup=False,
        )
