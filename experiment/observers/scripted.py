"""An observer that presses real keys in the real window system, for rehearsals and tests."""

import queue
import sys
import threading
import time
from pathlib import Path

import numpy as np

from conditions.seeds import named_rng
from conditions.tables.sessions import PRESSES
from experiment.keyboard.observer import Question
from experiment.keyboard.xtest import FakeKeyboard
from experiment.observers.script import Script
from experiment.records.recorder import TableRecorder, mend
from experiment.session.rating import HIGHEST, STEP

# The screen shows a page some refreshes after it was told of it.
PICTURE_AFTER = 0.15
CLICK = "click"


class ScriptedObserver:
    """Answers every question after a random time, right with a chance that the condition sets.

    Parameters
    ----------
    log : Path
        Table of the presses, as the observer made them: ``trials.csv`` must agree with it.
    script : Script
        Chances and times, as :func:`~experiment.observers.script.load_script` gives them.
    seed, participant : int
        Decide all answers, with the number of the trial: a resumed session gets the same ones.
    pictures : Path, optional
        Folder for a picture of the screen at every question, before it is answered.
    """

    name = "scripted"

    def __init__(
        self,
        log: Path,
        script: Script,
        seed: int,
        participant: int,
        pictures: Path | None = None,
    ) -> None:
        self.reads = script.reads
        self._keyboard = FakeKeyboard()
        mend(log)
        self._log_file, self._notes = log, True
        self._log = TableRecorder(log, PRESSES) if log.exists() else None
        self._script, self._seed, self._participant = script, seed, participant
        self._pictures, self._n_pictures = pictures, 0
        self._questions: queue.SimpleQueue[tuple[Question, float] | None] = queue.SimpleQueue()
        self._was_correct = True
        self._thread = threading.Thread(target=self._answer_all, daemon=True)
        self._thread.start()

    def asked(self, question: Question) -> None:
        """Schedule the answer to a question."""
        self._questions.put((question, time.monotonic()))

    def close(self) -> None:
        """Finish what is scheduled, and end."""
        self._questions.put(None)
        self._thread.join(timeout=5)
        if self._log is not None:
            self._log.close()

    def _answer_all(self) -> None:
        while (item := self._questions.get()) is not None:
            question, asked_at = item
            self._look(question)
            keys, seconds = self._answer(question)
            time.sleep(max(0.0, asked_at + seconds - time.monotonic()))
            for key in keys:
                delay = time.monotonic() - asked_at
                if key == CLICK:
                    self._keyboard.click()
                else:
                    self._keyboard.press(key, self._script.press_seconds)
                self._note(question, key, delay)

    def _note(self, question: Question, key: str, delay: float) -> None:
        # Before there is consent no file is made, and no folder for one.
        has_place = self._log is not None or self._log_file.parent.is_dir()
        if question.kind in ("ready", "consent") or not (self._notes and has_place):
            return
        trial = question.trial["trial"] if question.trial else None
        try:
            self._log = self._log or TableRecorder(self._log_file, PRESSES)
            self._log.append({"trial": trial, "question": question.kind, "key": key, "rt": delay})
        except OSError as error:
            print(f"scripted observer: presses are no longer noted: {error}", file=sys.stderr)
            self._notes = False

    def _look(self, question: Question) -> None:
        if self._pictures is None:
            return
        time.sleep(PICTURE_AFTER)
        self._n_pictures += 1
        self._pictures.mkdir(parents=True, exist_ok=True)
        name = f"{self._n_pictures:04d}-{question.kind}.png"
        self._keyboard.picture().save(self._pictures / name)

    def _answer(self, question: Question) -> tuple[list[str], float]:
        """Keys to press one after the other, and seconds until the first."""
        number = question.trial["trial"] if question.trial else "page"
        name = f"observer/participant-{self._participant:03d}/{number}/{question.kind}"
        rng = named_rng(self._seed, name)
        seconds = self._seconds(question.kind) * float(
            np.exp(rng.normal(0, self._script.rt_spread))
        )
        keys = list(question.keys)
        if question.kind == "focus":
            return [CLICK], seconds
        if question.kind == "keys":
            return keys, 0.0
        if question.kind == "choice":
            return [keys[self._chosen(question, rng)]], seconds
        if question.kind == "confidence":
            return [keys[self._confidence(rng)]], seconds
        if question.kind == "combined":
            row, each = self._chosen(question, rng), len(keys) // 2
            return [keys[row * each + self._confidence(rng)]], seconds
        if question.kind == "rating":
            left, right, confirm = keys
            steps = int(rng.integers(1, HIGHEST // STEP + 1))
            return [*[left if rng.random() < 0.3 else right] * steps, confirm], seconds
        return keys[:1], seconds

    def _seconds(self, kind: str) -> float:
        script = self._script
        return {
            "page": script.page_rt,
            "ready": script.page_rt,
            "consent": script.page_rt,
            "focus": script.page_rt,
            "confidence": script.confidence_rt,
        }.get(kind, script.choice_rt)

    def _chosen(self, question: Question, rng: np.random.Generator) -> int:
        """0 for the upper, 1 for the lower query."""
        trial = question.trial
        assert trial is not None  # Only pages come without one.
        accuracy = self._script.accuracy[trial["condition"]]
        if trial["catch"]:
            accuracy = self._script.catch_accuracy
        self._was_correct = bool(rng.random() < accuracy)
        says_upper = (trial["correct_response"] == "upper") == self._was_correct
        return 0 if says_upper else 1

    def _confidence(self, rng: np.random.Generator) -> int:
        """0, 1 or 2."""
        right = self._was_correct
        chances = self._script.confidence_correct if right else self._script.confidence_wrong
        return int(rng.choice(len(chances), p=np.array(chances) / sum(chances)))
