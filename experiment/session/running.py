"""From the command to the session: files, lock, window, checks, and how it all ended."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conditions.errors import StudyError
from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder
from experiment.checks.preflight import Check, file_checks, require, screen_checks
from experiment.checks.rig import rig_checks
from experiment.keyboard.listener import BACKEND, KeyListener
from experiment.keyboard.observer import Observer
from experiment.plan import as_rows
from experiment.records import facts
from experiment.records.lock import only_one
from experiment.records.start import Start, check_start, load_start, load_trials
from experiment.records.store import SessionStore, Trouble
from experiment.rig import Rig
from experiment.screen.correction import correction_for
from experiment.screen.pages import Pages, StoppedError
from experiment.screen.sizes import Size, layouts_of
from experiment.screen.trial_screen import TrialScreen
from experiment.screen.window import Refresh, measure_refresh, open_window, renderer, size_of
from experiment.session.session import Session
from experiment.session.trial import Clock, Meeting
from experiment.texts.languages import load_texts


@dataclass(frozen=True)
class Order:
    """What the operator ordered: who is to do which session, where, and how."""

    folder: StudyFolder
    participant: int
    rig: Rig
    rig_file: Path
    language: str
    resume: bool = False
    override: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a session ended: its state, and trouble with the disk if there was any."""

    state: str
    trouble: Trouble | None


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
    folder, participant = order.folder, order.participant
    texts = load_texts(order.language)
    trials = load_trials(folder, participant)
    check_start(folder, participant, order.resume)
    correction = correction_for(order.rig, folder.study.presentation, folder.study.seed)
    checks = [
        *file_checks(folder, participant, trials),
        *rig_checks(folder.study, order.rig, order.rig_file, correction),
    ]
    for check in checks:
        report(check)
    require(checks, order.override)
    data = folder.session(participant)
    running = f"the session of participant {participant} is running"
    with only_one(data.with_suffix(".lock"), running):
        # Once more, for another process may have begun or ended a session meanwhile.
        check_start(folder, participant, order.resume)
        window = open_window(order.rig, correction)
        try:
            refresh = measure_refresh(window, order.rig)
            of_screen = screen_checks(window, order.rig, refresh)
            keyboard = KeyListener()
            of_screen.append(Check("keyboard", True, f"back end {keyboard.backend}", vital=True))
            for check in of_screen:
                report(check)
            require(of_screen, order.override)
            references = {int(row["n_references"]) for row in as_rows(trials)}
            layouts, size = layouts_of(folder.study, order.rig, size_of(window), references)
            of_screen.append(Check("size", True, size.words))
            report(of_screen[-1])
            enrol()
            data.mkdir(parents=True, exist_ok=True)
            screen = TrialScreen(window, layouts, texts, folder.study.keys)
            observer = make_observer(data)
            try:
                start = load_start(folder, participant)
                run = _Run(order, [*checks, *of_screen], refresh, size, start)
                return run.run(screen, keyboard, observer, texts)
            finally:
                observer.close()
        finally:
            window.close()


class _Run:
    """One run of a session, from its first file to its last."""

    def __init__(
        self, order: Order, checks: list[Check], refresh: Refresh, size: Size, start: Start
    ) -> None:
        self._order, self._checks, self._refresh = order, checks, refresh
        self._size, self._start = size, start
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
        pages = Pages(screen.window, keyboard, observer, texts, study.keys.go_on)
        meeting = Meeting(
            screen,
            keyboard,
            observer,
            study.timing,
            study.keys,
            self._refresh.period,
            _session_clock(begun["started_at"]),
        )
        session = Session(
            order.folder, order.participant, self._start, meeting, pages, texts, store
        )
        state = facts.FAILED
        try:
            lines = "\n\n".join(check.line() for check in self._checks)
            pages.show(lines, f"Participant {order.participant}", height=20, alignText="left")
            session.run()
            state = facts.COMPLETE
        except StoppedError:
            state = facts.STOPPED
        finally:
            store.record(facts.updated(begun, state, escapes=pages.escapes, **session.found))
            store.close()
        return Outcome(state, store.trouble)

    def _facts(self, screen: TrialScreen, observer: Observer) -> dict:
        window = screen.window
        measured = self._refresh.measured_hz
        return {
            "answered_before": len(self._start.answered) + len(self._start.rated),
            "observer": observer.name,
            "language": self._order.language,
            "rig": self._order.rig.name,
            "rig_sha256": sha256_of(self._order.rig_file),
            "screen_px": list(size_of(window)),
            "renderer": renderer(window),
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
            "overridden": [check.name for check in self._checks if not check.good],
            "torn_rows": list(self._start.torn),
        }

    def _store(self) -> SessionStore:
        """The tables, with copies of the study and rig files beside them."""
        number = len(self._start.facts.get("runs", [])) + 1
        self._copy(self._order.folder.study_file, "study.yaml")
        self._copy(self._order.rig_file, "rig.yaml" if number == 1 else f"rig-run-{number}.yaml")
        return SessionStore(self._order.folder, self._order.participant)

    def _copy(self, source: Path, name: str) -> None:
        if not (self._data / name).exists():
            with atomic_path(self._data / name) as temporary:
                shutil.copyfile(source, temporary)


def _session_clock(started_at: str) -> Clock:
    """Counts from the start of the session's first run: a resumed session goes on counting."""
    from psychopy import core

    clock = core.Clock()
    since = datetime.now().astimezone() - datetime.fromisoformat(started_at)
    clock.addTime(max(0.0, since.total_seconds()))
    return clock
