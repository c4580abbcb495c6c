"""Keys in a browser count as in the lab: held, early, late, other and extra ones do not."""

import json
from collections import defaultdict

import pytest

from experiment.web.export import write_page
from tests.experiment.rehearsed import tiny_study
from tests.experiment.web.driven.browsers import FULL_HD, open_browser, watched
from tests.experiment.web.driven.player import Player
from tests.experiment.web.driven.served import serve

DEADLINE_S = 4.0
# HELD does not follow the practice, where a page comes first, nor ESCAPED one shown again.
HELD, DROPPED, DOUBLE, AWAY, ESCAPED = 2, 3, 4, 5, 7


class Person(Player):
    """Somebody who now and then presses what does not count."""

    def until_choice(self, trial: int) -> None:
        self.play(until=lambda told: (told["state"], told["trial"]) == ("choice", str(trial)))

    def wait(self, state: str, trial: int) -> None:
        here = f"({{state, trial}}) => state === '{state}' && trial === '{trial}'"
        self.page.wait_for_function(f"() => ({here})(document.body.dataset)", polling="raf")

    def wait_for_page(self, name: str) -> None:
        self.page.wait_for_function(f"() => document.body.dataset.page === '{name}'")


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """All records of a session with presses of every kind, which is stopped in the end."""
    root = tmp_path_factory.mktemp("web_keys")
    timing = {"deadline": DEADLINE_S, "fixation": 0.8, "feedback": 1.0}
    folder = tiny_study(root, timing=timing)
    write_page(folder, [1], root / "page", "download")
    with open_browser() as browser, serve(root / "page") as served:
        context = browser.new_context(viewport=FULL_HD, screen=FULL_HD, accept_downloads=True)
        seen = watched(context, served.address)
        page = context.new_page()
        page.goto(f"{served.address}/?participant=1")
        person = Person(page)
        misbehave(person, context)
        # What was answered so far is enough.
        person.until_choice(ESCAPED + 1)
        with page.expect_download() as waited:
            page.keyboard.press("Escape")
            person.wait_for_page("stop")
            page.keyboard.press("Enter")
        waited.value.save_as(root / "answers.jsonl")
    assert seen == {"errors": [], "elsewhere": []}
    return [json.loads(line) for line in (root / "answers.jsonl").read_text().splitlines()]


def misbehave(person: Person, context) -> None:
    page = person.page
    person.until_choice(HELD - 1)
    person.press("up", "1")
    person.wait("fixation", HELD)
    page.keyboard.down("ArrowUp")
    person.wait("choice", HELD)
    # A system repeats what is held.
    page.keyboard.down("ArrowUp")
    page.wait_for_timeout(100)
    page.keyboard.up("ArrowUp")
    person.wait("choice", HELD)
    person.press("down", "2")
    person.wait("feedback", HELD)
    person.until_choice(DROPPED)
    person.wait("feedback", DROPPED)
    person.press("up")
    person.until_choice(DOUBLE)
    person.press("x", "1", "up", "down", "3")
    person.wait("feedback", DOUBLE)
    person.until_choice(AWAY)
    session = context.new_cdp_session(page)
    session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    other = context.new_page()
    other.bring_to_front()
    page.wait_for_timeout(200)
    other.close()
    page.bring_to_front()
    session.send("Emulation.setFocusEmulationEnabled", {"enabled": True})
    person.wait_for_page("focus")
    person.until_choice(ESCAPED)
    page.keyboard.press("Escape")
    person.wait_for_page("stop")


def of(records, trial):
    found = [record for record in records if record["type"] == "trial" and record["trial"] == trial]
    assert len(found) == 1, trial
    return found[0]


def presses(records, trial):
    return [
        record["detail"]
        for record in records
        if record["type"] == "event" and record["kind"] == "press" and record["trial"] == trial
    ]


def test_a_key_that_was_held_before_the_images_is_no_answer(records):
    answer = of(records, HELD)
    assert (answer["response"], answer["confidence"]) == ("lower", 2)
    assert answer["rt"] >= 0.1
    assert presses(records, HELD) == ["up early", "down", "2"]


def test_after_the_deadline_there_is_no_answer_and_presses_are_late(records):
    answer = of(records, DROPPED)
    assert answer["timed_out"]
    assert (answer["response"], answer["confidence"], answer["rt"]) == (None, None, None)
    assert sum(answer["frame_intervals_ms"]) >= 1000 * DEADLINE_S
    assert presses(records, DROPPED) == ["up late"]
    kinds = {r["kind"]: r["detail"] for r in records if r.get("trial") == DROPPED and "kind" in r}
    assert (kinds["choice"], kinds["feedback"]) == ("", "too_slow")


def test_of_several_keys_the_first_that_answers_counts(records):
    answer = of(records, DOUBLE)
    assert (answer["response"], answer["confidence"]) == ("upper", 3)
    assert presses(records, DOUBLE) == ["x other", "1 early", "up", "down extra", "3"]


@pytest.mark.parametrize(("trial", "kind"), [(AWAY, "focus"), (ESCAPED, "pause")])
def test_what_was_interrupted_is_asked_again(records, trial, kind):
    assert of(records, trial)["shown_before"] == 1
    assert of(records, trial - 1)["shown_before"] == 0
    choices = [r["detail"] for r in records if r.get("kind") == "choice" and r["trial"] == trial]
    assert choices == ["interrupted", "upper"]
    assert [r for r in records if r.get("kind") == kind]


def test_events_of_each_trial_are_nested_in_its_images(records):
    events = defaultdict(list)
    for record in records:
        if record["type"] == "event" and record["trial"] is not None:
            events[record["trial"]].append(record)
    for trial, found in events.items():
        answers = [r for r in records if r["type"] == "trial" and r["trial"] == trial]
        shown = [event for event in found if event["kind"] == "images"]
        if not answers:
            continue
        assert shown[-1]["onset"] == answers[0]["onset"]
        choice = [event for event in found if event["kind"] == "choice"][-1]
        assert choice["onset"] == answers[0]["onset"]
        if answers[0]["rt"] is not None:
            assert choice["duration"] == answers[0]["rt"]
            assert choice["duration"] <= shown[-1]["duration"] + 1e-6


def test_who_stops_has_a_file_that_says_so(records):
    assert records[-1] == {"type": "end", "run": 1, "state": "stopped"}
