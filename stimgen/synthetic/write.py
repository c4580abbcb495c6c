"""Sets of synthetic images: optimised, compared, tried again where they must be, written."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import torch
from PIL import Image

from conditions.errors import StudyError
from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder
from conditions.seeds import named_integer
from conditions.study.kinds.paths import unit_image
from conditions.study.kinds.visualisation import Visualisation
from stimgen.activations import measure_files
from stimgen.models.model import Model
from stimgen.synthetic.images.by_method import MakeImages
from stimgen.synthetic.judged.quality import NaturalLevel, Quality, measure, quantised
from stimgen.synthetic.optimising.objective import UnitObjective
from stimgen.synthetic.optimising.optimise import ImageSet, Optimised, optimise
from stimgen.synthetic.recipe import recipe_of


@dataclass(frozen=True)
class Wanted:
    """A set of images to make: a unit's pole, the weights to try, and what it is compared with.

    ``name`` is the study's name of the kind that it is of; ``precision`` is full or mixed.
    """

    name: str
    unit: str
    layer: str
    channel: int
    pole: str
    weights: list[float]
    natural: NaturalLevel | None
    precision: str = "full"


@dataclass(frozen=True)
class Made:
    """A set that was made: the result of its best try."""

    wanted: Wanted
    weight: float
    tries: int
    result: Optimised
    quality: Quality


def make_sets(
    folder: StudyFolder,
    model: Model,
    wanted: list[Wanted],
    make: MakeImages,
    on_step: Callable[[int], None] = lambda n: None,
) -> list[Made]:
    """Optimise sets of one layer side by side, each with its weights until one will do.

    Raises
    ------
    FloatingPointError
        Where an optimisation leaves the numbers.
    StudyError
        Where not even one set fits the device's memory.
    """
    study = folder.study
    recipe = recipe_of(study, wanted[0].name).model_copy(update={"precision": wanted[0].precision})
    best: dict[int, Made] = {}
    pending = list(range(len(wanted)))
    for attempt in range(max(len(one.weights) for one in wanted)):
        pending = [place for place in pending if attempt < len(wanted[place].weights)]
        if not pending:
            break
        sets = [image_set(study.seed, wanted[place], attempt) for place in pending]
        results = _within_memory(model, wanted[0].layer, sets, make, recipe, on_step)
        for place, result in zip(list(pending), results, strict=True):
            one = wanted[place]
            quality = measure(model, result.images, one.layer, one.channel)
            made = Made(one, one.weights[attempt], attempt + 1, result, quality)
            best[place] = _better(best.get(place), made)
            if one.natural is None or one.natural.is_beaten(quality.weakest(one.pole), one.pole):
                pending.remove(place)
    return [best[place] for place in sorted(best)]


def write_set(folder: StudyFolder, model: Model, made: Made) -> tuple[pd.DataFrame, dict]:
    """Write a set's images and measure them again from their files.

    Returns
    -------
    DataFrame
        Rows of the table of stimuli.
    dict
        Row of the report on synthetic images.
    """
    one = made.wanted
    recipe = recipe_of(folder.study, one.name)
    paths = []
    for rank, pixels in enumerate(quantised(made.result.images)):
        path = folder.path / unit_image(one.name, one.unit, one.pole, rank)
        with atomic_path(path) as temporary:
            Image.fromarray(pixels.permute(1, 2, 0).numpy()).save(temporary)
        paths.append(path)
    activations = measure_files(model, paths, one.layer, one.channel)
    source = f"{recipe.method}, {made.result.steps} steps, diversity {made.weight:.4g}"
    rows = pd.DataFrame(
        {
            "unit": one.unit,
            "name": one.name,
            "kind": recipe.kind,
            "method": recipe.method,
            "pole": one.pole,
            "batch": None,
            "rank": range(len(paths)),
            "activation": activations.astype(float),
            "path": [folder.relative(path) for path in paths],
            "source": source,
            "sha256": [sha256_of(path) for path in paths],
        }
    )
    weakest = Quality(activations, 0.0).weakest(one.pole)
    report = {
        "name": one.name,
        "unit": one.unit,
        "pole": one.pole,
        "method": recipe.method,
        "diversity_weight": made.weight,
        "tries": made.tries,
        "steps": made.result.steps,
        "precision": one.precision,
        "seconds": round(made.result.seconds, 2),
        "similarity": made.quality.similarity,
        "weakest": weakest,
        "mean": float(activations.mean()),
        **(one.natural.compared(weakest, one.pole) if one.natural else {}),
    }
    return rows, report


def image_set(study_seed: int, one: Wanted, attempt: int) -> ImageSet:
    """What is optimised in a try, counted from 0.

    The seed is that of the unit and pole, whatever the kind is called: kinds that differ in, say,
    steps begin with the same images, and a kind that is added changes nobody else's.
    """
    # Every try begins with the same images: only the weight differs.
    seed = named_integer(study_seed, f"synthetic/{one.unit}/{one.pole}")
    return ImageSet(one.unit, UnitObjective(one.channel, one.pole, one.weights[attempt]), seed)


def _better(one: Made | None, other: Made) -> Made:
    """The set whose weakest image is more extreme; it keeps count of the tries."""
    if one is None:
        return other
    sign = 1 if other.wanted.pole == "max" else -1
    pole = other.wanted.pole
    ahead = sign * other.quality.weakest(pole) > sign * one.quality.weakest(pole)
    return replace(other if ahead else one, tries=other.tries)


def _within_memory(
    model: Model,
    layer: str,
    sets: list[ImageSet],
    make: MakeImages,
    recipe: Visualisation,
    on_step: Callable[[int], None],
) -> list[Optimised]:
    """Optimise, in halves where the device's memory does not hold all."""
    try:
        return optimise(model, layer, sets, make, recipe, on_step)
    except torch.OutOfMemoryError as error:
        if len(sets) == 1:
            raise StudyError(
                f"unit {sets[0].unit}: {recipe.images} images do not fit the memory of "
                f"{model.device}; use fewer images or a smaller crop"
            ) from error
    # Outside the handler, whose traceback would hold on to the tensors.
    torch.cuda.empty_cache()
    half = len(sets) // 2
    return [
        result
        for part in (sets[:half], sets[half:])
        for result in _within_memory(model, layer, part, make, recipe, on_step)
    ]
