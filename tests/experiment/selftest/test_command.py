"""The command `selftest` in a real window, and sessions that run under what it wrote."""

import json
import shutil
import subprocess
import sys
import threading
import time

import pytest
import yaml
from PIL import Image

from conditions.files import sha256_of, write_json
from conditions.rig.selftest import read_selftest
from experiment.keyboard.xtest import FakeKeyboard
from experiment.selftest.outputs.sending import EVERY_FLIPS
from tests.conftest import ROOT, in_process
from tests.experiment.in_window import run_in_window
from tests.experiment.outlets.boxes import PlayedBox
from tests.experiment.rehearsed import SHORT, facts, play, tiny_study

pytestmark = pytest.mark.window

RIG = {"name": "lab", "patch": {"corner": "upper_left", "side_px": 60}}


class Operator:
    """Somebody who reads pages and presses keys when the program says that it waits for them."""

    def __init__(self, screen, *arguments: str) -> None:
        self._keyboard = FakeKeyboard()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "experiment", "selftest", *arguments],
            cwd=ROOT,
            env=screen | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, words: str, *keys: str) -> None:
        """Press keys again and again until the program says something, or has ended."""
        while self.process.poll() is None and not any(words in line for line in self.said):
            for key in keys:
                self._keyboard.press(key, 0.02)
            time.sleep(0.02)

    def end(self) -> tuple[int, str]:
        """Exit code and what was said on the error output."""
        self.process.wait(timeout=120)
        self._reader.join()
        return self.process.returncode, self.process.stderr.read()

    def _read(self) -> None:
        self.said += iter(self.process.stdout.readline, "")


@pytest.fixture(scope="module")
def done(tmp_path_factory, screen):
    """A rig with a self-test by a person's hands, what was said, and the study that was shown."""
    rigs = tmp_path_factory.mktemp("rigs")
    box = PlayedBox(rigs / "ttyBOX")
    listed = [
        {"kind": "serial", "port": str(box.port)},
        {"kind": "file"},
        {"kind": "parallel", "address": "/dev/no_such_port"},
    ]
    rig = yaml.safe_dump(RIG | {"markers": listed})
    (rigs / "lab.yaml").write_text(rig, encoding="utf-8")
    wants = {"calibration": {"selftest_max_age_days": 30}}
    folder = tiny_study(rigs / "studies", parts=SHORT, repeats=None, intuitiveness=[], **wants)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", screen["DISPLAY"])
        operator = Operator(
            screen, str(rigs / "lab.yaml"), "--study", str(folder.path), "--seconds", "1"
        )
        operator.until("flips, for 1 s", "space")
        operator.until("presses\n")
        operator.until("written", "a", "up", "space")
        code, errors = operator.end()
    return rigs, folder, code, operator.said, errors


def test_a_person_goes_through_it_and_no_claim_is_made_of_a_program_that_draws(done):
    rigs, _, code, said, errors = done
    assert code == 2, errors
    reasons = errors.splitlines()
    assert len(reasons) == 2
    assert any("no claim: refresh: rig lab: not measured: drawn by a prog" in r for r in reasons)
    assert any(
        "no claim: markers: parallel: the parallel port /dev/no_such_port" in r for r in reasons
    )
    test = read_selftest(rigs / "lab-timing.json")
    assert (test.keys.pressed_by, test.keys.heard, test.keys.wanted) == ("person", 20, 20)
    assert list(test.keys.devices) == ["Virtual core XTEST keyboard"]
    assert (test.images, test.image_px, test.patch) == (3, 64, True)
    assert (test.claim, len(test.reasons)) == (None, 2)
    assert test.flips.seconds >= 1
    assert test.trials.gap.n == 2
    assert [(each.garbage_held, each.priority_raised) for each in test.sections] == [
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    ]
    assert any(f"{rigs / 'lab-timing.json'}: written, with lab-timing.png" in s for s in said)
    with Image.open(rigs / "lab-timing.png") as picture:
        assert picture.size[0] > 1000
    none, serial, table, parallel = test.outputs
    assert (none.name, none.call, none.sent) == ("none", None, 0)
    for output in (serial, table):
        assert output.sent == output.call.n == output.taken.n >= output.flips // EVERY_FLIPS
        # A flip waits for nothing.
        assert output.call.median_ms < 1
        assert output.lost == 0
    assert (parallel.sent, parallel.taken, parallel.lost) == (0, None, parallel.call.n)
    lines = [line for line in said if line.startswith(("without markers: ", "markers to "))]
    assert len(lines) == 4
    assert f"markers to serial (the port {rigs / 'ttyBOX'})" in lines[1]
    assert "none taken" in lines[3]


