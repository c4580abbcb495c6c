"""From the command to the session: files, lock, window, checks, and how it all ended."""

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from conditions.errors import StudyError
from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder
from conditions.tables.session_facts import moment
from experiment.checks.check import Check, excuse, require
from experiment.checks.focus import focus_check
from experiment.checks.letters import letters_of, session_words
from experiment.checks.machine.awake import kept_awake
from experiment.checks.machine.machine import machine_checks
from experiment.checks.preflight import file_checks, refresh_check, screen_checks
from experiment.checks.rehearsals import excuse_for
from experiment.checks.resuming import resume_checks
from experiment.checks.rig import rig_checks
from experiment.checks.selftest import Machine, Tested, check_selftest, n_images
from experiment.checks.sessions import session_checks
from experiment.keyboard.listener import BACKEND, KeyListener
from experiment.keyboard.observer import HumanObserver, Observer
from experiment.plan import as_rows
from experiment.records import facts
from experiment.records.lock import only_one
from experiment.records.start import Start, check_start, load_start, load_trials, session_lock
from experiment.records.store import SessionStore, Trouble
from experiment.rig import Rig
from experiment.screen.correction import correction_for
from experiment.screen.focus import watched
from experiment.screen.pages import Pages, StoppedError
from experiment.screen.patch import Patch
from experiment.screen.sizes import Size, layouts_of
from experiment.screen.trial_screen import TrialScreen
from experiment.screen.window import Refresh, measure_refresh, open_window, renderer, size_of
from experiment.session.priority import (
    HELD,
    Priority,
    held_garbage,
    priority_check,
    raised_priority,
)
from experiment.session.session import Session
from experiment.session.trial import Clock, Meeting
from experiment.texts.kinds import session_texts


@dataclass(frozen=True)
class Order:
    """What the operator ordered: who is to do which session, where, and how."""

    folder: StudyFolder
    participant: int
    rig: Rig
    rig_file: Path
    language: str
    observer: str = HumanObserver.name
    resume: bool = False
    override: bool = False
    session: int | None = None


@dataclass(frozen=True)
class Outcome:
    """How a session ended: its state, trouble with the disk if there was any, and its answers.

    ``kept`` says where they are; what nothing could be written to is in it as a table.
    """

    state: str
    trouble: Trouble | None
    kept: str


def run_session(
    order: Order,
    make_observer: Callable[[Path], Observer],
    report: Callable[[Check], None],
    enrol: Callable[[], None] = lambda: None,
) -> Outcome:
    """Check everything, open the window and run the session to its end or its stop.

    Parameters
    ----------
    order : Order
        What the operator ordered.
    make_observer : callable
        Makes the observer, given the folder of the session's data.
    report : callable
        Is told of each preflight check, as it is made.
    enrol : callable
        Called when the checks are good, right before the first file is written.

    Raises
    ------
    StudyError
        Where a check fails: no data are touched then.
    """

    def passed(checks: list[Check]) -> list[Check]:
        for check in checks:
            report(check)
        require(checks, order.override)
        return checks

    folder, participant = order.folder, order.participant
    texts = session_texts(order.folder.study, order.language)
    trials = load_trials(folder, participant)
    check_start(folder, participant, order.resume, order.session)
    correction = correction_for(order.rig, folder.study.presentation, folder.study.seed)
    of_files, encoded = file_checks(folder, participant, trials)
    lettering, letters = letters_of(
        order.rig, order.rig_file, order.language, session_words(texts, folder.study)
    )
    of_rig = rig_checks(folder.study, order.rig, order.rig_file, correction)
    checks = passed([*of_files, *of_rig, letters])
    data = folder.session(participant)
    running = f"the session of participant {participant} is running"
    with only_one(session_lock(folder, participant), running), _stopped_by_signals():
        # Once more, for another process may have begun or ended a session meanwhile.
        check_start(folder, participant, order.resume, order.session)
        start = load_start(folder, participant)
        checks += passed(resume_checks(start, data, order.observer, order.rig))
        excused = excuse_for(folder, order.observer)
        checks += passed(session_checks(folder.study, start, excused))
        checks += passed(machine_checks(order.rig, excused))
        window = open_window(order.rig, correction, lettering)
        with closing(window), kept_awake() as awake:
            refresh = measure_refresh(window, order.rig)
            keyboard = KeyListener()
            listens = Check("keyboard", True, f"back end {keyboard.backend}", vital=True)
            of_screen = [
                *screen_checks(window, order.rig),
                refresh_check(order.rig, refresh, excused),
                focus_check(window),
                excuse(awake, excused),
            ]
            checks += passed([*of_screen, listens])
            references = {int(row["n_references"]) for row in as_rows(trials)}
            layouts, size = layouts_of(folder.study, order.rig, size_of(window), references)
            # On the terminal beforehand: whoever pulls the plug leaves no time for last words.
            kept = Check("answers", True, f"each goes to {data} at its press")
            most = max(map(n_images, as_rows(trials)))
            drawn = renderer(window), order.rig.screen, size_of(window), refresh, most, size.pixels
            tested = check_selftest(folder.study, order.rig_file, Machine(*drawn), excused)
            waits = refresh.measured_hz is not None
            with held_garbage(), raised_priority(waits) as priority:
                rank = priority_check(priority)
                checks += passed([Check("size", True, size.words), tested.check, rank, kept])
                enrol()
                data.mkdir(parents=True, exist_ok=True)
                patch = Patch(window, order.rig)
                screen = TrialScreen(window, layouts, texts, folder.study.keys, patch)
                with closing(make_observer(data)) as observer:
                    run = _Run(order, checks, refresh, size, start, encoded, priority, tested)
                    return run.run(screen, keyboard, observer, texts)


