"""Whole sessions in a real browser: what is answered there is what comes into the study's data."""

import base64
import json
import os
import shutil
import zipfile
import zlib
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from conditions.tables.files import read_table
from conditions.tables.sessions import RATINGS
from experiment.rehearsal import make_rehearsal
from experiment.screen.layout import trial_layout
from experiment.web.export import write_page
from tests.conftest import in_process
from tests.experiment.rehearsed import check_whole, tiny_study
from tests.experiment.web.driven.browsers import (
    FULL_HD,
    killed,
    open_browser,
    open_profile,
    watched,
)
from tests.experiment.web.driven.player import Player
from tests.experiment.web.driven.served import serve
from tests.experiment.web.driven.services import JatosServer

FRAME_MS = 1000 / 60
CANVAS = """() => {
  const canvas = document.querySelector("canvas"), { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let text = "";
  for (let i = 0; i < data.length; i += 32768) {
    text += String.fromCharCode(...data.subarray(i, i + 32768));
  }
  return [width, height, btoa(text)];
}"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The tiny study, written as a page for its three participants, and its data elsewhere."""
    root = tmp_path_factory.mktemp("web_sessions")
    folder = tiny_study(root, participants=3)
    page = root / "page"
    write_page(folder, [1, 2, 3], page, "download")
    return SimpleNamespace(folder=folder, page=page)


def varied(told):
    """A key for each question: not always the same, and the same each time."""
    keys = told["keys"].split()
    return keys[zlib.crc32(f"{told['trial']} {told['state']}".encode()) % len(keys)]


def collect(study, *files):
    done = in_process(
        "experiment", "collect", str(study.folder.path), *(str(path) for path in files)
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_session_is_what_was_decided_and_pressed_to_the_pixel_and_the_frame(study, tmp_path):
    with open_browser() as browser, serve(study.page) as served:
        context = browser.new_context(viewport=FULL_HD, screen=FULL_HD, accept_downloads=True)
        seen = watched(context, served.address)
        page = context.new_page()
        page.goto(f"{served.address}/?participant=1")
        player = Player(page, varied, timed=True)
        for trial in (4, 12):
            player.play(
                until=lambda told, n=trial: (told["state"], told["trial"]) == ("choice", str(n))
            )
            assert_pixels(study.folder, page, trial)
            player.told["mark"] = ""
        with page.expect_download(timeout=600_000) as waited:
            assert player.play()["state"] == "end"
        origin = page.evaluate("() => performance.timeOrigin")
        answers = tmp_path / "sub-001_ses-1_web.jsonl"
        assert waited.value.suggested_filename == answers.name
        waited.value.save_as(answers)
    assert seen == {"errors": [], "elsewhere": []}
    collect(study, answers)
    trials = check_whole(study.folder).set_index("trial")
    ratings = read_table(study.folder.session(1) / "ratings.csv", RATINGS)
    assert ratings.rating.tolist() == [10, 10]
    assert trials.response.nunique() == 2
    assert trials.confidence.nunique() == 3
    assert_times(player.sent, trials, origin)


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("WEB") != "all", reason="takes minutes: make test-thorough")
@pytest.mark.parametrize("design", ["demo", "experiment_1"])
def test_a_whole_rehearsal_of_a_design_is_as_it_was_decided(design, tmp_path):
    folder = make_rehearsal(design, tmp_path, [1], fast=True)
    page_folder = tmp_path / "page"
    write_page(folder, [1], page_folder, "download")
    with open_browser() as browser, serve(page_folder) as served:
        context = browser.new_context(viewport=FULL_HD, screen=FULL_HD, accept_downloads=True)
        seen = watched(context, served.address)
        page = context.new_page()
        page.goto(f"{served.address}/?participant=1")
        player = Player(page, varied, timed=True)
        with page.expect_download(timeout=600_000) as waited:
            assert player.play()["state"] == "end"
        origin = page.evaluate("() => performance.timeOrigin")
        answers = tmp_path / "answers.jsonl"
        waited.value.save_as(answers)
    assert seen == {"errors": [], "elsewhere": []}
    collect(SimpleNamespace(folder=folder), answers)
    trials = check_whole(folder).set_index("trial")
    assert (trials.phase == "repeat").any() == bool(folder.study.repeats)
    assert_times(player.sent, trials, origin)


