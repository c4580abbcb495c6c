"""From the command to the session: files, lock, window, checks, and how it all ended."""

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType

from conditions.errors import StudyError
from experiment.checks.check import Check, excuse, require
from experiment.checks.focus import focus_check
from experiment.checks.keys import key_checks
from experiment.checks.letters import letters_of, session_words
from experiment.checks.machine.awake import kept_awake
from experiment.checks.machine.machine import machine_checks
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
from experiment.plan import as_rows
from experiment.records.home import settle_home
from experiment.records.lock import only_one
from experiment.records.start import Start, check_start, load_start, load_trials, session_lock
from experiment.screen.correction import correction_for
from experiment.screen.focus import watched
from experiment.screen.pages import Pages, StoppedError
from experiment.screen.patch import Patch
from experiment.screen.sizes import layouts_of
from experiment.screen.trial_screen import TrialScreen
from experiment.screen.window import (
    Window,
    measure_refresh,
    open_window,
    renderer,
    size_of,
)
from experiment.session.consent import NotGivenError, consent_facts
from experiment.session.order import Order, Outcome
from experiment.session.patch_check import patch_checks
from experiment.session.priority import (
    held_garbage,
    priority_check,
    raised_priority,
    rests,
)
from experiment.session.run import Run
from experiment.texts.kinds import session_texts


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
        Called when the checks are good and the participant has agreed to take part, right before
        the first file is written.

    Raises
    ------
    StudyError
        Where a check fails: no data are touched then.
    NotGivenError
        Where the participant does not agree to take part: no data are touched either.
    """

    def passed(checks: list[Check]) -> list[Check]:
        for check in checks:
            report(check)
        require(checks, order.override)
        return checks

    folder, participant = order.folder, order.participant
    words = session_texts(folder.study, order.language)
    on_keyboard = placed(folder.study, words, read_caps(), order.rig.response_box)
    texts = on_keyboard.texts
    trials = load_trials(folder, participant)
    check_start(folder, participant, order.resume, order.session)
    correction = correction_for(order.rig, folder.study.presentation, folder.study.seed)
    of_files, encoded = file_checks(folder, participant, trials)
    # Whatever draws or writes letters keeps settings there, PsychoPy and matplotlib alike.
    settle_home()
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
            keyboard = on_keyboard.listener()
            of_screen = [
                *screen_checks(window, order.rig),
                refresh_check(order.rig, refresh, excused),
                focus_check(window),
                excuse(awake, excused),
            ]
            of_keys = key_checks(on_keyboard, keyboard, folder.study_file)
            checks += passed([*of_screen, *of_keys])
            references = {int(row["n_references"]) for row in as_rows(trials)}
            layouts, size = layouts_of(folder.study, order.rig, size_of(window), references)
            # On the terminal beforehand: whoever pulls the plug leaves no time for last words.
            kept = Check("answers", True, f"each goes to {data} at its press")
            most = max(map(n_images, as_rows(trials)))
            drawn = renderer(window), order.rig.screen, size_of(window), refresh, most, size.pixels
            tested = check_selftest(folder.study, order.rig_file, Machine(*drawn), excused)
            waits = refresh.measured_hz is not None
            at_rest = not waits or rests(window)
            with held_garbage(), raised_priority(waits, at_rest) as priority:
                rank = priority_check(priority)
                patch = Patch(window, order.rig)
                screen = TrialScreen(window, layouts, texts, on_keyboard.study.keys, patch)
                clear = patch_checks(order.rig, screen, layouts, texts, as_rows(trials))
                of_trials = [Check("size", True, size.words), *clear, tested.check, rank, kept]
                checks += passed(of_trials)
                with closing(keyboard), closing(make_observer(data)) as observer:
                    consent = _consent(order, start, window, keyboard, observer, on_keyboard)
                    enrol()
                    data.mkdir(parents=True, exist_ok=True)
                    run = Run(
                        order, checks, refresh, size, start, encoded, priority, tested, consent
                    )
                    return run.run(screen, keyboard, observer, on_keyboard)


def _consent(
    order: Order,
    start: Start,
    window: Window,
    keyboard: KeyListener,
    observer: Observer,
    on_keyboard: Placed,
) -> dict[str, str] | None:
    """What is known of the participant's consent, who is asked before any file is written."""
    study, texts = on_keyboard.study, on_keyboard.texts
    if study.consent is None:
        return start.facts.get("consent")
    pages = Pages(window, watched(keyboard, window), observer, texts, study.keys.go_on)
    try:
        return consent_facts(study, order.language, start.facts, window, pages, texts)
    except (StoppedError, KeyboardInterrupt) as stopped:
        # The computer shuts down, or the operator's terminal is closed.
        raise NotGivenError(None) from stopped


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
        raise StudyError("told to end before the session began: no answer was asked") from stopped
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
