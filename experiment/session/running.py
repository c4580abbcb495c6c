"""From the command to the session: files, lock, window, checks, and how it all ended."""

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from conditions.errors import StudyError
from experiment.checks.check import Check, Checks, excuse
from experiment.checks.focus import focus_check
from experiment.checks.keys import key_checks
from experiment.checks.letters import letters_of, session_words
from experiment.checks.machine.awake import kept_awake
from experiment.checks.machine.machine import machine_checks
from experiment.checks.outlets import outlet_checks
from experiment.checks.preflight import file_checks, refresh_check, screen_checks
from experiment.checks.rehearsals import excuse_for
from experiment.checks.resuming import resume_checks
from experiment.checks.rig import rig_checks
from experiment.checks.selftest import Machine, check_selftest, n_images
from experiment.checks.sessions import session_checks
from experiment.keyboard.layouts.caps import read_caps
from experiment.keyboard.listener import KeyListener
from experiment.keyboard.observer import Observer
from experiment.keyboard.placed import Placed, placed
from experiment.outlets.outlets import Outlets, outlets_of
from experiment.plan import Trial, as_rows
from experiment.records.home import settle_home
from experiment.records.lock import only_one
from experiment.records.start import Start, check_start, load_start, load_trials, session_lock
from experiment.screen.correction import Correction, correction_for
from experiment.screen.focus import watched
from experiment.screen.pages import Pages, StoppedError
from experiment.screen.sizes import layouts_of
from experiment.screen.trials.patch import Patch
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import (
    Refresh,
    Window,
    measure_refresh,
    open_window,
    renderer,
    size_of,
)
from experiment.session.order import Order, Outcome
from experiment.session.patch_check import patch_checks
from experiment.session.priority import (
    held_garbage,
    priority_check,
    raised_priority,
    rests,
)
from experiment.session.run import Run
from experiment.session.surroundings.arriving import arrive
from experiment.texts.fonts.choosing import Lettering
from experiment.texts.kinds import session_texts


@dataclass(frozen=True)
class _Material:
    """What is read before the computer is looked at: keys and texts, trials, images, letters."""

    on_keyboard: Placed
    trials: list[Trial]
    encoded: dict[str, bytes]
    correction: Correction
    lettering: Lettering


@dataclass(frozen=True)
class _Place:
    """Where it happens: the window, its refreshes, what hears the keys, who is told of events."""

    window: Window
    refresh: Refresh
    keyboard: KeyListener
    outlets: Outlets


