"""The precision of a kind's sets of images: as the recipe says, or as is found for their layer."""

from dataclasses import replace

import pandas as pd

from conditions.commands.command_line import console
from conditions.folder import StudyFolder
from stimgen.models.model import Model
from stimgen.out_of_memory import OutOfMemoryError, memory_watched
from stimgen.synthetic.images.by_method import MakeImages
from stimgen.synthetic.judged.report import read_report
from stimgen.synthetic.optimising.mixed import TRIAL_STEPS, try_mixed
from stimgen.synthetic.recipe import recipe_of
from stimgen.synthetic.sets import batches
from stimgen.synthetic.write import Wanted, image_set

# A trial is worth its time where it costs at most this share of a layer's optimisation.
WORTH = 1 / 20


def settled(
    folder: StudyFolder, model: Model, table: pd.DataFrame, wanted: list[Wanted], make: MakeImages
) -> list[Wanted]:
    """The sets of a kind with their precision: all of a layer's have the same.

    Where the recipe leaves it open, mixed precision is tried on each layer's first sets; a layer
    of which sets are there goes on as they were made, also on another machine.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    model : Model
        Its network.
    table : DataFrame
        The study's units.
    wanted : list of Wanted
        The sets that are not there.
    make : callable
        Makes the parameterised images.
    """
    recipe = recipe_of(folder.study, wanted[0].name)
    if recipe.precision != "auto":
        return [replace(one, precision=recipe.precision) for one in wanted]
    chosen = _of_earlier_sets(folder, wanted[0].name, table)
    for layer in dict.fromkeys(one.layer for one in wanted):
        if layer not in chosen:
            own = [one for one in wanted if one.layer == layer]
            chosen[layer] = _found(folder, model, own, make)
    return [replace(one, precision=chosen[one.layer]) for one in wanted]


def _of_earlier_sets(folder: StudyFolder, name: str, table: pd.DataFrame) -> dict[str, str]:
    """By layer, what sets of the kind were made in; reports of earlier versions do not say it."""
    report = read_report(folder)
    made = report[(report["name"] == name) & report["precision"].notna()]
    layers = made["unit"].map(table.set_index("unit")["layer"])
    return dict(zip(layers, made["precision"], strict=True))


def _found(folder: StudyFolder, model: Model, wanted: list[Wanted], make: MakeImages) -> str:
    """What is as good and sooner for the sets of a layer."""
    name, layer = wanted[0].name, wanted[0].layer
    recipe = recipe_of(folder.study, name)
    trial, spent = None, 0
    for batch in batches(wanted, recipe.units_per_batch):
        spent += TRIAL_STEPS * len(batch)
        if spent > WORTH * recipe.steps * len(wanted):
            break
        sets = [image_set(folder.study.seed, one, 0) for one in batch]
        try:
            with memory_watched(model.device):
                trial = try_mixed(model, layer, sets, make, recipe)
        except (FloatingPointError, OutOfMemoryError):
            # The optimisation tries them by themselves, and names those that fail.
            return "full"
        # Dead units may come first.
        if not trial.says_nothing:
            break
    if trial is None:
        return "full"
    console.print(f"{name}, {layer}: {trial}")
    return "mixed" if trial.is_used else "full"
