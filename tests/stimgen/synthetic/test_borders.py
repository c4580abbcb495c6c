"""Images have no borders: what is shown of a unit is the same in its corners as inside."""

from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from conditions.study.kinds.visualisation import Visualisation
from conditions.study.recipes import ImageSize
from stimgen.activations import layer_maps
from stimgen.pool.finding.find import open_pool
from stimgen.pool.loader import load_batches
from stimgen.synthetic.images.fourier import MEAN, FourierImages
from stimgen.synthetic.images.maco import MacoImages, pool_magnitudes
from stimgen.synthetic.judged.border import BorderReference, moved_half_round
from stimgen.synthetic.judged.quality import measure, quantised
from stimgen.synthetic.optimising import optimise as optimisation
from stimgen.synthetic.optimising.objective import UnitObjective
from stimgen.synthetic.optimising.optimise import ImageSet, optimise
from stimgen.synthetic.optimising.transformations import transform

SIZE = ImageSize(resize=96, crop=96)
RECIPE = Visualisation(images=10, steps=32)
MARGIN = 8
LAYER, UNITS = "block02", (4, 7)


@pytest.fixture(scope="module")
def pool():
    return open_pool("embedded", SIZE)


@pytest.fixture(scope="module")
def magnitudes(pool) -> torch.Tensor:
    return pool_magnitudes(pool, SIZE)


@pytest.fixture(scope="module")
def photographs(pool) -> torch.Tensor:
    batches = load_batches(pool, SIZE, 32, workers=0)
    pixels = torch.cat([batch.pixels[torch.from_numpy(batch.usable)] for batch in batches])
    return pixels[:100].permute(0, 3, 1, 2).float() / 255


def index(model, photographs, images: torch.Tensor, channel: int) -> float:
    def maps(of: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            values = layer_maps(model, torch.from_numpy(of), [LAYER])[LAYER]
        return model.readout(LAYER).unit(values, channel).numpy()

    shown, known = quantised(images).numpy().astype("float32") / 255, photographs.numpy()
    reference = BorderReference.of(known, maps(known))
    return reference.index(shown, maps(shown), maps(moved_half_round(shown)))


def made(model, make, channel: int, pole: str) -> torch.Tensor:
    one = ImageSet("unit", UnitObjective(channel, pole, 0.5), 1)
    return optimise(model, LAYER, [one], make, RECIPE)[0].images


@pytest.mark.slow
@pytest.mark.parametrize("pole", ["min", "max"])
def test_borders_are_as_those_of_photographs(lite0, magnitudes, photographs, pole):
    found = {"fourier": [], "maco": []}
    for channel in UNITS:
        for method, make in (
            ("fourier", partial(FourierImages, SIZE.crop)),
            ("maco", partial(MacoImages, magnitudes)),
        ):
            images = made(lite0, make, channel, pole)
            found[method].append(index(lite0, photographs, images, channel))
    # One of twenty sets of photographs is above 1, too; none is far above.
    assert max(found["fourier"] + found["maco"]) < 1.5, found
    assert np.median(found["fourier"] + found["maco"]) < 1, found


@pytest.mark.slow
@pytest.mark.parametrize("pole", ["min", "max"])
def test_no_blob_is_left_where_the_mean_colour_is_to_change(lite0, pole):
    """Parts of an image in a colour that the unit does not want, which the margin used to take."""
    spread, reached = {}, {}
    for mean in (1, MEAN):
        images = made(lite0, partial(FourierImages, SIZE.crop, mean=mean), UNITS[0], pole)
        with torch.no_grad():
            coarse = F.avg_pool2d(images, 16)
        spread[mean] = float(coarse.flatten(2).std(2).mean())
        reached[mean] = abs(float(measure(lite0, images, LAYER, UNITS[0]).activations.mean()))
    assert spread[MEAN] < 0.9 * spread[1], spread
    assert reached[MEAN] > 1.1 * reached[1], reached


@pytest.mark.slow
@pytest.mark.parametrize("pole", ["min", "max"])
def test_a_margin_that_is_cut_off_leaves_corners(lite0, photographs, pole, monkeypatch):
    """The index sees what people saw: colours in the corners of units of an early layer."""
    canvas, seen = SIZE.crop + 2 * MARGIN, SIZE.crop + MARGIN
    middle = torch.tensor([seen / canvas, seen / canvas, 1.0])
    monkeypatch.setattr(
        optimisation, "transform", lambda images, affines, *_, **__: transform(
            images, affines * middle, seen
        )
    )  # fmt: skip
    monkeypatch.setattr(optimisation, "shifted", lambda images, _: images)
    for channel in UNITS:
        images = made(lite0, partial(FourierImages, canvas, mean=1), channel, pole)
        inside = images[..., MARGIN:-MARGIN, MARGIN:-MARGIN]
        assert index(lite0, photographs, inside, channel) > 1.5
