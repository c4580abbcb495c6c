"""What a study asks of a rig: calibrated, young enough, with sizes; one clear line each."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from conditions.errors import StudyError
from conditions.rig.rig import Rig
from conditions.study.presentation import Presentation
from conditions.study.study import Study
from experiment.calibration.photometers.simulated import SimulatedScreen
from experiment.checks.check import Check
from experiment.checks.rig import rig_checks
from experiment.screen.correction import correction_for
from experiment.screen.sizes import image_size, layouts_of
from tests.experiment.calibrated import SIZES, rig_of
from tests.experiment.rehearsed import TINY

FILE = Path("rigs/lab.yaml")
SCREEN = (1920, 1080)
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def real() -> Rig:
    """A rig whose photometer was none of ours."""
    rig = rig_of(SimulatedScreen(), calibrated_on=TODAY - timedelta(days=10))
    luminance = rig.luminance.model_copy(update={"simulated": False, "photometer": "LS100"})
    return rig.model_copy(update={"luminance": luminance})


def study(days: int | None = None, **presentation: object) -> Study:
    calibration = {"max_age_days": days}
    return Study.model_validate(TINY | {"calibration": calibration, "presentation": presentation})


def checks(rig: Rig, asked: Study) -> dict[str, Check]:
    correction = correction_for(rig, asked.presentation)
    return {check.name: check for check in rig_checks(asked, rig, FILE, correction, TODAY)}


@pytest.mark.parametrize(
    ("days", "limit", "good"), [(10, None, True), (10, 10, True), (10, 9, False), (0, 1, True)]
)
def test_an_old_calibration_stops_only_where_its_age_matters(real, days, limit, good):
    rig = real.model_copy(update={"calibrated_on": TODAY - timedelta(days=days)})
    check = checks(rig, study(limit))["calibration"]
    assert check.good is good
    assert f"{FILE}: calibrated on {rig.calibrated_on}, {days} days ago" in check.found
    assert len(check.found.splitlines()) == 1
    if limit is not None:
        assert f"the study wants a calibration of at most {limit} days" in check.found


def test_a_day_to_come_is_no_calibration(real):
    rig = real.model_copy(update={"calibrated_on": TODAY + timedelta(days=1)})
    check = checks(rig, study())["calibration"]
    assert not check.good
    assert "a day to come" in check.found


def test_an_uncalibrated_rig_shows_images_as_they_are_and_says_so():
    rig = Rig(name="any")
    found = checks(rig, study())
    assert found["calibration"].good
    assert found["calibration"].found == f"{FILE}: not calibrated"
    assert found["transfer"].found == (
        "none: images are shown as they are, for the rig is not calibrated"
    )
    demanded = checks(rig, study(30))["calibration"]
    assert not demanded.good
    assert demanded.found == (
        f"{FILE}: not calibrated; the study wants a calibration of at most 30 days"
    )


def test_a_simulated_calibration_is_none_where_one_is_wanted():
    rig = rig_of(SimulatedScreen(), calibrated_on=TODAY)
    assert checks(rig, study())["calibration"].good
    demanded = checks(rig, study(30))["calibration"]
    assert not demanded.good
    assert "its photometer was simulated" in demanded.found


def test_levels_left_are_reported(real):
    asked = study(transfer="linear", dither=True)
    left = correction_for(real, asked.presentation).levels_left
    found = checks(real, asked)["transfer"].found
    assert found == (
        f"linear, dithered; {left[0]}, {left[1]}, {left[2]} of 256 levels left in red, green, blue"
    )
    assert checks(real, study(transfer="none"))["transfer"].found == (
        "none: images are shown as they are, as the study asks"
    )


def test_degrees_need_a_rig_with_sizes():
    with pytest.raises(StudyError) as error:
        checks(Rig(name="any"), study(degrees=3.5))
    assert "presentation.degrees: 3.5° need a rig with width_cm and distance_cm; rig any has" in (
        str(error.value)
    )


def test_sizes_in_degrees_pixels_or_as_they_are():
    rig = Rig(name="lab", **SIZES)
    size = image_size(study(degrees=3.5), rig, SCREEN)
    assert size.pixels == 126
    assert "2 · 57 cm · tan(3.5° / 2) = 125.94 px, shown as 126 px" in size.words
    assert image_size(study(pixels=168), rig, SCREEN).pixels == 168
    assert image_size(study(), rig, SCREEN).pixels == TINY["image"]["crop"]
    with pytest.raises(ValueError, match=r"found degrees 2 and pixels 64, wanted one of the two"):
        Presentation(degrees=2, pixels=64)


def test_what_does_not_fit_the_screen_is_refused_with_the_arithmetic():
    rig = Rig(name="lab", **SIZES, shrink=True)
    with pytest.raises(StudyError) as error:
        layouts_of(study(degrees=9), rig, SCREEN, {0, 9})
    assert "9° at 57 cm on 53.1 cm of 1920 px: 2 · 57 cm · tan(9° / 2) = 324.41 px" in (
        str(error.value)
    )
    assert "take 2364 × 1212 px; the screen has 1920 × 1080 px" in str(error.value)
    # A rig that may shrink images must not shrink degrees; with one reference they fit.
    assert "shrink" not in str(error.value)
    assert layouts_of(study(degrees=9), rig, SCREEN, {1})[1].pixels == 324
    layouts, size = layouts_of(study(pixels=320), rig, SCREEN, {0, 9})
    assert layouts[9].image == size.pixels == 240
    assert size.words.endswith("240 px, to fit the screen")


def test_images_grow_only_where_rig_and_study_leave_it_open():
    large, crop = (3840, 2160), TINY["image"]["crop"]
    grows, stays = Rig(name="lab", **SIZES, enlarge=True), Rig(name="lab", **SIZES)
    assert layouts_of(study(), grows, large, {1})[1].words.endswith(
        f"{2 * crop} px, to grow with the screen"
    )
    size = layouts_of(study(), stays, large, {1})[1]
    assert size.pixels == crop
    assert "texts are 2 times as high as on 1920 × 1080 px; `enlarge: true`" in size.advice
    for asked in (study(pixels=crop), study(degrees=3.5)):
        exact = layouts_of(asked, stays, large, {1})[1]
        assert layouts_of(asked, grows, large, {1})[1] == exact
        assert not exact.advice