def test_a_session_names_its_self_test_and_keeps_a_copy(done, screen, tmp_path):
    """As one does on a machine that may claim something; a study wants it."""
    rigs, folder, *_ = done
    rig, path = tmp_path / "lab.yaml", tmp_path / "lab-timing.json"
    shutil.copyfile(rigs / "lab.yaml", rig)
    found = json.loads((rigs / "lab-timing.json").read_text(encoding="utf-8"))
    write_json(path, found | {"claim": "all is well", "reasons": []})
    ran = play(folder, screen, "--rig", str(rig))
    assert ran.returncode == 0, ran.stderr
    wanted = "the study wants one of at most 30 days"
    assert f"✓ self-test: {path}: less than a day ago: all is well; {wanted}" in ran.stdout
    named = facts(folder)["selftest"]
    assert facts(folder)["runs"][0]["selftest"] == named
    assert 0 <= named.pop("age_days") < 0.1
    assert named == {
        "file": "lab-timing.json",
        "sha256": sha256_of(path),
        "measured_at": read_selftest(path).measured_at.isoformat(timespec="seconds"),
        "claim": "all is well",
    }
    assert (folder.session(1) / "selftest.json").read_bytes() == path.read_bytes()


SCRIPT = """
from pathlib import Path
from conditions.errors import StudyError
from conditions.folder import open_study
from experiment.rig import load_rig
from experiment.selftest.flips import described_flips, record_flips
from experiment.selftest.material import material_of
from experiment.selftest.presses import Presser, described_presses, hear_presses
from experiment.selftest.procedure import Plan, run_selftest

PERIOD = 1 / 60
flip, numbers, stalls, returned = window.flip, iter(range(10**6)), [], [time.perf_counter()]

def paced():
    number = next(numbers)
    if number % 30 == 29:
        time.sleep(2 * PERIOD)
        stalls.append(number + 1)
    flip()
    time.sleep(PERIOD - time.perf_counter() % PERIOD)
    returned.append(time.perf_counter())

window.flip = paced
times = record_flips(window, lambda number: None, 130 * PERIOD, clock=lambda: returned[-1])
found = described_flips(times, PERIOD)
late = [after for before, after in zip(returned, returned[1:]) if after - before > 1.5 * PERIOD]
window.flip = flip
watching = keyboard
watching.start()
presser = Presser(watching, 20)
presser.start()
heard = hear_presses(window, watching, 20, lambda heard: None, patience=3)
presser.join()
keys = described_presses(heard, 20, presser.pressed)
few = hear_presses(window, watching, 5, lambda heard: None, patience=0.1)
window.close()

def report(line):
    if line.startswith("flips, for"):
        threading.Timer(0.5, fake.press, ("escape", 0.03)).start()

material = material_of(open_study(sys.argv[2], Path("studies"), make=False), 2)
try:
    run_selftest(Plan(*load_rig(sys.argv[1]), material, 60, scripted=True), report)
except StudyError as error:
    print(error)
print(json.dumps([
    found.missed, len(late), [returned[number] - times[0] for number in stalls], found.missed_at_s,
    keys.heard, keys.stamp_error.n, keys.stamp_error.median_ms, keys.to_program.n, len(few),
]))
"""


def test_stalls_are_found_the_script_knows_when_it_pressed_and_escape_stops(done, screen):
    """A stall in every 30th flip; other flips may be late too where the machine is busy."""
    rigs, folder, *_ = done
    before = sorted(rigs.iterdir())
    said = run_in_window(SCRIPT, screen, str(rigs / "lab.yaml"), str(folder.path)).splitlines()
    missed, late, injected, at, heard, errors, error, to_program, few = json.loads(said[-1])
    assert missed == late == len(at) >= len(injected) >= 1
    for stall in injected:
        assert min(abs(stall - each) for each in at) < 0.002
    assert (heard, errors, to_program, few) == (20, 20, 20, 0)
    # Time stamps come after the press, and nowhere near as late as the next flip that asks.
    assert -0.5 < error < 8
    assert said[-2] == "self-test of lab: stopped; nothing was written"
    assert sorted(rigs.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere"),
        (["full_hd", "--participant", "1"], "--participant: wanted --study with it"),
        (["full_hd", "--study", "no_such_study"], "no_such_study"),
        (["full_hd", "--study", "{study}", "--participant", "7"], "participant-007.csv: no such"),
    ],
)
def test_what_cannot_be_tested_is_told_in_a_line(arguments, words, screen, done):
    study = str(done[1].path)
    given = [each.format(study=study) for each in arguments]
    ran = in_process("experiment", "selftest", *given, env=screen)
    assert ran.returncode == 2
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
