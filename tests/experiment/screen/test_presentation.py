"""What is on the screen of a calibrated rig, read back from the frame buffer of a real window."""

import json

import numpy as np
import pytest
from PIL import Image

from conditions.rig.luminance import CHANNELS, TOP
from conditions.tables.files import read_table
from conditions.tables.sessions import TRIALS
from experiment.calibration.photometers.simulated import SimulatedScreen
from experiment.plan import as_rows
from experiment.records.start import load_trials
from experiment.screen.correction import srgb, wanted_share
from experiment.screen.inks import inks_on
from experiment.screen.layout import trial_layout
from tests.conftest import command
from tests.experiment.calibrated import rig_of, write_rig
from tests.experiment.in_window import run_script
from tests.experiment.rehearsed import SHORT, check_whole, facts, play, tiny_study

pytestmark = pytest.mark.window

GAMMAS = [(1.8, 2.2, 2.6), (2.6, 1.8, 2.2), (2.1, 2.4, 2.0)]
SIDE = 256
SHOW = """
import json, sys
from pathlib import Path
from conditions.study.presentation import Presentation
from conditions.study.answering import Keys
from experiment.screen.correction import correction_for
from experiment.screen.layout import trial_layout
from experiment.rig import load_rig
from experiment.texts.languages import load_texts
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.trials.images import decode
from experiment.screen.trials.marks import Mark
from experiment.screen.window import open_window, screenshot

rig, folder, how = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
correction = correction_for(load_rig(rig)[0], Presentation(**how))
window = open_window(load_rig(rig)[0], correction, background=Presentation(**how).background)
screen = TrialScreen(window, {0: trial_layout((1920, 1080), 256, 0)}, load_texts("en"), Keys())
trial = {"n_references": 0, "upper": "ramps.png", "lower": "ramps.png"}
trial |= {"left_title": None, "right_title": None}
encoded = {"ramps.png": (folder / "ramps.png").read_bytes()}
screen.load(trial, decode(encoded, trial, 256, correction))
screen.draw(asks=False, marks={"upper": Mark.WRONG, "lower": Mark.SOLUTION})
screenshot(window).save(folder / "shown.png")
window.close()
"""


def ramps() -> np.ndarray:
    """Four bands of all pixel values from left to right: red, green, blue, grey."""
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    for band in range(3):
        pixels[64 * band : 64 * (band + 1), :, band] = np.arange(SIDE)
    pixels[192:] = np.arange(SIDE)[None, :, None]
    return pixels


def shown(screen, tmp_path, rig, **presentation: object) -> np.ndarray:
    """What a window shows of the ramps: shape (1080, 1920, 3)."""
    Image.fromarray(ramps()).save(tmp_path / "ramps.png")
    how = json.dumps(presentation)
    run_script(SHOW, screen, str(rig), str(tmp_path), how)
    return np.asarray(Image.open(tmp_path / "shown.png"))


def region(pixels: np.ndarray, place: tuple[int, int], side: int) -> np.ndarray:
    """The pixels of an image that is centred at a place, pixels from the centre, y upwards."""
    height, width = pixels.shape[:2]
    x, y = width // 2 + place[0] - side // 2, height // 2 - place[1] - side // 2
    return pixels[y : y + side, x : x + side]