def run_session(
    order: Order,
    make_observer: Callable[[Path], Observer],
    report: Callable[[Check], None],
    enrol: Callable[[], None] = lambda: None,
    tell: Callable[[list[Check]], None] = lambda checks: None,
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
        Called when the checks are good and the participant has agreed to take part, right before
        the first file is written.
    tell : callable
        Is told of all checks before the participant reads anything; may stop the session.

    Raises
    ------
    StudyError
        Where a check fails: no data are touched then.
    NotGivenError
        Where the participant does not agree to take part: no data are touched either.
    """
    folder, participant = order.folder, order.participant
    checks = Checks(report, tell, order.override)
    material = _read(order, checks)
    running = f"the session of participant {participant} is running"
    with only_one(session_lock(folder, participant), running), _stopped_by_signals():
        # Once more, for another process may have begun or ended a session meanwhile.
        check_start(folder, participant, order.resume, order.session)
        start = load_start(folder, participant)
        excused = excuse_for(folder, order.observer)
        data = folder.session(participant)
        checks.add(resume_checks(start, data, order.observer, order.rig, order.language))
        checks.add(session_checks(folder.study, start, excused))
        with closing(_outlets(order, start, report)) as outlets:
            of_machine = machine_checks(order.rig, excused)
            checks.add([*of_machine, *outlet_checks(outlets, excused)])
            grey = folder.study.presentation.background
            window = open_window(order.rig, material.correction, material.lettering, grey)
            with closing(window), kept_awake() as awake:
                refresh = measure_refresh(window, order.rig)
                keyboard = material.on_keyboard.listener()
                of_screen = [
                    *screen_checks(window, order.rig),
                    refresh_check(order.rig, refresh, excused),
                    focus_check(window),
                    excuse(awake, excused),
                ]
                of_keys = key_checks(material.on_keyboard, keyboard, folder.study_file)
                checks.add([*of_screen, *of_keys])
                place = _Place(window, refresh, keyboard, outlets)
                return _run_at(place, order, material, start, checks, excused, make_observer, enrol)


def _read(order: Order, checks: Checks) -> _Material:
    """Read what the session needs, and check it."""
    folder, participant = order.folder, order.participant
    words = session_texts(folder.study, order.language)
    on_keyboard = placed(folder.study, words, read_caps(), order.rig.response_box)
    trials = load_trials(folder, participant)
    check_start(folder, participant, order.resume, order.session)
    correction = correction_for(order.rig, folder.study.presentation, folder.study.seed)
    of_files, encoded = file_checks(folder, participant, trials)
    # Whatever draws or writes letters keeps settings there, PsychoPy and matplotlib alike.
    settle_home()
    to_read = session_words(on_keyboard.texts, folder.study)
    lettering, letters = letters_of(order.rig, order.rig_file, order.language, to_read)
    of_rig = rig_checks(folder.study, order.rig, order.rig_file, correction)
    checks.add([*of_files, *of_rig, letters])
    return _Material(on_keyboard, as_rows(trials), encoded, correction, lettering)


def _run_at(
    place: _Place,
    order: Order,
    material: _Material,
    start: Start,
    checks: Checks,
    excused: str,
    make_observer: Callable[[Path], Observer],
    enrol: Callable[[], None],
) -> Outcome:
    """The last checks, for which trials are laid out; then consent, and the run."""
    window, refresh, keyboard = place.window, place.refresh, place.keyboard
    on_keyboard, rows, study = material.on_keyboard, material.trials, order.folder.study
    data = order.folder.session(order.participant)
    references = {int(row["n_references"]) for row in rows}
    layouts, size = layouts_of(study, order.rig, size_of(window), references)
    # On the terminal beforehand: whoever pulls the plug leaves no time for last words.
    kept = Check("answers", True, f"each goes to {data} at its press")
    most = max(map(n_images, rows))
    drawn = renderer(window), order.rig.screen, size_of(window), refresh, most, size.pixels
    tested = check_selftest(study, order.rig_file, Machine(*drawn), excused)
    waits = refresh.measured_hz is not None
    at_rest = not waits or rests(window)
    with held_garbage(), raised_priority(waits, at_rest) as priority:
        patch, texts = Patch(window, order.rig), on_keyboard.texts
        screen = TrialScreen(window, layouts, texts, on_keyboard.study.keys, patch)
        clear = patch_checks(order.rig, screen, layouts, texts, rows)
        rank = priority_check(priority)
        checks.add(
            [Check("size", True, size.words + size.advice), *clear, tested.check, rank, kept]
        )
        with closing(keyboard), closing(make_observer(data)) as observer:
            checks.tell()
            consent = _arrive(place, order, on_keyboard, start, observer)
            enrol()
            data.mkdir(parents=True, exist_ok=True)
            found = refresh, size, start, material.encoded, priority, tested, consent
            run = Run(order, checks.made, *found, place.outlets)
            return run.run(screen, keyboard, observer, on_keyboard)


def _arrive(
    place: _Place, order: Order, on_keyboard: Placed, start: Start, observer: Observer
) -> dict[str, str] | None:
    window, study, texts = place.window, on_keyboard.study, on_keyboard.texts
    keys = watched(place.keyboard, window)
    pages = Pages(window, keys, observer, texts, study.keys.go_on)
    return arrive(study, order.language, start.facts, window, pages, texts)


def _outlets(order: Order, start: Start, report: Callable[[Check], None]) -> Outlets:
    """The rig's outlets for markers; whatever becomes of them is told, and stops nothing."""
    study = order.folder.study
    about = {
        "study": study.name,
        "participant": order.participant,
        "session": start.standing.session,
        "rig": order.rig.name,
    }

    def tell(line: str) -> None:
        report(Check("markers", False, line, excused="no trial waits for outlets"))

    return outlets_of(order.rig.markers, study.marker_codes, about, tell)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """A session that is told to end, as when the computer shuts down, stops like one by Escape."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise StoppedError

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    except StoppedError as stopped:
        raise StudyError("stopped before the session began: no answer was asked") from stopped
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
