"""What the optimisation of a kind would cost, measured on a few steps."""

import time

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.kinds.visualisation import Visualisation
from stimgen.models.model import Model
from stimgen.pool.scanned import refuse_other_weights, scanned_pool
from stimgen.synthetic.images.by_method import MakeImages, parameterisation
from stimgen.synthetic.images.spectrum import spectrum_pool
from stimgen.synthetic.optimising.optimise import ImageSet, optimise
from stimgen.synthetic.recipe import recipe_of
from stimgen.synthetic.sets import batches, missing_sets
from stimgen.synthetic.write import image_set
from stimgen.units import checked_units
from stimgen.work.planned import PlannedStep, memory_now

# Steps that are measured, after two.
SAMPLED_STEPS = 3


def plan_synthetic(folder: StudyFolder, model: Model, name: str) -> list[PlannedStep]:
    """The optimisation of the sets that are not there, by layer; one try and all steps each.

    Raises
    ------
    StudyError
        Where the images cannot be made, as a unit's activation is no number.
    """
    recipe, study = recipe_of(folder.study, name), folder.study
    planned: list[PlannedStep] = []
    refuse_other_weights(folder, model, scanned_pool(folder))
    wanted = missing_sets(folder, name, checked_units(folder, model), planned=True)
    if not wanted:
        return planned
    make = parameterisation(recipe, study.image, spectrum_pool(folder, name, planned=True))
    for layer in dict.fromkeys(one.layer for one in wanted):
        work = batches([one for one in wanted if one.layer == layer], recipe.units_per_batch)
        sets = [image_set(study.seed, one, 0) for one in work[0]]
        a_step = _seconds_a_step(model, name, layer, sets, make, recipe)
        seconds = a_step * recipe.steps
        planned.append(PlannedStep(f"{name}, {layer}", len(work), seconds, memory_now()))
    return planned


def _seconds_a_step(
    model: Model,
    name: str,
    layer: str,
    sets: list[ImageSet],
    make: MakeImages,
    recipe: Visualisation,
) -> float:
    short = recipe.model_copy(update={"steps": SAMPLED_STEPS + 2})
    moments: list[float] = []
    try:
        optimise(model, layer, sets, make, short, lambda _: moments.append(time.perf_counter()))
    except FloatingPointError as error:
        raise StudyError(f"{name}: {error}") from error
    return (moments[-1] - moments[1]) / SAMPLED_STEPS
