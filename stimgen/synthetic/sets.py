"""Which sets of images a study wants: a unit and pole each, and what they are compared with."""

import pandas as pd

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables.files import read_table
from conditions.tables.stimuli import POLES, POOL, SYNTHETIC_REPORT
from stimgen.models.model import Model
from stimgen.stimuli import finished, known_stimuli
from stimgen.synthetic.optimise import side_seen
from stimgen.synthetic.quality import diversity_weights, natural_levels
from stimgen.synthetic.write import Wanted


def missing_sets(folder: StudyFolder, table: pd.DataFrame, planned: bool = False) -> list[Wanted]:
    """The sets of images of a study's units that are not there yet.

    For a plan the pool need not have been scanned: the weights are then of no meaning.
    """
    recipe = folder.study.synthetic
    _refuse_mixing(folder, recipe.method)
    done = finished(folder, "synthetic", ["unit", "pole"], recipe.images)
    return [one for one in _all_wanted(folder, table, planned) if (one.unit, one.pole) not in done]


def check_sides(folder: StudyFolder, model: Model, wanted: list[Wanted]) -> None:
    """Check that the network takes images of the size that the optimisation shows it.

    Raises
    ------
    StudyError
        Where it does not.
    """
    padding = folder.study.synthetic.padding
    side = folder.study.image.crop + 2 * padding
    for name in dict.fromkeys(one.layer for one in wanted):
        seen = side_seen(model.readout(name), side, padding)
        model.check_side(seen, f"synthetic.padding: found {padding}")


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


def _refuse_mixing(folder: StudyFolder, method: str) -> None:
    if not folder.synthetic_report.exists():
        return
    others = set(read_table(folder.synthetic_report, SYNTHETIC_REPORT)["method"]) - {method}
    if others:
        raise StudyError(
            f"{folder.synthetic_report}: the synthetic images that are there were made by "
            f"{', '.join(sorted(others))}, found method {method}; a folder holds those of one "
            "method: give the study another name or another --root"
        )


def _all_wanted(folder: StudyFolder, table: pd.DataFrame, planned: bool) -> list[Wanted]:
    recipe = folder.study.synthetic
    spread = dict.fromkeys(table["unit"], 1.0) if planned else _pool_spread(folder)
    levels = natural_levels(known_stimuli(folder))
    if recipe.beat_natural and not levels and not planned:
        raise StudyError(
            f"{folder.stimuli_table}: no natural images; synthetic.beat_natural compares with "
            f"them: first run `python -m stimgen natural {folder.path}`"
        )
    return [
        Wanted(
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


def _pool_spread(folder: StudyFolder) -> dict[str, float]:
    if folder.pool_table.exists():
        pool = read_table(folder.pool_table, POOL)
        return dict(zip(pool["unit"], pool["sd"], strict=True))
    if folder.study.synthetic.diversity == "auto":
        raise StudyError(
            f"{folder.pool_table}: no such file; synthetic.diversity auto follows from the pool: "
            f"first run `python -m stimgen natural {folder.path}`"
        )
    return {}
