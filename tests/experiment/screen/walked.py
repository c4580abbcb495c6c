"""A whole session walked through on screens of any size: boxes of all that it draws, page by page.

Everything is the session's own but the window's flip, the drawing itself, the keys, and time.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import yaml
from psychopy import core, visual

from conditions.folder import DESIGNS
from conditions.study.kinds.kind import NONE
from conditions.study.study import Study
from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from experiment.calibration.screen import check_width
from experiment.keyboard.listener import Press
from experiment.keyboard.observer import Question
from experiment.keyboard.placed import placed
from experiment.records.standing import Standing
from experiment.records.start import Start
from experiment.records.store import Trouble
from experiment.rig import load_rig
from experiment.screen.pages import Pages
from experiment.screen.sizes import layouts_of
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import open_window, size_of
from experiment.screen.words import Words
from experiment.session import decoding
from experiment.session import session as sessions
from experiment.session.surroundings import breaks
from experiment.session.surroundings.arriving import arrive
from experiment.session.surroundings.key_check import check_keys
from experiment.session.trial import Meeting
from experiment.texts.kinds import session_texts
from tests.experiment.screen.boxes import Box, faults
from tests.experiment.screen.long_texts import CONSENT, LONG_TITLE, REPORT

BREAKS = {"every_blocks": 2, "least_seconds": 30, "most_seconds": 300}
ANSWERS = {
    "two_stage": {"mode": "two_stage"},
    "several": {"upper": ["up", "num_8", "w"], "lower": ["down", "num_2", "s"]},
    "combined": {"mode": "combined"},
    "pad": {
        "mode": "combined",
        "upper_confidence": [["q", "num_7"], ["w", "num_8"], ["e", "num_9"]],
        "lower_confidence": [["a", "num_4"], ["s", "num_5"], ["d", "num_6"]],
    },
}


class Keyboard:
    """Presses what is asked for; of three answers the second is wrong, the third comes too late."""

    name = "human"

    def __init__(self, reads: bool) -> None:
        self.reads, self.held_pages = reads, 0
        self.escaped = self.away = self.lost = False
        self.focus, self._waiting, self._told, self._looks = self, [], None, 0
        self._answers, self._examples, self.late = itertools.count(), itertools.count(), False

    def asked(self, question: Question) -> None:
        kind, keys = question.kind, question.keys
        if kind == "focus" and not keys:
            return
        again, self._told = question == self._told, question
        self.away = not again and kind in ("page", "consent", "ready", "keys") and bool(keys)
        self._looks = 0
        self.held_pages += kind == "page" and not keys
        self.late, wrong = False, kind == "example" and next(self._examples) == 0
        if kind in ("choice", "combined"):
            number = next(self._answers)
            self.late, wrong = number % 3 == 2, number % 3 == 1
        if kind == "rating":
            keys = (keys[0], keys[-1])
        elif kind != "keys":
            keys = keys[-1:] if wrong else keys[:1]
        self._waiting = [] if self.late else list(keys)

    def presses(self) -> list[Press]:
        self._looks += 1
        if self.away:
            # Another window has the keyboard for a flip.
            self.away = self._looks == 1
            return []
        presses, self._waiting = self._waiting, []
        return [Press(key, 0.1) for key in presses]

    def time(self) -> float:
        return 1e6 if self.late else 0.1

    def nothing(self, *_: object, **__: object) -> None:
        pass

    start = now = take_back = take = held = losses = nothing

    def clicked(self) -> bool:
        return False


class Canvas:
    """A window of any size; what is drawn for each flip is looked at, and not drawn."""

    def __init__(self) -> None:
        rig, _ = load_rig("any")
        self.window = open_window(rig.model_copy(update={"full_screen": False}))
        self.size = (1920, 1080)
        kind = type(self.window)
        kind.size = property(lambda _: np.array(self.size))
        self._drawn: list[Any] = []
        self.seen: dict[tuple[Box, ...], None] = {}
        self._calls: list[tuple] = []
        self.window.flip = self._flip
        self.window.callOnFlip = lambda *call: self._calls.append(call)
        for drawn in (visual.TextStim, visual.Rect, visual.Circle, visual.ImageStim):
            drawn.draw = lambda stimulus, *_: self._drawn.append(stimulus)
        visual.ImageStim.setImage = lambda *_, **__: None

    def nothing(self) -> None:
        pass

    def _flip(self) -> None:
        for call, *arguments in self._calls:
            call(*arguments)
        self.seen[tuple(map(_box, self._drawn))] = None
        self._drawn, self._calls = [], []


def _box(stimulus: Any) -> Box:
    if isinstance(stimulus, Words):
        return Box(stimulus.text, "text", *map(float, stimulus.box), float(stimulus.height))
    (x, y), (width, height) = stimulus.pos, stimulus.size
    kind = "image" if isinstance(stimulus, visual.ImageStim) else "bar"
    if isinstance(stimulus, visual.Circle):
        width = height = 2 * stimulus.radius
    edges = (x - width / 2, x + width / 2, y - height / 2, y + height / 2)
    return Box(kind, kind, *map(float, edges))


def _study(language: str, keys: str, references: list[int], titles: bool) -> Study:
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    kinds = {
        "natural": {"kind": "photographs"},
        "soft": {"kind": "blurred", "of": "natural", "sigma_px": 4},
    }
    if titles:
        kinds["soft"]["title"] = LONG_TITLE
    timing = {
        "fixation": 0,
        "feedback_delay": 0.001,
        "feedback": 0.001,
        "blank": 0,
        "reading": 0.001,
    }
    study = Study.model_validate(
        content
        | {
            "image": {"resize": 256, "crop": 224},
            "references": kinds,
            "rated": ["soft", "natural"],
            "intuitiveness": ["beginning"],
            "units": {**content["units"], "practice": [], "intuitiveness": ["block02_0020"]},
            "parts": [{"name": "all", "conditions": ["natural"], "scheme": "Max-9", "main": 6}],
            "batches": {"offset": {"natural": 0}},
            "keys": ANSWERS[keys],
            "language": language,
            "languages": ["en", "de"],
            "timing": {**timing, "deadline": 60},
            "breaks": BREAKS if titles else None,
            "consent": {"version": "1", "text": {"en": CONSENT * 6, "de": CONSENT * 6}},
        }
    )
    # Parts as no study of so few units has them: each scheme once.
    parts = [
        study.parts[0].model_copy(
            update={"scheme": f"{scheme}-{n}"} if n else {"conditions": (NONE,)}
        )
        for n in references
        for scheme in (("Max", "Min-Max") if n else ("",))
    ]
    return study.model_copy(update={"parts": parts})


def _rows(study: Study, references: list[int]) -> pd.DataFrame:
    """A condition file's rows: a rating, then a block of three trials of each scheme."""

    def row(trial: int, n: int, left: str | None, right: str | None, **more: object) -> dict:
        columns = (LEFT_COLUMNS[:n] if left else ()) + (RIGHT_COLUMNS[:n] if right else ())
        shown = dict.fromkeys((*LEFT_COLUMNS, *RIGHT_COLUMNS)) | dict.fromkeys(columns, "image")
        return shown | {
            "trial": trial,
            "n_references": n,
            "left_title": left,
            "right_title": right,
            **more,
        }

    nothing = {"block": None, "condition": None, "upper": None, "lower": None}
    number = itertools.count()
    rows = []
    if n := max(references):
        rows.append(row(next(number), n, "soft", "natural", phase="intuitiveness", **nothing))
    schemes = [(n, left) for n in references for left in ((None, "min") if n else (None,))]
    for block, (n, left) in enumerate(schemes):
        for _ in range(3):
            asked = {
                "phase": "main",
                "block": block,
                "condition": "natural" if n else "none",
                "upper": "image",
                "lower": "image",
                "correct_response": "upper",
            }
            rows.append(row(next(number), n, left, "max" if n else None, **asked))
    return pd.DataFrame(rows).astype({"block": "Int64"})


