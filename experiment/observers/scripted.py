"""An observer that presses real keys in the real window system, for rehearsals and tests."""

import queue
import threading
import time
from pathlib import Path

import numpy as np

from conditions.seeds import named_rng
from conditions.tables import PRESSES
from experiment.observers.observer import Question
from experiment.recorder import TableRecorder
from experiment.xtest import FakeKeyboard

# Shares of correct answers in Borowski et al. (2021), Experiment I.
ACCURACY = {"natural": 0.92, "synthetic": 0.82, "none": 0.5}
CATCH_ACCURACY = 0.99
# Confidence 1, 2, 3 in correct and in wrong answers.
CONFIDENCE = {True: (0.15, 0.3, 0.55), False: (0.5, 0.35, 0.15)}
MEDIAN_RT = {"page": 0.3, "choice": 0.5, "confidence": 0.25}
RT_SPREAD = 0.25
PRESS_SECONDS = 0.03


class ScriptedObserver:
    """Answers every question after a random time, right with a chance that the condition sets.

    Parameters
    ----------
    log : Path
        Table of the presses, as the observer made them: ``trials.csv`` must agree with it.
    seed, participant : int
        Decide all answers, with the number of the trial: a resumed session gets the same ones.
    """

    name = "scripted"

    def __init__(self, log: Path, seed: int, participant: int) -> None:
        self._keyboard = FakeKeyboard()
        self._log = TableRecorder(log, PRESSES)
        self._seed, self._participant = seed, participant
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
        self._log.close()

    def _answer_all(self) -> None:
        while (item := self._questions.get()) is not None:
            question, asked_at = item
            key, seconds = self._answer(question)
            time.sleep(max(0.0, asked_at + seconds - time.monotonic()))
            delay = time.monotonic() - asked_at
            self._keyboard.press(key, PRESS_SECONDS)
            trial = question.trial["trial"] if question.trial else None
            self._log.append({"trial": trial, "question": question.kind, "key": key, "rt": delay})

    def _answer(self, question: Question) -> tuple[str, float]:
        number = question.trial["trial"] if question.trial else "page"
        name = f"observer/participant-{self._participant:03d}/{number}/{question.kind}"
        rng = named_rng(self._seed, name)
        seconds = MEDIAN_RT[question.kind] * float(np.exp(rng.normal(0, RT_SPREAD)))
        if question.kind == "choice":
            trial = question.trial
            accuracy = CATCH_ACCURACY if trial["catch"] else ACCURACY[trial["condition"]]
            self._was_correct = bool(rng.random() < accuracy)
            says_upper = (trial["correct_response"] == "upper") == self._was_correct
            return question.keys[0 if says_upper else 1], seconds
        if question.kind == "confidence":
            return str(rng.choice(question.keys, p=CONFIDENCE[self._was_correct])), seconds
        return question.keys[0], seconds
