"""One run of a session: its files and facts, from the first to the last."""

import shutil
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from conditions.errors import StudyError, add_note
from conditions.files import atomic_path, sha256_of
from conditions.tables.events import EVENTS
from conditions.tables.session_facts import moment
from experiment.checks.check import Check
from experiment.checks.selftest import Tested
from experiment.events.log import EventLog
from experiment.events.outside import Markers
from experiment.events.past import Past, past_events
from experiment.keyboard.listener import BACKEND, KeyListener
from experiment.keyboard.observer import Observer
from experiment.keyboard.placed import Placed
from experiment.outlets.outlets import Outlets
from experiment.records import facts
from experiment.records.people.consent_text import keep_text
from experiment.records.start import Start
from experiment.records.store import SessionStore
from experiment.screen.focus import watched
from experiment.screen.pages import Pages, StoppedError
from experiment.screen.sizes import Size
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import Refresh, renderer, size_of
from experiment.session.meeting import Clock, Meeting
from experiment.session.order import Order, Outcome
from experiment.session.priority import HELD, Priority
from experiment.session.session import Session
from experiment.session.surroundings.key_check import check_keys

READINGS = 20


class Run:
    """One run of a session, from its first file to its last.

    Parameters
    ----------
    order, checks, refresh, size, priority, tested, consent
        What is recorded of it: the operator's order, what was checked and measured beforehand,
        and what the participant agreed to.
    start : Start
        What the session goes on from.
    encoded : dict
        Content of all image files by path.
    outlets : Outlets
        Where markers go; they end with the run.
    """

    def __init__(
        self,
        order: Order,
        checks: list[Check],
        refresh: Refresh,
        size: Size,
        start: Start,
        encoded: dict[str, bytes],
        priority: Priority,
        tested: Tested,
        consent: dict[str, str] | None,
        outlets: Outlets,
    ) -> None:
        self._priority, self._tested, self._consent = priority, tested, consent
        self._outlets = outlets
        self._codes = order.folder.study.marker_codes if len(outlets) else {}
        self._order, self._checks, self._refresh = order, checks, refresh
        self._size, self._start, self._encoded = size, start, encoded
        self._data = order.folder.session(order.participant)
        self._number = len(start.facts.get("runs", [])) + 1

    def run(
        self,
        screen: TrialScreen,
        keyboard: KeyListener,
        observer: Observer,
        on_keyboard: Placed,
    ) -> Outcome:
        """Run the session to its end or its stop, and record how it ended."""
        order, study, texts = self._order, on_keyboard.study, on_keyboard.texts
        try:
            past = past_events(self._data / f"{EVENTS.name}.csv")
            store = self._store()
        except OSError as error:
            raise StudyError(f"{self._data}: cannot be written: {error.strerror}") from error
        begun = facts.begun(
            order.folder, order.participant, self._start.facts, **self._facts(screen, observer)
        )
        store.record(begun)
        clock = _session_clock(begun["started_at"], max(self._start.last_onset, past.end))
        events = self._events(store, clock, keyboard, past)

        def record_losses() -> None:
            events.focus(keys.away)
            store.add_facts(**pages.found())

        keys = watched(keyboard, screen.window, clock.getTime, record_losses, events.looks)
        pages = Pages(screen.window, keys, observer, texts, study.keys.go_on, events)
        meeting = Meeting(
            screen,
            keys,
            observer,
            study.timing,
            study.keys,
            self._refresh.period,
            clock,
            events,
        )
        session = Session(
            study, self._encoded, order.participant, self._start, meeting, pages, texts, store
        )
        state = facts.FAILED
        events.begin()
        try:
            pressed = check_keys(pages, screen.window, on_keyboard, order.override)
            self._checks = [*self._checks, pressed]
            store.add_facts(**self._checked())
            session.run()
            place = self._start.standing
            state = facts.COMPLETE if place.session == place.sessions else facts.BETWEEN
        except (StoppedError, KeyboardInterrupt):
            state = facts.STOPPED
        except BaseException as error:
            self._end(events, state)
            add_note(error, self._ended(store, begun, state, pages, session))
            raise
        self._end(events, state)
        # The last file may be the first that cannot be written.
        kept = self._ended(store, begun, state, pages, session)
        return Outcome(state, store.trouble, kept)

    def _events(
        self, store: SessionStore, clock: Clock, keyboard: KeyListener, past: Past
    ) -> EventLog:
        """What is told of all that happens, and writes it into the session's table.

        A session that has lost its ``session.json`` does not know its runs; its events do.
        """
        who = {
            "participant": self._order.participant,
            "session": self._start.standing.session,
            "run": max(self._number, past.run + 1),
        }

        def save(rows: list[dict], sync: bool) -> None:
            store.note(EVENTS, *(who | row for row in rows), sync=sync)

        self._outlets.begin(clock.getTime, self._data, who)
        markers = Markers(self._outlets, self._codes)
        return EventLog(clock.getTime, save, _start_of(clock, keyboard), markers)

    def _end(self, events: EventLog, state: str) -> None:
        events.end(state)
        self._outlets.close()
        events.write()

    def _ended(
        self, store: SessionStore, begun: dict, state: str, pages: Pages, session: Session
    ) -> str:
        """Record how the run ended, close its files, and say where its answers are."""
        found = {**pages.found(), **session.found, **self._checked(), **self._marked()}
        store.record(facts.updated(begun, state, **found))
        store.close()
        return store.kept()

    def _facts(self, screen: TrialScreen, observer: Observer) -> dict:
        window = screen.window
        measured = self._refresh.measured_hz
        return {
            "session": self._start.standing.session,
            "answered_before": len(self._start.answered) + len(self._start.rated),
            "observer": observer.name,
            "language": self._order.language,
            "consent": self._consent,
            "rig": self._order.rig.name,
            "rig_sha256": sha256_of(self._order.rig_file),
            "screen_px": list(size_of(window)),
            "renderer": renderer(window),
            "font": window.lettering.typeface.family,
            "font_sha256": window.lettering.typeface.sha256,
            "image_px": screen.image,
            "image_file_px": self._order.folder.study.image.crop,
            "image_size": self._size.words,
            "transfer": window.correction.transfer,
            "dithered": window.correction.dither,
            "levels_left": list(window.correction.levels_left),
            "refresh_hz": round(1 / self._refresh.period, 3),
            "refresh_measured": measured is not None,
            "keyboard_backend": BACKEND,
            **self._checked(),
            "priority": asdict(self._priority),
            "selftest": self._tested.facts,
            "garbage_collection": HELD,
            "torn_rows": list(self._start.torn),
            **self._marked(),
        }

    def _marked(self) -> dict:
        outlets = self._outlets.facts()
        return {"markers": {"codes": self._codes, "outlets": outlets}} if outlets else {}

    def _checked(self) -> dict:
        return {
            "checks": {check.name: check.found for check in self._checks},
            "overridden": [check.name for check in self._checks if check.failed],
        }

    def _store(self) -> SessionStore:
        """The tables, with copies of the study, the rig and its self-test beside them."""
        self._copy(self._order.folder.study_file, "study.yaml")
        run = "" if self._number == 1 else f"-run-{self._number}"
        self._copy(self._order.rig_file, f"rig{run}.yaml")
        if self._tested.file is not None:
            self._copy(self._tested.file, f"selftest{run}.json")
        keep_text(self._data, self._order.folder.study, self._consent)
        return SessionStore(self._order.folder, self._order.participant)

    def _copy(self, source: Path, name: str) -> None:
        if not (self._data / name).exists():
            with atomic_path(self._data / name) as temporary:
                shutil.copyfile(source, temporary)


def _session_clock(started_at: str, last_onset: float) -> Clock:
    """Counts from the start of the session's first run: a resumed session goes on counting.

    It never counts back to before the last onset, wherever the computer's clock was set meanwhile.
    """
    from psychopy import core

    clock = core.Clock()
    since = datetime.now().astimezone() - moment(started_at)
    clock.addTime(max(last_onset, since.total_seconds()))
    return clock


def _start_of(clock: Clock, keyboard: KeyListener) -> float:
    """The session's start by the keyboards' clock, from the closest of some pairs of readings.

    PsychoPy's clock is Psychtoolbox's as well, counted from another moment.
    """
    readings = []
    for _ in range(READINGS):
        before, at, after = keyboard.keyboards.time(), clock.getTime(), keyboard.keyboards.time()
        readings.append((after - before, (before + after) / 2 - at))
    return min(readings)[1]