@contextmanager
def _ticking() -> Iterator[None]:
    """A break is looked at early, and then when it is over."""
    usual, ticks = breaks.time, itertools.chain((0, 20), itertools.count(800, 400))
    breaks.time = SimpleNamespace(monotonic=lambda: float(next(ticks)))
    yield
    breaks.time = usual


def walk(canvas: Canvas, language: str, keys: str, references: list[int], titles: bool) -> int:
    """Go through a session on the canvas, as large as it is now.

    Returns how many pages there were with no key that goes on: for a reader, and in breaks.
    """
    window, keyboard = canvas.window, Keyboard(reads=titles)
    study = _study(language, keys, references, titles)
    on_keyboard = placed(study, session_texts(study, language), None)
    study, texts = on_keyboard.study, on_keyboard.texts
    trials = _rows(study, references)
    layouts, _ = layouts_of(study, load_rig("laptop")[0], size_of(window), set(references))
    screen = TrialScreen(window, layouts, texts, study.keys)
    meeting = Meeting(screen, keyboard, keyboard, study.timing, study.keys, 1 / 60, core.Clock())
    pages = Pages(window, keyboard, keyboard, texts, study.keys.go_on)
    empty = trials.iloc[:0].assign(correct=[], confidence=[], started_at=[], onset=[])
    standing = Standing(1, 2, of_trials=(1,) * len(trials))
    start = Start(trials, empty, empty, empty, {}, standing=standing)
    idle = dict.fromkeys(("note", "append", "settle"), keyboard.nothing)
    store = SimpleNamespace(**idle, trouble=None)
    folder = Path("/srv/laboratory/studies/experiment_1_on_the_second_computer/data/sub-001")
    rescues = itertools.cycle([folder / "rescued", None])

    def trouble(**_: object) -> None:
        store.trouble = Trouble(folder, "No space left on device", next(rescues))

    store.add_facts = trouble
    with _ticking():
        arrive(study, language, {}, window, pages, texts)
        check_keys(pages, window, on_keyboard, override=False)
        sessions.Session(study, {}, 1, start, meeting, pages, texts, store).run()
        pages.regain()
        pages.ask_to_stop()
        pages.show(REPORT, LONG_TITLE, height=20, alignText="left")
        keyboard.asked(Question("page", ("return",)))
        check_width(window, keyboard, pages, 31.0)
    return keyboard.held_pages


def main(runs: list[dict]) -> Iterator[dict]:
    """Walk through sessions; what is wrong in each."""
    canvas = Canvas()
    sessions.collect_garbage = canvas.nothing
    decoding.decode = lambda encoded, trial, *_: dict.fromkeys(
        name for name in (*LEFT_COLUMNS, *RIGHT_COLUMNS, "upper", "lower") if trial.get(name)
    )
    for run in runs:
        canvas.size, canvas.seen = tuple(run.pop("size")), {}
        held = walk(canvas, **run)
        found = [fault for boxes in canvas.seen for fault in faults(boxes, canvas.size)]
        texts = [box.name for boxes in canvas.seen for box in boxes if box.kind == "text"]
        yield {
            "faults": list(dict.fromkeys(found)),
            "texts": list(dict.fromkeys(texts)),
            "held": held,
        }
    canvas.window.close()


if __name__ == "__main__":
    for result in main(json.load(sys.stdin)):
        print(json.dumps(result))