@pytest.mark.parametrize("gamma", GAMMAS)
def test_displayed_luminance_follows_srgb(gamma, screen, tmp_path):
    """Through the true screen: within 1 % of the maximum, and half a step of its 256 levels."""
    truth = SimulatedScreen(gamma=gamma, noise=0.01, seed=sum(map(ord, str(gamma))))
    rig = write_rig(tmp_path / "lab.yaml", rig_of(truth))
    pixels = shown(screen, tmp_path, rig)
    upper = region(pixels, trial_layout((1920, 1080), SIDE, 0).upper, SIDE)
    share = srgb(np.arange(SIDE) / TOP)
    black = truth.black + truth.ambient
    for band, name in enumerate(CHANNELS):
        steps = truth.gain[band] * np.diff((np.arange(SIDE) / TOP) ** gamma[band])
        found = truth.luminance(upper[64 * band + 32])
        off = np.abs(found - (black + share * truth.gain[band]))
        allowed = 0.01 * truth.gain[band] + steps.max() / 2
        assert off.max() <= allowed, name
        # The levels as they are would miss it by more: the test sees the correction.
        raw = truth.luminance(ramps()[64 * band + 32]) - (black + share * truth.gain[band])
        if gamma[band] not in (2.1, 2.2):
            assert np.abs(raw).max() > allowed
    grey = truth.luminance(upper[192 + 32])
    assert np.abs(grey - (black + share * sum(truth.gain))).max() <= 0.015 * sum(truth.gain)
    # Background (grey 128) and feedback frame (green) go through the same table.
    green = inks_on((128, 128, 128), wanted_share("srgb")).correct
    wanted = {"background": (128, 128, 128), "frame": green}
    x, y = trial_layout((1920, 1080), SIDE, 0).lower
    places = {"background": (10, 10), "frame": (540 - y, 960 + x - SIDE // 2 - 3)}
    for name, colour in wanted.items():
        light = np.array(truth.gain) * srgb(np.array(colour) / TOP)
        assert truth.luminance(pixels[places[name]]) == pytest.approx(
            black + light.sum(), abs=0.015 * sum(truth.gain)
        ), name


def test_without_transfer_pixels_are_those_of_the_file(screen, tmp_path):
    rig = write_rig(tmp_path / "lab.yaml", rig_of(SimulatedScreen(gamma=(1.8, 2.6, 2.0))))
    pixels = shown(screen, tmp_path, rig, transfer="none", dither=True, background=40)
    layout = trial_layout((1920, 1080), SIDE, 0)
    for place in (layout.upper, layout.lower):
        assert (region(pixels, place, SIDE) == ramps()).all()
    assert tuple(pixels[10, 10]) == (40, 40, 40)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A rig of a simulated screen, which is not near sRGB."""
    path = tmp_path_factory.mktemp("rig") / "lab.yaml"
    return write_rig(path, rig_of(SimulatedScreen(gamma=(1.8, 2.6, 2.0))))


def test_an_image_in_degrees_has_the_right_number_of_pixels(screen, tmp_path, lab):
    """3.5° at 57 cm on 53.1 cm of 1920 px: 2 · 57 · tan(1.75°) / (53.1 / 1920) = 125.94 px."""
    folder = tiny_study(tmp_path, parts=SHORT, intuitiveness=[], presentation={"degrees": 3.5})
    row = next(row for row in as_rows(load_trials(folder, 1)) if row["upper"])
    out = tmp_path / "trial.png"
    done = command(
        *("experiment", "screenshot", str(folder.path), "--participant", "1"),
        *("--trial", str(row["trial"]), "--rig", str(lab), "--out", str(out)),
        env=screen,
    )
    assert done.returncode == 0, done.stderr
    pixels = np.asarray(Image.open(out)).astype(int)
    differs = (pixels != pixels[2, 2]).any(axis=-1)
    # The column of queries: two images below each other, texts above and below them.
    inside = differs[540 - 200 : 540 + 200, 960 - 120 : 960 + 120]
    rows, columns = inside.sum(axis=1), inside.sum(axis=0)
    assert abs(np.count_nonzero(columns > 100) - 125.94) <= 1
    assert abs(np.count_nonzero(rows > 100) / 2 - 125.94) <= 1


def test_a_session_keeps_rig_hash_and_presentation(screen, tmp_path, lab):
    folder = tiny_study(
        tmp_path,
        parts=SHORT,
        intuitiveness=[],
        repeats=None,
        presentation={"degrees": 2.0, "dither": True},
    )
    ran = play(folder, screen, "--rig", str(lab))
    assert ran.returncode == 0, ran.stderr
    assert "✓ calibration" in ran.stdout
    assert "✓ transfer: srgb, dithered" in ran.stdout
    check_whole(folder)
    found, data = facts(folder), folder.session(1)
    assert (data / "rig.yaml").read_bytes() == lab.read_bytes()
    from conditions.files import sha256_of

    assert found["rig_sha256"] == sha256_of(lab)
    assert (found["transfer"], found["dithered"]) == ("srgb", True)
    assert all(100 < left < 256 for left in found["levels_left"])
    assert (found["image_px"], found["image_file_px"]) == (72, 64)
    assert "2° at 57 cm on 53.1 cm of 1920 px" in found["image_size"]
    assert len(read_table(data / "trials.csv", TRIALS)) == 4


@pytest.mark.parametrize(
    ("rig", "changes", "words"),
    [
        ("any", {"calibration": {"max_age_days": 30}}, "any.yaml: not calibrated; the study wants"),
        ("lab", {"calibration": {"max_age_days": 30}}, "its photometer was simulated"),
        ("any", {"presentation": {"degrees": 3.5}}, "need a rig with width_cm and distance_cm"),
    ],
)
def test_what_a_study_wants_and_a_rig_lacks_stops(rig, changes, words, screen, tmp_path, lab):
    folder = tiny_study(tmp_path, parts=SHORT, intuitiveness=[], **changes)
    ran = play(folder, screen, "--rig", str(lab) if rig == "lab" else rig)
    assert ran.returncode == 2
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not folder.session(1).exists()
