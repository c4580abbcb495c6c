"""Somebody who plays a session in a browser, with keys that the driver sends at known times."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEYS = {"up": "ArrowUp", "down": "ArrowDown", "left": "ArrowLeft", "right": "ArrowRight"}
KEYS |= {"space": "Space", "return": "Enter"}
# Comes back when something is asked that was not asked before; after a while with what is there.
NEXT = """([last, patience]) => new Promise((resolve) => {
  const asked = ["page", "choice", "confidence", "rating", "end", "refused", "failed"];
  const { dataset } = document.body;
  const mark = () => [dataset.state, dataset.page, dataset.trial, dataset.onset].join("|");
  let observer = null;
  const over = () => {
    observer?.disconnect();
    resolve({ ...dataset, mark: mark() });
  };
  const look = () => asked.includes(dataset.state) && mark() !== last && (over(), true);
  if (look()) return;
  observer = new MutationObserver(look);
  observer.observe(document.body, { attributes: true });
  setTimeout(over, patience);
})"""
NOW = "() => performance.timeOrigin + performance.now()"
# Experiment I at speed takes a minute, on a busy machine some.
LONGEST_S = 600
ENDS = ("end", "refused", "failed")


@dataclass
class Sent:
    """A key that was sent: page's clock just before and just after, in ms since 1970."""

    trial: int
    question: str
    key: str
    # When the question came on the screen, as the page has it: ms since it was opened.
    onset: float
    before: float
    after: float


@dataclass
class Player:
    """Answers what a page asks, as fast as it asks."""

    page: Any
    # The key for a question, from what the page tells of it.
    answer: Callable[[dict[str, str]], str] = lambda told: told["keys"].split()[0]
    timed: bool = False
    sent: list[Sent] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    def press(self, *keys: str) -> None:
        for key in keys:
            name = KEYS.get(key, f"Digit{key}" if key.isdigit() else f"Key{key.upper()}")
            self.page.keyboard.press(name)

    def play(self, until: Callable[[dict[str, str]], bool] = lambda told: False) -> dict[str, str]:
        """Go on until the session is over, or something is asked; what was asked last."""
        begun = time.monotonic()
        while True:
            assert time.monotonic() - begun < LONGEST_S, f"no end: {self.told}"
            last = self.told.get("mark", "")
            self.told = told = self.page.evaluate(NEXT, [last, 2000])
            if told["state"] in ENDS or until(told):
                return told
            if told["state"] == "page":
                self._turn(told)
            elif told["state"] == "rating":
                self.press("right", "right", "return")
            elif told["state"] in ("choice", "confidence"):
                self._answer(told)

    def _turn(self, told: dict[str, str]) -> None:
        name = told["page"]
        self.pages.append(name)
        if name == "fullscreen":
            self.page.click("#jspsych-fullscreen-btn")
        elif name == "key check":
            study = json.loads(self.page.evaluate("() => fetch('study.json').then(r => r.text())"))
            keys = study["keys"]
            single = [keys["upper"][0], keys["lower"][0], *(row[0] for row in keys["confidence"])]
            both = [row[0] for name in ("upper", "lower") for row in keys[f"{name}_confidence"]]
            self.press(*(single if keys["mode"] == "two_stage" else both), keys["go_on"][0])
        elif told["keys"]:
            self.press(told["keys"].split()[0])

    def _answer(self, told: dict[str, str]) -> None:
        # The example is answered as it is wanted; its keys name the answers in two halves.
        keys = told["keys"].split()
        if told.get("correct") and told["state"] == "choice":
            half = len(keys) // 2
            key = (keys[:half] if told["correct"] == "upper" else keys[half:])[0]
        else:
            key = self.answer(told)
        if not self.timed or not told["trial"]:
            return self.press(key)
        before = self.page.evaluate(NOW)
        self.press(key)
        after = self.page.evaluate(NOW)
        self.sent.append(
            Sent(int(told["trial"]), told["state"], key, float(told["onset"]), before, after)
        )
        return None
