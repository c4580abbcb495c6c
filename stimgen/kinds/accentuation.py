"""Feature accentuation: images of another kind, optimised towards the pole."""

from dataclasses import replace

import torch
from PIL import Image

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.seeds import named_integer
from conditions.study.kinds.accentuation import Accentuation
from conditions.tables.files import read_table
from conditions.tables.stimuli import POOL
from stimgen.activations import as_tensor, layer_maps
from stimgen.dead_units import is_dead
from stimgen.kinds.accentuation_report import add_to_report, say_unmoved
from stimgen.kinds.derived.kind import make_derived, plan_derived
from stimgen.kinds.derived.originals import Original, open_original, original_paths
from stimgen.kinds.derived.unit import Given, Picture
from stimgen.kinds.making import Making
from stimgen.out_of_memory import OutOfMemoryError, memory_watched
from stimgen.stimuli import known_stimuli
from stimgen.synthetic.accentuate import Accentuated, Aim, Photograph, accentuate
from stimgen.synthetic.distance import mean_squared_distance
from stimgen.work.planned import PlannedStep

# Images that are optimised side by side. On a core of a CPU 16 take some three quarters of the time
# that they take one by one, and 32 hardly less.
TOGETHER = {"cpu": 16, "cuda": 64}
# Images of a unit whose distances from one another are the measure, at most.
COMPARED = 32
# Steps that a plan is measured on, at most.
SAMPLED_STEPS = 4


def make(making: Making) -> None:
    """See :class:`stimgen.kinds.making.Maker`."""
    _check_layer(making)
    try:
        make_derived(making, derive, report=add_to_report)
    finally:
        # Without strength none was to move.
        if _kind(making).strength:
            say_unmoved(making.folder, making.name)


def plan(making: Making) -> list[PlannedStep]:
    """See :class:`stimgen.kinds.making.Maker`; a few steps are measured, on images of noise."""
    _check_layer(making)
    steps = _kind(making).steps
    times = steps / min(steps, SAMPLED_STEPS)
    planned = plan_derived(making, _sample)
    return [replace(step, seconds_each=step.seconds_each * times) for step in planned]


def derive(given: Given, originals: list[Original]) -> list[Picture]:
    """Images of a unit, each optimised towards its pole.

    Raises
    ------
    StudyError
        Where the unit's spread over the pool is not known; where no gradient reaches the images;
        where not even one of them fits into memory.
    FloatingPointError
        Where an image leaves the numbers: names it.
    """
    kind = _kind(given)
    if not kind.strength:
        return _unchanged(originals, "as it was")
    sd = _pool_sd(given)
    if sd is None:
        return _unchanged(originals, "as it was, as the unit is dead")
    near = kind.layer or given.unit["layer"]
    aim = Aim(
        given.unit["layer"],
        int(given.unit["channel"]),
        kind.strength,
        sd,
        kind.penalty,
        near,
        _apart(given, near),
    )
    return _in_batches(given, originals, aim, kind.steps)


def _sample(given: Given, originals: list[Original]) -> list[Picture]:
    """As :func:`derive`, with a few steps and whatever scales."""
    kind, layer = _kind(given), given.unit["layer"]
    if not kind.strength:
        return _unchanged(originals, "")
    channel = int(given.unit["channel"])
    aim = Aim(layer, channel, kind.strength, 1.0, kind.penalty, kind.layer or layer, 1.0)
    return _in_batches(given, originals, aim, min(kind.steps, SAMPLED_STEPS))


def _in_batches(given: Given, originals: list[Original], aim: Aim, steps: int) -> list[Picture]:
    count = TOGETHER.get(given.model.device.type, min(TOGETHER.values()))
    pictures: list[Picture] = []
    for start in range(0, len(originals), count):
        some = originals[start : start + count]
        for made in _within_memory(given, some, aim, steps):
            pictures += _pictures(made, aim, steps)
        given.on_progress(len(some))
    return pictures


def _within_memory(
    given: Given, originals: list[Original], aim: Aim, steps: int
) -> list[Accentuated]:
    """Optimise in one batch, or in halves where the device's memory does not hold all."""
    seed = given.folder.study.seed
    photographs = [
        # Of two kinds that are made of the same images, the network sees the same parts.
        Photograph(
            one.path,
            as_tensor(one.image),
            one.pole,
            named_integer(seed, f"accentuation/{one.path}"),
        )
        for one in originals
    ]
    try:
        with memory_watched(given.model.device):
            return [accentuate(given.model, photographs, aim, steps, _kind(given).learning_rate)]
    except OutOfMemoryError:
        if len(originals) == 1:
            raise
    half = len(originals) // 2
    parts = (originals[:half], originals[half:])
    return [made for part in parts for made in _within_memory(given, part, aim, steps)]


def _pictures(made: Accentuated, aim: Aim, steps: int) -> list[Picture]:
    return [
        Picture(
            Image.fromarray(pixels.permute(1, 2, 0).numpy()),
            f"accentuated by {aim.strength:g} SD in {steps} steps",
            {"sd": aim.sd, "distance": distance, "steps": steps, "seconds": made.seconds},
        )
        for pixels, distance in zip(made.images, made.distances, strict=True)
    ]


def _unchanged(originals: list[Original], note: str) -> list[Picture]:
    facts = {"sd": None, "distance": 0.0, "steps": 0, "seconds": 0.0}
    return [Picture(one.image, note, facts) for one in originals]


def _pool_sd(given: Given) -> float | None:
    """Standard deviation of the unit over the pool; none for a dead unit."""
    path, unit = given.folder.pool_table, given.unit["unit"]
    first = f"first run `{typed_command('stimgen', 'natural', *given.folder.typed)}`"
    if not path.exists():
        raise StudyError(
            f"{path}: no such file; references.{given.name}.strength counts in standard deviations "
            f"of the unit over the pool: {first}"
        )
    pool = read_table(path, POOL).set_index("unit")
    if unit not in pool.index:
        raise StudyError(f"{path}: no row of {unit}, whose standard deviation is needed: {first}")
    row = pool.loc[unit].to_dict()
    return None if is_dead(row) else float(row["sd"])


def _apart(given: Given, layer: str) -> float:
    """Mean squared distance of two of the unit's images in a layer.

    Of images all over its poles, batches and ranks, whichever of them are still to be made into
    something: what is made does not depend on when it is.
    """
    study, of = given.folder.study, _kind(given).of
    stimuli = known_stimuli(given.folder)
    rows = {row["path"]: row for row in stimuli[stimuli["name"] == of].to_dict("records")}
    paths = original_paths(study, of, given.unit["unit"], given.unit["role"])
    maps = []
    for path in paths[:: -(-len(paths) // COMPARED)]:
        pixels = as_tensor(open_original(given.folder, rows[path]).image)
        with torch.inference_mode():
            image = pixels[None].to(given.model.device)
            maps.append(layer_maps(given.model, image, [layer])[layer].float().cpu())
    return mean_squared_distance(torch.cat(maps))


def _check_layer(making: Making) -> None:
    layer = _kind(making).layer
    try:
        if layer is not None:
            making.model.readout(layer)
    except StudyError as error:
        raise StudyError(f"references.{making.name}.layer: {error}") from error


def _kind(of: Given | Making) -> Accentuation:
    kind = of.kind
    assert isinstance(kind, Accentuation)  # the registry has looked
    return kind
