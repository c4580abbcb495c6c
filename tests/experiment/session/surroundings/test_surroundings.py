"""What surrounds the trials, in a window: consent, breaks, instructions again."""

import json
import time

import pytest

from conditions.tables.files import read_table
from conditions.tables.refusals import REFUSALS
from experiment.keyboard.xtest import FakeKeyboard
from tests.experiment.in_window import run_in_window
from tests.experiment.records.sessions import answer
from tests.experiment.rehearsed import TINY, check_whole, facts, play, presses, start, tiny_study

pytestmark = pytest.mark.window

SENTENCE = "Wörter, die man {lesen} soll, https://example.org/" + 90 * "wide" + ". "
LONG = {"version": "2", "text": {"en": 2 * (5 * SENTENCE + "\n\n"), "de": "Kurz."}}

# Each scenario: what is pressed at the end of the text, or in a break, one after the other.
KNOWN = {"version": "2", "text_sha256": 64 * "0", "language": "en", "at": "2025-01-01T10:00:00Z"}
SCRIPT = (
    f"KNOWN = {KNOWN}"
    + """
import faulthandler
import numpy as np
from conditions.study.study import Study
from conditions.study.surroundings import Breaks
from experiment.screen.pages import Pages, StoppedError
from experiment.session.surroundings.arriving import arrive
from experiment.session.surroundings.breaks import take_break
from experiment.session.surroundings.consent import NotGivenError, consent_facts
from experiment.texts.kinds import session_texts

study = Study.model_validate(json.loads(sys.argv[1]))
shown, found = set(), {}
faulthandler.dump_traceback_later(200, exit=True)

class Player(HumanObserver):
    def __init__(self, moves):
        self.moves, self.heard = list(moves), []
    def asked(self, question):
        self.heard.append([question.kind, list(question.keys)])
        threading.Thread(target=self.play, args=(question,)).start()
    def play(self, question):
        time.sleep(0.05)
        self.look()
        turns_page = question.kind == "consent" and len(question.keys) == 1
        keys = ["return", "space"] if turns_page else self.moves.pop(0)
        for key in keys:
            time.sleep(key) if isinstance(key, float) else fake.press(key, 0.01)
    def look(self):
        pixels = np.asarray(fake.picture())
        edge = [pixels[:4], pixels[-4:], pixels[:, :4], pixels[:, -4:]]
        shown.add((len(np.unique(pixels)) > 1, all(len(np.unique(e)) == 1 for e in edge)))

def pages_of(player):
    return Pages(window, keyboard, player, texts, ("space",))

for name, moves, before, language in (
    ("read twice", [["space"], ["return"]], {}, "en"),
    ("no", [["backspace"]], {}, "de"),
    ("escape", [["escape"]], {}, "de"),
    ("known", [], {"consent": KNOWN}, "en"),
    ("half known", [["return"]], {"consent": {"version": "2"}}, "de"),
    ("amended", [["return"]], {"consent": {"version": "1"}}, "de"),
):
    player, texts = Player(moves), session_texts(study, language)
    try:
        given = consent_facts(study, language, before, window, pages_of(player), texts)
    except NotGivenError as end:
        given = end.refusal and [end.refusal.version, end.refusal.language]
    found[name] = [given, player.heard]

without = Study.model_validate({k: v for k, v in json.loads(sys.argv[1]).items() if k != "consent"})
for name, moves in (("ready", [["space"]]), ("not ready", [["escape"], ["return"]])):
    player = Player(moves)
    try:
        given = arrive(without, "de", {}, window, pages_of(player), session_texts(without, "de"))
    except StoppedError:
        given = "stopped"
    found[name] = [given, player.heard]

for name, least, moves in (
    ("break", 1.0, [["space"], [0.2, "space"]]),
    ("stopped", 0.0, [["escape"], ["return"]]),
):
    player, taken = Player(moves), []
    rules = Breaks(least_seconds=least, most_seconds=least + 0.1)
    try:
        take_break(window, pages_of(player), texts, rules, ("space",), "3 of 4", taken.append)
    except StoppedError:
        name += " by Escape"
    found[name] = [[taken[0].seconds, taken[0].overlong], player.heard]
print(json.dumps([found, sorted(shown)]))
window.close()
"""
)


