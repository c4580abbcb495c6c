"""Who meets in a trial, and the moment when it begins."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conditions.study.answering import Keys, Timing
from experiment.events.log import EventLog
from experiment.keyboard.observer import Observer
from experiment.keyboard.watched import WatchedKeyboard
from experiment.screen.trials.trial_screen import TrialScreen

Clock = Any  # psychopy.core.Clock: the library ships no types.


@dataclass(frozen=True)
class Onset:
    """When images came on the screen: seconds since the session's start, and ISO 8601."""

    onset: float
    started_at: str


@dataclass(frozen=True)
class Meeting:
    """Who meets in a trial: the screen, the keyboard and the observer, with their rules.

    ``period`` are the seconds between two refreshes, ``clock`` counts from the session's start,
    ``events`` is told what happens.
    """

    screen: TrialScreen
    keyboard: WatchedKeyboard
    observer: Observer
    timing: Timing
    keys: Keys
    period: float
    clock: Clock
    events: EventLog = field(default_factory=EventLog)

    def onset(self, number: int | None, detail: str, word: str) -> Onset:
        """Start the reaction time and take note of the moment; to be called on the flip.

        Parameters
        ----------
        number : int or None
            Of the trial; the example has none.
        detail, word : str
            What is shown, as the table of events and that of codes call it.
        """
        self.keyboard.start()
        at = self.clock.getTime()
        self.events.appears("images", detail, number, word, at)
        return Onset(at, datetime.now().astimezone().isoformat(timespec="milliseconds"))
