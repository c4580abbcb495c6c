"""The command `calibrate`: the whole procedure in a real window, its files, and what it keeps."""

import subprocess
import sys
import time

import numpy as np
import pytest
import yaml
from PIL import Image

from conditions.rig.luminance import CHANNELS
from conditions.rig.rig import read_rig
from conditions.tables.files import read_table
from conditions.tables.rigs import READINGS
from experiment.calibration.patches import Reading, sweep_patches
from experiment.calibration.photometers.simulated import SimulatedPhotometer, SimulatedScreen
from experiment.calibration.screen import card_width, screen_width
from experiment.keyboard.xtest import FakeKeyboard
from tests.conftest import ROOT, command, in_process
from tests.experiment.rehearsed import press_until_over

pytestmark = pytest.mark.window

GIVEN = ["--who", "a", "--width-cm", "53", "--distance-cm", "57"]
TRUTH = {"gamma": [1.9, 2.3, 2.5], "black": 0.3, "noise": 0.01, "drift_per_hour": 0.05}


def run(rigs, screen, *more: str, name: str = "lab") -> subprocess.CompletedProcess:
    return command("experiment", "calibrate", name, "--rigs", str(rigs), *more, env=screen)


@pytest.fixture(scope="module")
def done(tmp_path_factory, screen):
    """A folder of rigs with one calibration, and what the command said."""
    rigs = tmp_path_factory.mktemp("rigs")
    truth = rigs.parent / "truth.yaml"
    truth.write_text(yaml.safe_dump(TRUTH), encoding="utf-8")
    ran = run(rigs, screen, "--simulated-screen", str(truth), "--ambient", "0.15", "--who", "A. B.")
    assert ran.returncode == 0, ran.stderr
    return rigs, ran.stdout


def test_the_procedure_finds_the_simulated_screen(done):
    """Patches are drawn, read back from the frame buffer, fitted: the truth comes out."""
    rigs, said = done
    rig = read_rig(rigs / "lab.yaml")
    luminance = rig.luminance
    assert luminance.simulated
    assert (luminance.curve, luminance.sweeps, luminance.ambient) == ("fit", 2, 0.15)
    for name, gamma in zip(CHANNELS, TRUTH["gamma"], strict=True):
        found = getattr(luminance, name).fit.gamma
        assert abs(found.value - gamma) < 2 * (found.high - found.low)
    assert luminance.noise_percent == pytest.approx(1, abs=0.3)
    assert luminance.verification.worst_percent < 3
    assert (rig.resolution, rig.width_cm, rig.distance_cm) == ((1920, 1080), 53.1, 57.0)
    assert rig.calibrated_by == "A. B."
    assert "35.97 pixels per degree at the centre" in said
    assert "are left in red, green, blue" in said
    assert f"{rigs / 'lab.yaml'}: written, with lab.png" in said


def test_every_reading_is_kept_and_the_curve_is_drawn(done):
    rigs, _ = done
    readings = read_table(rigs / "lab.readings.csv", READINGS)
    assert readings.stage.value_counts().to_dict() == {"sweep": 137, "verification": 56}
    assert readings.seconds.is_monotonic_increasing
    sweep = readings[readings.stage == "sweep"]
    grey = sweep[sweep.channel == "grey"]
    assert (grey[["red_level", "green_level", "blue_level"]].nunique(axis=1) == 1).all()
    assert (sweep[sweep.channel == "red"].red_level == sweep[sweep.channel == "red"].value).all()
    with Image.open(rigs / "lab.png") as picture:
        assert picture.size[0] > 1000
    assert sorted(path.name for path in rigs.iterdir()) == [
        "lab.png",
        "lab.readings.csv",
        "lab.readings.json",
        "lab.yaml",
    ]


def test_a_calibration_is_never_overwritten(done, screen):
    rigs, _ = done
    before = {path.name: path.read_bytes() for path in rigs.iterdir()}
    refused = run(rigs, screen, "--simulate")
    assert refused.returncode == 2
    day = read_rig(rigs / "lab.yaml").calibrated_on
    assert f"exists (calibrated on {day}); --again calibrates anew" in refused.stderr
    for number, suffix in ((1, ""), (2, "-2")):
        again = run(rigs, screen, "--simulate", "--again", "--levels", "5", "--sweeps", "1")
        assert again.returncode == 0, again.stderr
        assert f"kept: {rigs / f'lab.{day}{suffix}.yaml'}" in again.stdout
        assert len(list(rigs.glob("*.yaml"))) == number + 1
    kept = {name: rigs / name.replace("lab.", f"lab.{day}.") for name in before}
    assert {name: path.read_bytes() for name, path in kept.items()} == before


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("full_hd", ["--simulate"], "rig full_hd comes with the laboratory; take another name"),
        ("../lab", ["--simulate"], "wanted a plain name"),
        ("new", ["--photometer", "LS100"], "--photometer and --port: wanted both or neither"),
        (
            "new",
            ["--photometer", "S470", "--port", "/dev/none", *GIVEN],
            "at /dev/none: the port cannot be opened",
        ),
        ("new", ["--simulated-screen", "none.yaml"], "none.yaml: No such file"),
    ],
)
def test_what_cannot_be_calibrated_is_told_in_one_line(name, more, words, screen, tmp_path):
    """Before there is a window."""
    asked = ["experiment", "calibrate", name, "--rigs", str(tmp_path)]
    told(in_process(*asked, *more, env=screen), words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--width-cm", "531"], "wanted 0.03 to 2 mm"),
        (["--distance-cm", "5.7"], "wanted 6° to 120°"),
    ],
)
def test_what_no_screen_has_is_told_in_one_line(more, words, screen, tmp_path):
    told(run(tmp_path, screen, "--simulate", *more, name="new"), words)
    assert not list(tmp_path.iterdir())