@pytest.fixture(scope="module")
def found(screen) -> list:
    study = json.dumps(TINY | {"consent": LONG})
    return json.loads(run_in_window(SCRIPT, screen, study).splitlines()[-1])


def test_a_long_text_is_read_page_by_page_and_agreed_to_at_its_end(found):
    given, heard = found[0]["read twice"]
    assert (given["version"], given["language"]) == ("2", "en")
    turns, last = ["consent", ["space"]], ["consent", ["return", "backspace", "space"]]
    # Two pages at least; Enter counts for nothing but on the last.
    once = [*[turns] * (len(heard) // 2 - 1), last]
    assert len(once) > 1
    assert heard == once + once
    # Something is shown, and no letter is at an edge of the screen.
    assert found[1] == [[True, True]]


def test_the_operator_starts_the_session_before_anything_is_read(found):
    assert found[0]["ready"] == [None, [["ready", ["space"]]]]
    assert found[0]["not ready"][0] == "stopped"


def test_no_is_no_and_escape_is_neither(found):
    assert found[0]["no"][0] == ["2", "de"]
    assert found[0]["escape"] == [None, [["consent", ["return", "backspace"]]]]


def test_a_version_is_asked_for_once(found):
    assert found[0]["known"] == [KNOWN, []]
    # Also where what session.json says of it is not whole.
    for name in ("amended", "half known"):
        assert found[0][name][0]["version"] == "2"
        assert found[0][name][0]["language"] == "de"


def test_a_break_can_be_left_after_its_least_and_is_overlong_after_its_most(found):
    (seconds, overlong), heard = found[0]["break"]
    assert seconds >= 1.2
    assert overlong
    assert heard == [["page", []], ["page", ["space"]]]
    assert found[0]["stopped by Escape"][1] == [["page", ["space"]], ["page", ["space", "return"]]]


def test_no_leaves_no_folder_but_a_count(tmp_path, screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    consent = {"version": "2026-11", "text": "A text.", "refuse": "n"}
    folder = tiny_study(tmp_path, consent=consent, languages=["en"])
    process, keyboard = start(folder, screen, "--observer", "human", "--override"), FakeKeyboard()
    while process.poll() is None:
        keyboard.press("space", 0.02)  # The operator, who starts the session.
        keyboard.press("n", 0.02)
        time.sleep(0.2)
    assert process.returncode == 0, process.communicate()[1]
    assert sorted(path.name for path in folder.data.iterdir()) == ["refusals.csv", "refusals.json"]
    refusals = read_table(folder.data / "refusals.csv", REFUSALS)
    assert refusals[["version", "language"]].values.tolist() == [["2026-11", "en"]]


def test_a_session_goes_on_after_long_with_consent_instructions_and_breaks(tmp_path, screen):
    parts = [{"name": "r", "conditions": ["natural"], "scheme": "Max-1", "main": 1, "blocks": 4}]
    surroundings = {
        "consent": {"version": "1", "text": "A text."},
        "breaks": {"every_blocks": 2, "least_seconds": 0.2},
        "languages": ["en"],
    }
    folder = tiny_study(tmp_path, parts=parts, intuitiveness=[], repeats=None, **surroundings)
    answer(folder, 1, 1, "2025-01-01T10:00:00+01:00")
    ran = play(folder, screen, "--resume", "--override")
    assert ran.returncode == 0, ran.stderr
    check_whole(folder)
    run = facts(folder)["runs"][-1]
    assert run["consent"]["version"] == "1"
    assert run["instructed"]
    assert [(taken["after_block"], taken["overlong"]) for taken in run["breaks"]] == [(2, False)]
    assert run["breaks"][0]["seconds"] >= 0.2
    assert "consent" not in set(presses(folder, "consent")["question"])
    kept = folder.session(1) / f"consent-{run['consent']['text_sha256'][:8]}.txt"
    assert kept.read_text(encoding="utf-8") == "A text."