def assert_pixels(folder, page, trial):
    """Each image of a trial is on the canvas, where the lab shows it, every pixel of it."""
    width, height, text = page.evaluate(CANVAS)
    assert (width, height) == (1920, 1080)
    found = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)
    rows = pd.read_csv(folder.condition_file(1)).set_index("trial")
    row, side = rows.loc[trial], folder.study.image.crop
    places = trial_layout((width, height), side, int(row.n_references) or 9)
    wanted = {"upper": places.upper, "lower": places.lower}
    for i in range(int(row.n_references)):
        wanted |= {f"left_{i + 1}": places.left[i], f"right_{i + 1}": places.right[i]}
    shown = {column: place for column, place in wanted.items() if isinstance(row[column], str)}
    assert len(shown) >= 2
    for column, (x, y) in shown.items():
        left, top = width // 2 + x - side // 2, height // 2 - y - side // 2
        pixels = np.asarray(Image.open(folder.path / row[column]).convert("RGB"))
        block = found[top : top + side, left : left + side, :3]
        assert (block == pixels).all(), (trial, column)


def assert_times(sent, trials, origin):
    """Reaction times are from the onset to the key, as far as the driver knows when that was."""
    choices = [one for one in sent if one.question == "choice"]
    assert len(choices) == len(trials)
    late = []
    for one in choices:
        pressed = one.onset + 1000 * trials.rt[one.trial]
        # In the page's own milliseconds: never before it was sent, nor after it was done.
        assert one.before - origin - 0.2 <= pressed <= one.after - origin + 0.2, one
        late.append(pressed - (one.before - origin))
    # How long the driver itself took is a matter of what else this machine does.
    assert min(late) < FRAME_MS


@pytest.mark.slow
def test_a_browser_that_dies_goes_on_and_jatos_has_every_answer_once(study, tmp_path):
    out = tmp_path / "out"
    to = ("--participants", "2", "--out", str(out), "--to", "jatos")
    done = in_process("experiment", "web", str(study.folder.path), *to)
    assert done.returncode == 0, done.stdout + done.stderr
    # What JATOS would serve.
    with zipfile.ZipFile(tmp_path / "out.jzip") as zipped:
        zipped.extractall(tmp_path / "jatos")
    page_folder = tmp_path / "jatos" / "rehearsal_tiny-web"
    jatos, profile = JatosServer(), tmp_path / "profile"
    address = "{}/?worker=9&result=5&participant=2"
    with serve(page_folder) as served:
        # The process is killed while a trial waits for its choice; then a tab with its confidence.
        with open_profile(profile) as context:
            jatos.attach(context)
            page = context.new_page()
            page.goto(address.format(served.address))
            Player(page, varied).play(
                until=lambda told: (told["state"], told["trial"]) == ("choice", "6")
            )
            # That it was shown is on disk a moment after.
            page.wait_for_timeout(1000)
            killed(profile)
        with open_profile(profile) as context:
            jatos.attach(context)
            page = context.new_page()
            page.goto(address.format(served.address))
            first = Player(page, varied)
            first.play(until=lambda told: (told["state"], told["trial"]) == ("confidence", "11"))
            assert "again" in first.pages
            page.wait_for_timeout(1000)
            page.close()
            page = context.new_page()
            page.goto(address.format(served.address))
            last = Player(page, varied)
            assert last.play()["state"] == "end"
            # Who has finished is told so.
            page.goto(address.format(served.address))
            page.wait_for_function("() => document.body.dataset.state === 'refused'")
    answers = tmp_path / "results.txt"
    answers.write_text(jatos.results["5"], encoding="utf-8")
    # What the browser did not know to be sent when it died was sent again, to the byte.
    once = dict.fromkeys(answers.read_text(encoding="utf-8").splitlines())
    lines = [json.loads(line) for line in once]
    assert [line["run"] for line in lines if line["type"] == "run"] == [1, 2, 3]
    answered = [line["trial"] for line in lines if line["type"] == "trial"]
    assert len(answered) == len(set(answered))
    collect(study, answers)
    trials = check_whole(study.folder, participant=2)
    shown = trials.set_index("trial").shown_before
    assert shown[shown > 0].index.tolist() == [6, 11]


def test_an_image_that_was_exchanged_is_not_shown(study, tmp_path):
    page_folder = tmp_path / "page"
    shutil.copytree(study.page, page_folder)
    content = page_folder / "participants" / "participant-003.json"
    person = json.loads(content.read_text(encoding="utf-8"))
    first = next(row for row in person["rows"] if row["phase"] == "practice")
    names = [person["images"][first[column]] for column in ("upper", "lower")]
    shutil.copyfile(*(page_folder / "images" / f"{name}.webp" for name in names))
    with open_browser() as browser, serve(page_folder) as served:
        page = browser.new_context(viewport=FULL_HD, screen=FULL_HD).new_page()
        page.goto(f"{served.address}/?participant=3")
        told = Player(page, varied).play(
            until=lambda told: told["page"] == "no images" or told["trial"] == str(first["trial"])
        )
        assert (told["state"], told["page"]) == ("page", "no images")
