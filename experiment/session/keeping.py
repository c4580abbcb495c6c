"""What has been answered, and on disk: before it is asked, of an earlier run, and at each press."""

from collections import Counter
from dataclasses import asdict

from conditions.tables.schema import Table
from conditions.tables.sessions import FRAMES, ONSETS, RATINGS, TRIALS
from experiment.events.log import EventLog
from experiment.plan import Trial, as_rows
from experiment.records.facts import memory_mb
from experiment.records.start import Start
from experiment.records.store import SessionStore
from experiment.session.meeting import Onset
from experiment.session.rating import Rating
from experiment.session.trial import Answer

# A frame counts as dropped where its interval is longer than this many refreshes.
LATE = 1.5
# Memory at the end is compared with that after this many trials, when all has been used once.
WARM_TRIALS = 20


class Kept:
    """The answers of a session.

    Parameters
    ----------
    store : SessionStore
        Where they go.
    events : EventLog
        Which is written with them.
    participant : int
        Number of the participant.
    start : Start
        What has been answered before.
    period : float
        Seconds between two refreshes.

    Attributes
    ----------
    correct, confidence : dict
        By number of the trial.
    done : set of int
        Trials that are answered or rated.
    found : dict
        What is known of the run, for ``session.json``.
    """

    def __init__(
        self,
        store: SessionStore,
        events: EventLog,
        participant: int,
        start: Start,
        period: float,
    ) -> None:
        self._store, self._events, self._period = store, events, period
        self._who = {"participant": participant, "session": start.standing.session}
        answered = as_rows(start.answered)
        self.correct = {row["trial"]: bool(row["correct"]) for row in answered}
        self.confidence = {row["trial"]: row["confidence"] for row in answered}
        self.done = {row["trial"] for row in [*answered, *as_rows(start.rated)]}
        self._shown = Counter(start.onsets["trial"].tolist())
        self.found: dict = {"shown_trials": 0, "dropped_frames": 0}

    def find(self, **found: object) -> None:
        """Take note of what is found now and then: of a run that is killed it is known too."""
        self.found |= found
        self._store.add_facts(**found)

    def take_note(self, trial: Trial, onset: Onset) -> None:
        """Take note that a trial is on the screen: whoever sees it again must be told apart."""
        self._shown[trial["trial"]] += 1
        self._store.note(ONSETS, {"trial": trial["trial"], **asdict(onset)})
        # What came before it can wait for the disk until the answer.
        self._events.write(sync=False)

    def save_rating(self, trial: Trial, moment: str, rating: Rating) -> None:
        """Write a rating, and the events up to it."""
        self._save(RATINGS, trial, {"moment": moment, **asdict(rating)})
        self._store.settle()

    def save_answer(self, trial: Trial, answer: Answer) -> None:
        """Write an answer, and the events up to it."""
        measured = asdict(answer)
        intervals = measured.pop("frame_intervals")
        dropped = sum(interval > LATE * self._period for interval in intervals)
        measured["dropped_frames"] = dropped
        measured["max_frame_ms"] = round(1000 * max(intervals, default=0), 3)
        self.correct[trial["trial"]] = bool(answer.correct)
        self.confidence[trial["trial"]] = answer.confidence
        self._save(TRIALS, trial, measured)
        frames = [
            {"trial": trial["trial"], "frame": i, "interval_ms": round(1000 * interval, 3)}
            for i, interval in enumerate(intervals, start=1)
        ]
        self._store.append(FRAMES, *frames)
        self._store.settle()
        self.found["shown_trials"] += 1
        self.found["dropped_frames"] += dropped
        if self.found["shown_trials"] == WARM_TRIALS:
            self.found[f"memory_after_{WARM_TRIALS}_trials_mb"] = memory_mb()

    def _save(self, table: Table, trial: Trial, measured: dict) -> None:
        # The events first: of a trial that is answered they are there, whenever a kill comes.
        self._events.write()
        decided = {name: trial[name] for name in table.column_names if name in trial}
        before = {"shown_before": self._shown[trial["trial"]] - 1}
        self._store.append(table, self._who | decided | measured | before)
        self.done.add(trial["trial"])
