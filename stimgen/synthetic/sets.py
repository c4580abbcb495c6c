"""Which sets of images a study wants: a unit and pole each, and what they are compared with."""

import pandas as pd

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables.files import read_table
from conditions.tables.stimuli import POLES, POOL
from stimgen.stimuli import finished, known_stimuli
from stimgen.synthetic.judged.quality import diversity_weights, natural_levels
from stimgen.synthetic.judged.report import read_report
from stimgen.synthetic.recipe import recipe_of
from stimgen.synthetic.write import Wanted


def missing_sets(
    folder: StudyFolder, name: str, table: pd.DataFrame, planned: bool = False
) -> list[Wanted]:
    """The sets of images of a kind, for all units of a study, that are not there yet.

    For a plan the pool need not have been scanned: the weights are then of no meaning.
    """
    recipe = recipe_of(folder.study, name)
    _refuse_mixing(folder, name, recipe.method)
    done = finished(folder, name, ["unit", "pole"], recipe.images)
    wanted = _all_wanted(folder, name, table, planned)
    return [one for one in wanted if (one.unit, one.pole) not in done]


def names_of(batch: list[Wanted]) -> str:
    """The sets of a batch for people: unit and pole of each."""
    return ", ".join(f"{one.unit} {one.pole}" for one in batch)


def batches(wanted: list[Wanted], length: int) -> list[list[Wanted]]:
    """Sets of one layer together, so that none is run deeper than it needs."""
    layers = dict.fromkeys(one.layer for one in wanted)
    groups = [[one for one in wanted if one.layer == layer] for layer in layers]
    return [
        group[start : start + length] for group in groups for start in range(0, len(group), length)
    ]


def _refuse_mixing(folder: StudyFolder, name: str, method: str) -> None:
    report = read_report(folder)
    others = set(report.loc[report["name"] == name, "method"]) - {method}
    if others:
        raise StudyError(
            f"{folder.synthetic_report}: the images of {name} that are there were made by "
            f"{', '.join(sorted(others))}, found references.{name}.method {method}; a kind has one "
            "method: name it otherwise, or begin another folder (another --root)"
        )


def _all_wanted(folder: StudyFolder, name: str, table: pd.DataFrame, planned: bool) -> list[Wanted]:
    recipe = recipe_of(folder.study, name)
    spread = dict.fromkeys(table["unit"], 1.0) if planned else _pool_spread(folder, name)
    levels = natural_levels(known_stimuli(folder), folder.study.photographs)
    if recipe.beat_natural and not levels and not planned:
        raise StudyError(
            f"{folder.stimuli_table}: no natural images; references.{name}.beat_natural "
            f"compares with them: first run `{typed_command('stimgen', 'natural', *folder.typed)}`"
        )
    return [
        Wanted(
            name,
            unit["unit"],
            unit["layer"],
            int(unit["channel"]),
            pole,
            # A unit that no image of the pool drives to a finite number has no row there.
            diversity_weights(recipe.diversity, spread.get(unit["unit"], 0.0), recipe.beat_natural),
            levels.get((unit["unit"], pole)),
        )
        for unit in table.to_dict("records")
        for pole in POLES
    ]


def _pool_spread(folder: StudyFolder, name: str) -> dict[str, float]:
    if folder.pool_table.exists():
        pool = read_table(folder.pool_table, POOL)
        return dict(zip(pool["unit"], pool["sd"], strict=True))
    if recipe_of(folder.study, name).diversity == "auto":
        raise StudyError(
            f"{folder.pool_table}: no such file; references.{name}.diversity auto follows from "
            f"the pool: first run `{typed_command('stimgen', 'natural', *folder.typed)}`"
        )
    return {}
