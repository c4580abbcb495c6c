"""Crops: how large, where, and of which units there can be none."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from scipy.stats import norm

from conditions.errors import StudyError
from conditions.stimuli import read_stimuli
from conditions.study.readouts import ReadoutChoice
from stimgen.kinds.crops import centre, derive
from stimgen.kinds.derived.originals import Original
from stimgen.kinds.derived.unit import Given
from stimgen.kinds.receptive_field import receptive_field
from stimgen.kinds.references import make_references
from stimgen.models.open import with_readouts
from stimgen.natural.step import make_natural
from tests.stimgen.kinds.small import KINDS, SIDE, UNITS, network, study

RED, GREEN, GREY = (255, 0, 0), (0, 255, 0), (128, 128, 128)


def original(red: tuple[int, int], green: tuple[int, int], pole: str) -> Original:
    """A grey image with a red and a green square of 5 px around places (row, column)."""
    values = np.full((SIDE, SIDE, 3), GREY, np.uint8)
    for (row, column), colour in ((red, RED), (green, GREEN)):
        values[row - 2 : row + 3, column - 2 : column + 3] = colour
    image = Image.fromarray(values)
    return Original("stimuli/photos/x.png", pole, 0, 0, 0.0, "made", "", image)


def crops(tmp_path, pool, originals, unit="near_0000", model=None, **fields) -> list:
    kinds = {"photos": KINDS["photos"], "parts": KINDS["parts"] | fields}
    readouts = unit.rsplit("_", 1)[0]
    folder = study(tmp_path / "s", pool, kinds, ["near_0000"])
    row = pd.Series({"unit": unit, "layer": readouts, "channel": int(unit.rsplit("_", 1)[1])})
    return derive(Given(folder, model or network(), "parts", row), originals)


def test_receptive_fields_are_those_of_the_filters():
    model = network()
    assert receptive_field(model, "near", SIDE) == 5
    # 95 % of the gradient of filters of 5 px and of three taps that are 4 px from one another.
    assert receptive_field(model, "far", SIDE) in (12, 13)
    assert receptive_field(model, "far", 9) == 9
    assert receptive_field(model, "flat", SIDE) > 0.9 * SIDE


def test_a_receptive_field_holds_95_of_100_parts_of_the_squared_gradient():
    """Of a Gaussian filter, whose square is a Gaussian of width / √2 in both directions."""
    sigma, model = 3.0, network()
    line = torch.exp(-((torch.arange(25) - 12.0) ** 2) / (2 * sigma**2))
    model.net.near = torch.nn.Conv2d(3, 3, 25, padding=12)
    model.net.near.weight.data[:] = line[:, None] * line
    held = math.sqrt(0.95)
    half = float(norm.ppf((1 + held) / 2)) * sigma / math.sqrt(2)
    # An odd number, for it is around a pixel: the next one.
    assert receptive_field(model, "near", 64) == 2 * math.ceil(half - 0.5) + 1


def test_a_network_without_a_gradient_needs_a_side():
    model = network()
    model.net.near.register_forward_hook(lambda module, given, maps: maps.detach())
    with pytest.raises(StudyError, match="give the side of the crops in pixels"):
        receptive_field(model, "near", SIDE)


def test_crops_show_what_drives_the_pole_and_stay_inside(tmp_path, pool):
    places = [((10, 8), (25, 20)), ((2, 2), (29, 29))]
    for pole, colour in (("max", RED), ("min", GREEN)):
        made = crops(tmp_path, pool, [original(*place, pole) for place in places])
        for one in made:
            assert one.image.size == (SIDE, SIDE)
            np.testing.assert_array_equal(np.asarray(one.image), np.full((SIDE, SIDE, 3), colour))
        tops = [place[pole == "min"] for place in places]
        assert [one.note for one in made] == [f"5 px from {x - 2}, {y - 2}" for y, x in tops]


def test_a_square_in_pixels_stays_inside(tmp_path, pool):
    place = [original((2, 29), (25, 5), "max")]
    (small,) = crops(tmp_path, pool, place, side=12)
    assert small.note == f"12 px from {SIDE - 12}, 0"


def test_of_places_that_are_far_apart_one_is_the_centre():
    values = np.zeros((12, 12))
    values[2, 2] = values[2, 3] = 1.0
    values[10, 10] = 1.1
    # A single position stands out, but two beside one another do more.
    assert centre(values, 0.6) == (2.5 / 12, pytest.approx(2.5 / 12, abs=1 / 12))
    assert centre(values, 0.01) == (10.5 / 12, 10.5 / 12)


def read_at(pooling) -> torch.nn.Module:
    choice = ReadoutChoice.model_validate({"layer": "near", "pooling": pooling})
    return with_readouts(network(), {"own": choice}, SIDE)


def test_a_unit_at_a_position_has_its_crops_there(tmp_path, pool):
    model = read_at([20, 9])
    for pole in ("min", "max"):
        (one,) = crops(tmp_path, pool, [original((9, 9), (25, 25), pole)], "own_0000", model)
        assert one.note == "5 px from 7, 18"


def test_units_without_positions_are_refused_with_the_reason(pool, tmp_path):
    folder = study(tmp_path, pool, KINDS, ["near_0000", "flat_0001"])
    make_natural(folder, network(), workers=0)
    with pytest.raises(StudyError) as refused:
        make_references(folder, network(), names=["parts"])
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(
        "parts: flat_0001: it reads one position of the layer flat, which says no"
    )
    assert set(read_stimuli(folder).query("name == 'parts'")["unit"]) == {"near_0000"}
    token = replace(network().readout("near").pooling, kind="token")
    model = network()
    model.readouts["own"] = replace(model.readout("near"), name="own", pooling=token)
    place = [original((9, 9), (25, 25), "max")]
    with pytest.raises(StudyError, match="reads a token of the layer near"):
        crops(tmp_path, pool, place, "own_0000", model, side=12)


def test_crops_as_large_as_the_images_are_said_once_for_a_layer(begun, capsys, monkeypatch):
    monkeypatch.setattr("stimgen.kinds.crops.receptive_field", lambda model, layer, side: side)
    make_references(begun, network(), names=["parts"])
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("they are the whole images") == 2
    assert "the side of crops of units of near is" in said
    name = f"{UNITS[2]}/batch_02/max_0.png"
    with (
        Image.open(begun.stimuli / "photos" / name) as whole,
        Image.open(begun.stimuli / "parts" / name) as crop,
    ):
        assert crop.tobytes() == whole.tobytes()
