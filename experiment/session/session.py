"""A session: pages and trials in the order of the condition file, each answer on disk at once."""

from collections.abc import Collection, Mapping
from concurrent.futures import Future
from dataclasses import asdict
from functools import partial

from conditions.study.study import Study
from conditions.tables.events import BEGIN, END
from conditions.trials.repeats import choose_repeats
from experiment.plan import Block, Ratings, Trial, as_rows, blocks_of, ratings_of
from experiment.records.facts import memory_mb
from experiment.records.start import Start
from experiment.records.store import SessionStore
from experiment.screen.pages import Pages
from experiment.session.decoding import Decoder
from experiment.session.interrupted import unless_interrupted
from experiment.session.keeping import Kept
from experiment.session.meeting import Meeting
from experiment.session.priority import collect_garbage
from experiment.session.rating import KEYS, Slider, rate
from experiment.session.surroundings.breaks import Taken, is_break, take_break
from experiment.session.surroundings.instructing import instruct, is_long_ago, read
from experiment.session.trial import run_trial
from experiment.texts import wording
from experiment.texts.wording import Page


class Session:
    """One participant's session in an open window.

    Parameters
    ----------
    study : Study
        What is run.
    encoded : mapping
        Content of all image files by path.
    participant : int
        Number of the participant.
    start : Start
        Condition file, and what has been answered before.
    meeting : Meeting
        Screen, keyboard, observer and rules.
    pages : Pages
        Shows what stands between trials.
    texts : dict
        Texts by key.
    store : SessionStore
        Where data go.
    """

    def __init__(
        self,
        study: Study,
        encoded: Mapping[str, bytes],
        participant: int,
        start: Start,
        meeting: Meeting,
        pages: Pages,
        texts: dict[str, str],
        store: SessionStore,
    ) -> None:
        self._study, self._participant, self._start = study, participant, start
        self._meeting, self._pages = meeting, pages
        self._texts, self._store, self._events = texts, store, meeting.events
        self._trials = as_rows(start.of_session)
        self._kept = Kept(store, meeting.events, participant, start, meeting.period)
        self._decoder = Decoder(encoded, meeting.screen)
        answered = self._any_in(self._kept.correct)
        self._to_instruct = not answered or is_long_ago(study.resuming, start)
        self._to_introduce = self._to_instruct
        self._reading = study.timing.reading if meeting.observer.reads else 0.0
        self._slider: Slider | None = None
        self._told: object = None

    @property
    def found(self) -> dict:
        """What is known of the run, for ``session.json``."""
        return self._kept.found

    def run(self) -> None:
        """Run the session to its end.

        Raises
        ------
        StoppedError
            Where the operator stopped it.
        """
        try:
            if not self._any_in(self._kept.done):
                self._read([wording.welcome(self._texts, self._start.standing)], "welcome")
            self._rate(ratings_of(self._trials, "beginning"))
            blocks = blocks_of(self._trials)
            n_main = sum(block.number is not None for block in blocks)
            total = n_main + (len(self._study.repeated_conditions) if self._is_last else 0)
            for block in blocks:
                self._run_block(block, total)
            for block in blocks_of(self._repeats(), n_main + 1):
                self._run_block(block, total)
            self._rate(ratings_of(self._trials, "end"))
            self._pages.show(self._end(), name="end")
        finally:
            self._decoder.close()
            self._kept.found["memory_at_end_mb"] = memory_mb()

    @property
    def _is_last(self) -> bool:
        return self._start.standing.session == self._start.standing.sessions

    def _any_in(self, trials: Collection[int]) -> bool:
        """Whether a trial of this session is among some."""
        return any(trial["trial"] in trials for trial in self._trials)

    def _end(self) -> str:
        place = self._start.standing
        return self._texts["end"] if self._is_last else wording.session_end(self._texts, place)

    def _repeats(self) -> list[Trial]:
        if not self._is_last:
            return []
        confidence = {trial: c for trial, c in self._kept.confidence.items() if c is not None}
        chosen = choose_repeats(self._study, self._participant, self._start.trials, confidence)
        return as_rows(chosen)

    def _read(self, shown: list[Page], name: str) -> None:
        read(self._pages, shown, self._reading, name)

    def _introduce(self) -> None:
        """Say, before anything is asked, what a unit is; once, as the instructions."""
        if self._to_introduce:
            self._to_introduce = False
            self._read(wording.introduction(self._texts), "introduction")

    def _rate(self, ratings: Ratings) -> None:
        waiting = [trial for trial in ratings.trials if trial["trial"] not in self._kept.done]
        if not waiting:
            return
        coming = self._decoder.ahead(waiting)
        self._introduce()
        self._read(wording.ratings(self._texts), "ratings")
        if self._slider is None:
            screen = self._meeting.screen
            self._slider = Slider(screen.window, self._texts, screen.below_grid(waiting[0]))
        for trial in waiting:
            self._load(trial, next(coming), None)
            question, shown = self._texts["question_rating"], partial(self._kept.take_note, trial)
            asked = partial(rate, self._meeting, self._slider, trial, question, shown)
            rating = unless_interrupted(self._pages, asked)
            self._kept.save_rating(trial, ratings.moment, rating)
            self._tell_trouble()

    def _run_block(self, block: Block, total: int) -> None:
        waiting = [trial for trial in block.trials if trial["trial"] not in self._kept.done]
        if not waiting:
            return
        coming = self._decoder.ahead(waiting)
        self._introduce()
        if self._to_instruct:
            # The instructions are about all sessions, and so is the example.
            like = max(
                (trial for trial in as_rows(self._start.trials) if trial["upper"]),
                key=lambda trial: (trial["n_references"], bool(trial["left_title"])),
            )
            who = self._meeting, self._pages, self._texts, self._study
            tries = instruct(*who, like, self._reading)
            self._to_instruct = False
            self._kept.find(instructed=True, example={"tries": tries})
        title, which = self._texts["block_practice"], "practice"
        if block.number is not None:
            title = self._texts["block_main"].format(block=block.number, blocks=total)
            which = str(block.number)
        self._events.happens("block", f"{BEGIN} {which}")
        self._read([Page(title, wording.block_card(self._texts, block.trials[0]))], "block")
        for trial in waiting:
            self._load(trial, next(coming), block.trials.index(trial) / len(block.trials))
            kept = self._kept
            hooks = partial(kept.take_note, trial), partial(kept.save_answer, trial)
            unless_interrupted(self._pages, partial(run_trial, self._meeting, trial, *hooks))
            self._tell_trouble()
            if self._meeting.keyboard.escaped:
                self._pages.ask_to_stop()
        self._events.happens("block", f"{END} {which}")
        self._after(block, total)

    def _after(self, block: Block, total: int) -> None:
        """Say what was right in a block; then a break where the study has one here."""
        correct = sum(self._kept.correct[trial["trial"]] for trial in block.trials)
        result = self._texts["feedback"].format(correct=correct, trials=len(block.trials))
        breaks = self._study.breaks
        goes_on = block.number != total or ratings_of(self._trials, "end").trials
        if breaks is None and goes_on:
            with self._events.pause("rest"):
                self._pages.show(f"{result}\n\n{self._texts['pause']}", name="result")
        elif breaks is not None and is_break(breaks, block.number, total):
            where = self._meeting.screen.window, self._pages, self._texts
            ended = partial(self._record_break, block.number)
            take_break(*where, breaks, self._study.keys.go_on, result, ended)
        else:
            self._pages.show(result, name="result")

    def _record_break(self, block: int | None, taken: Taken) -> None:
        this = {"after_block": block, **asdict(taken)}
        self._kept.find(breaks=[*self.found.get("breaks", []), this])

    def _load(self, trial: Trial, images: Future, progress: float | None) -> None:
        meeting, number = self._meeting, trial["trial"]
        meeting.keyboard.now("blank", number)
        keys = KEYS if progress is None else meeting.keys.answers
        self._events.phase("before", number, answers=keys)

        def load() -> None:
            meeting.screen.load(trial, images.result(), progress)
            collect_garbage()
            self._events.rests()

        blank = partial(self._events.appears, "blank", trial=number)
        meeting.screen.blank(meeting.keyboard, meeting.timing.blank, meeting.period, load, blank)

    def _tell_trouble(self) -> None:
        trouble = self._store.trouble
        if trouble is not None and trouble != self._told:
            self._told = trouble
            self._pages.show(wording.trouble(self._texts, trouble), name="trouble")