def told(ran: subprocess.CompletedProcess, words: str) -> None:
    assert ran.returncode == 2
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_card_tells_the_width_of_the_screen():
    """A card of 85.6 mm over a screen of 53.1 cm and 1920 px: 309.5 px."""
    assert card_width(53.1, 1920) == 310
    assert screen_width(310, 1920) == pytest.approx(53.02, abs=0.01)


class Operator:
    """Somebody who fills in the dialog, holds a card against the screen, and types readings."""

    def __init__(self, rigs, screen, name: str) -> None:
        more = ["--levels", "5", "--sweeps", "1"]
        self.rigs, self.screen, self.name = rigs, screen, name
        self.process = subprocess.Popen(
            [sys.executable, "-m", "experiment", "calibrate", name, "--rigs", str(rigs), *more],
            cwd=ROOT,
            env=screen,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.keyboard = FakeKeyboard()

    def until(self, there) -> object:
        """What there is, as soon as it is; stops where the program has ended."""
        end = time.monotonic() + 60
        while not (found := there()):
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < end
            time.sleep(0.05)
        return found

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keyboard.press({".": "period"}.get(key, key), 0.03)

    def fill_in(self, *fields: str) -> None:
        search = ["xdotool", "search", "--onlyvisible", "--name", f"Calibrate {self.name}"]

        def dialog() -> list[str]:
            found = subprocess.run(
                search, env=self.screen, capture_output=True, text=True, check=False
            )
            return found.stdout.split()

        window = self.until(dialog)[-1]
        time.sleep(0.4)
        subprocess.run(["xdotool", "windowfocus", "--sync", window], env=self.screen, check=True)
        for field in fields:
            self.press(*field, "Tab")
        self.press("return")

    def shows(self, place: tuple[int, int], colour: tuple[int, int, int], key: str = "") -> None:
        """Wait until the screen has a colour at a place; a key is pressed until it has."""

        def there() -> bool:
            if key:
                self.press(key)
            return self.keyboard.picture().getpixel(place) == colour

        self.until(there)

    def readings(self) -> int:
        found = list(self.rigs.glob("*.unfinished-*.csv"))
        return len(found[0].read_text(encoding="utf-8").splitlines()) - 1 if found else 0

    def type_all(self, patches, meter: SimulatedPhotometer) -> list[Reading]:
        typed = []
        for patch in patches:
            read = f"{meter.reading(np.array([patch.levels])):.4f}"
            wanted = self.readings() + 1
            self.press(*read, "return")
            self.until(
                lambda wanted=wanted: (
                    self.readings() == wanted or (self.rigs / f"{self.name}.yaml").exists()
                )
            )
            typed.append(Reading(patch, float(read), 0.0))
        return typed


@pytest.fixture
def operator(screen, tmp_path, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    monkeypatch.setenv("HOME", screen["HOME"])
    at_work = Operator(tmp_path, screen, "typed")
    yield at_work
    if at_work.process.poll() is None:
        at_work.process.kill()
        at_work.process.communicate()


@pytest.mark.slow
def test_readings_are_typed_in(operator, tmp_path):
    """Dialog, card, pages, and all readings typed; a stop keeps those that were typed."""
    operator.fill_in("ab", "53.1", "57", "", "ls")
    operator.shows((960, 540), (225, 225, 225))
    operator.press("right", "right", "return")
    operator.shows((960, 540), (255, 255, 255), key="space")
    meter = SimulatedPhotometer(SimulatedScreen(noise=0.003))
    patches = sweep_patches(5, 1, "typed")
    operator.type_all(patches[:4], meter)
    operator.press("9", "9", "9", "9", "return")  # The fifth is dim: doubted, and typed again.
    typed = operator.type_all(patches[4:], meter)
    assert len(typed) == len(patches) - 4
    operator.press("escape")
    press_until_over(operator.keyboard, "return", operator.process)
    said, errors = operator.process.communicate(timeout=30)
    assert operator.process.returncode == 2
    assert "width: 53.1 cm as told, 52.68 cm by the card" in said
    (kept,) = tmp_path.glob("typed.unfinished-*.csv")
    assert f"stopped; readings so far are in {kept}" in errors
    table = read_table(kept, READINGS)
    assert len(table) == len(patches)
    assert table.luminance.tolist()[4:] == [reading.luminance for reading in typed]
    assert not (tmp_path / "typed.yaml").exists()
