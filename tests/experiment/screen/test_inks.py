"""Everything that is to be read or seen contrasts with the background, on any grey and screen."""

import re
from dataclasses import fields

import numpy as np
import pytest

from conditions.rig.luminance import LEVELS, TOP
from conditions.study.presentation import Presentation
from experiment.calibration.photometers.simulated import SimulatedScreen
from experiment.rig import Rig
from experiment.screen.correction import UNCHANGED, correction_for, srgb
from experiment.screen.inks import (
    Inks,
    contrast,
    inks_on,
    luminance,
    shares_of,
)
from tests.conftest import ROOT
from tests.experiment.calibrated import rig_of

# As the guidelines want it of text, and of what shows something by its form.
WANTED = {
    "foreground": 4.5,
    "quiet": 4.5,
    "line": 3.0,
    "chosen": 3.0,
    "correct": 3.0,
    "wrong": 3.0,
}
# Linear RGB as people without one kind of cone see it: Machado, Oliveira & Fernandes (2009),
# https://doi.org/10.1109/TVCG.2009.113, severity 1.
PROTAN = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
DEUTAN = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)  # IEC 61966-2-1
# Colours of clearly different names are farther apart; 2 can just be told apart side by side.
APART = 30


def of_screens() -> dict[str, np.ndarray]:
    plain = Rig(name="plain")
    dark = rig_of(SimulatedScreen(gamma=(2.6, 2.6, 2.6)))
    found = {"any": shares_of(plain, UNCHANGED), "gamma 2.6": shares_of(dark, UNCHANGED)}
    for transfer in ("srgb", "linear"):
        correction = correction_for(dark, Presentation(transfer=transfer))
        found[transfer] = shares_of(dark, correction)
    return found


SCREENS = of_screens()


@pytest.mark.parametrize("name", SCREENS)
def test_contrast_on_every_grey(name):
    shares = SCREENS[name]
    assert WANTED.keys() == {field.name for field in fields(Inks)} - {"background"}
    for level in range(LEVELS):
        ground = luminance((level,) * 3, shares)
        inks = inks_on((level,) * 3, shares)
        for ink, least in WANTED.items():
            found = contrast(luminance(inks.of(ink), shares), ground)
            assert found >= least, f"{ink} {inks.of(ink)} on {level}: {found:.2f} : 1"
        # Coloured, on a screen of any kind.
        assert all(np.ptp(shares[list(each)]) >= 0.05 for each in (inks.correct, inks.wrong))


@pytest.mark.parametrize("transfer", ["srgb", "linear"])
def test_contrast_in_the_light_of_a_screen_with_few_levels(transfer):
    """After rounding to the levels that a steep screen has for them."""
    truth = SimulatedScreen(gamma=(1.4, 1.4, 1.4))
    rig = rig_of(truth)
    correction = correction_for(rig, Presentation(transfer=transfer))
    shares = shares_of(rig, correction)
    light = (np.arange(LEVELS) / TOP) ** 1.4
    for level in range(LEVELS):
        inks = inks_on((level,) * 3, shares)
        ground = luminance(correction.colour(inks.background), light)
        for ink, least in WANTED.items():
            seen = luminance(correction.colour(inks.of(ink)), light)
            assert contrast(seen, ground) >= least, (ink, level)


def test_the_usual_background_has_black_words_a_white_choice_and_green():
    inks = inks_on((128, 128, 128), SCREENS["any"])
    assert inks.foreground == (0, 0, 0)
    assert max(inks.quiet) <= 23
    assert inks.chosen == (255, 255, 255)
    red, green, blue = inks.correct
    assert green > max(red, blue) + 80
    assert contrast(0.2158605, 0.0) == pytest.approx(5.317, abs=0.001)


@pytest.mark.parametrize("cones", [None, PROTAN, DEUTAN], ids=["all", "protan", "deutan"])
@pytest.mark.parametrize("name", ["any", "linear"])
def test_right_and_wrong_are_told_apart_by_everybody(name, cones):
    shares, apart = SCREENS[name], []
    for level in range(LEVELS):
        inks = inks_on((level,) * 3, shares)
        seen = [lab(shares[list(inks.of(ink))], cones) for ink in ("correct", "wrong")]
        apart.append(np.linalg.norm(seen[0] - seen[1]))
    assert min(apart) > APART, int(np.argmin(apart))


def lab(linear: np.ndarray, cones: list | None) -> np.ndarray:
    """CIELAB of linear RGB 0…1 (white point D65), as somebody sees it."""
    seen = linear if cones is None else np.clip(np.array(cones) @ linear, 0, 1)
    ratio = TO_XYZ @ seen / TO_XYZ.sum(axis=1)
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def test_no_other_colours_are_drawn_in_a_session():
    """Colours by value stand where the background is, and the photodiode's patch; nowhere else."""
    value = re.compile(r"\(\s*\d{1,3},\s*\d{1,3},\s*\d{1,3}\s*\)|[\"']#[0-9a-f]{6}[\"']")
    found = {
        f"{path.name}: {match[0]}"
        for folder in ("screen", "session")
        for path in (ROOT / "experiment" / folder).rglob("*.py")
        for match in value.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "window.py: (128, 128, 128)",
        "patch.py: (255, 255, 255)",
        "patch.py: (0, 0, 0)",
    }


def test_srgb_is_what_a_screen_that_nobody_measured_is_taken_for():
    assert (SCREENS["any"] == srgb(np.arange(LEVELS) / TOP)).all()
    assert SCREENS["gamma 2.6"][128] == pytest.approx((128 / 255) ** 2.6, abs=0.01)
