"""A network that is gone, a disk that is full, data that are cleared: no answer is lost."""

import json

import pytest

from experiment.web.export import write_page
from tests.experiment.rehearsed import tiny_study
from tests.experiment.web.driven.browsers import FULL_HD, open_browser
from tests.experiment.web.driven.player import Player
from tests.experiment.web.driven.served import serve

# What browsers do where there is no room: no test can fill a disk. There is none from the next
# answer on; that its images came up may still be on its way to the disk.
FULL = """() => {
  const { prototype } = IDBObjectStore, { add } = prototype;
  let full = false;
  prototype.add = function (record) {
    full ||= record.type === "trial";
    if (full) throw new DOMException("there is no room", "QuotaExceededError");
    return add.call(this, record);
  };
}"""


ZOOMED = {"width": 1536, "height": 864, "deviceScaleFactor": 1.25, "mobile": False}
CANVAS = """() => {
  const canvas = document.querySelector("canvas"), { width } = canvas.getBoundingClientRect();
  return [canvas.width, Math.round(width * devicePixelRatio)];
}"""


def choice_of(trial):
    return lambda told: (told["state"], told["trial"]) == ("choice", str(trial))


@pytest.mark.slow
def test_trouble_in_the_middle_of_a_session_costs_no_answer_and_no_pixel(tmp_path):
    folder = tiny_study(tmp_path)
    write_page(folder, [1], tmp_path / "page", "download")
    with open_browser() as browser, serve(tmp_path / "page") as served:
        context = browser.new_context(viewport=FULL_HD, screen=FULL_HD, accept_downloads=True)
        page = context.new_page()
        page.goto(f"{served.address}/?participant=1")
        player = Player(page)
        # Those of the example are missing at first.
        study = json.loads((tmp_path / "page" / "study.json").read_text(encoding="utf-8"))
        pattern = f"**/{study['example']['files']['upper']['upper']}.webp"
        page.route(pattern, lambda route: route.abort())
        player.play(until=lambda told: told["page"] == "no images")
        assert "introduction 2" in player.pages
        page.unroute(pattern)
        player.told["mark"] = ""
        # The images of a block and of the next are there by now, those of later blocks are not.
        player.play(until=choice_of(0))
        page.wait_for_load_state("networkidle")
        context.set_offline(True)
        player.told["mark"] = ""
        player.play(until=lambda told: told["page"] == "no images")
        asked = len(served.asked)
        context.set_offline(False)
        # The key that goes on has them asked for again.
        player.told["mark"] = ""
        player.play(until=lambda told: told["state"] == "choice")
        assert len(served.asked) > asked
        last = int(player.told["trial"])
        page.evaluate(FULL)
        player.told["mark"] = ""
        with page.expect_download() as waited:
            assert player.play()["state"] == "end"
        assert "there is no room" in page.inner_text("body")
        waited.value.save_as(tmp_path / "answers.jsonl")
        lines = (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()
        answered = [json.loads(line) for line in lines]
        numbers = [record["trial"] for record in answered if record["type"] == "trial"]
        # The one that the browser could not keep is in the file too.
        assert numbers == list(range(last + 1))
        page.reload()
        again = Player(page)
        again.play(until=lambda told: told["state"] == "choice" and bool(told["trial"]))
        assert int(again.told["trial"]) == last
        # Who zooms the page in full screen sees the same pixels from the next trial on.
        driver = context.new_cdp_session(page)
        driver.send("Emulation.setDeviceMetricsOverride", ZOOMED)
        again.told["mark"] = ""
        again.play(until=lambda told: told["state"] == "choice" and told["trial"] == str(last + 1))
        assert page.evaluate(CANVAS) == [1920, 1920]
        # Who clears the browser's data has the file: at once, where something was just being kept.
        everything = {"origin": served.address, "storageTypes": "all"}
        again.told["mark"] = ""
        with page.expect_download() as waited:
            driver.send("Storage.clearDataForOrigin", everything)
            assert again.play()["state"] == "end"
        waited.value.save_as(tmp_path / "again.jsonl")
        lines = (tmp_path / "again.jsonl").read_text(encoding="utf-8").splitlines()
        assert [one["trial"] for one in map(json.loads, lines) if one["type"] == "trial"] in (
            list(range(last + 1)),
            list(range(last + 2)),
        )