class _Run:
    """One run of a session, from its first file to its last."""

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
    ) -> None:
        self._priority, self._tested = priority, tested
        self._order, self._checks, self._refresh = order, checks, refresh
        self._size, self._start, self._encoded = size, start, encoded
        self._data = order.folder.session(order.participant)

    def run(
        self,
        screen: TrialScreen,
        keyboard: KeyListener,
        observer: Observer,
        texts: dict[str, str],
    ) -> Outcome:
        order, study = self._order, self._order.folder.study
        try:
            store = self._store()
        except OSError as error:
            raise StudyError(f"{self._data}: cannot be written: {error.strerror}") from error
        begun = facts.begun(
            order.folder, order.participant, self._start.facts, **self._facts(screen, observer)
        )
        store.record(begun)
        clock = _session_clock(begun["started_at"], self._start.last_onset)

        def record_losses() -> None:
            store.record(facts.updated(begun, facts.RUNNING, **pages.found()))

        keys = watched(keyboard, screen.window, clock.getTime, record_losses)
        pages = Pages(screen.window, keys, observer, texts, study.keys.go_on)
        meeting = Meeting(
            screen,
            keys,
            observer,
            study.timing,
            study.keys,
            self._refresh.period,
            clock,
        )
        session = Session(
            study, self._encoded, order.participant, self._start, meeting, pages, texts, store
        )
        state = facts.FAILED
        try:
            lines = "\n".join(check.line() for check in self._checks)
            pages.show(lines, f"Participant {order.participant}", height=20, alignText="left")
            session.run()
            place = self._start.standing
            state = facts.COMPLETE if place.session == place.sessions else facts.BETWEEN
        except (StoppedError, KeyboardInterrupt):
            state = facts.STOPPED
        except BaseException as error:
            error.add_note(self._ended(store, begun, state, pages, session))
            raise
        # The last file may be the first that cannot be written.
        kept = self._ended(store, begun, state, pages, session)
        return Outcome(state, store.trouble, kept)

    def _ended(
        self, store: SessionStore, begun: dict, state: str, pages: Pages, session: Session
    ) -> str:
        """Record how the run ended, close its files, and say where its answers are."""
        store.record(facts.updated(begun, state, **pages.found(), **session.found))
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
            "checks": {check.name: check.found for check in self._checks},
            "overridden": [check.name for check in self._checks if check.failed],
            "priority": asdict(self._priority),
            "selftest": self._tested.facts,
            "garbage_collection": HELD,
            "torn_rows": list(self._start.torn),
        }

    def _store(self) -> SessionStore:
        """The tables, with copies of the study, the rig and its self-test beside them."""
        number = len(self._start.facts.get("runs", [])) + 1
        self._copy(self._order.folder.study_file, "study.yaml")
        run = "" if number == 1 else f"-run-{number}"
        self._copy(self._order.rig_file, f"rig{run}.yaml")
        if self._tested.file is not None:
            self._copy(self._tested.file, f"selftest{run}.json")
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


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """A session that is told to end, as when the computer shuts down, stops like one by Escape."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise StoppedError

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
