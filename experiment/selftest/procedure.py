"""The whole self-test in the rig's own window, from the first page to what it found."""

import platform
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.provenance import versions
from conditions.rig.rig import Rig
from conditions.rig.selftest import SelfTest
from experiment.checks.check import Check, require
from experiment.checks.focus import focus_check
from experiment.checks.machine.awake import kept_awake
from experiment.checks.machine.machine import machine_checks
from experiment.checks.preflight import refresh_check, screen_checks
from experiment.keyboard.listener import KeyListener
from experiment.keyboard.observer import HumanObserver
from experiment.records.facts import PACKAGES
from experiment.screen.correction import correction_for
from experiment.screen.focus import watched
from experiment.screen.pages import EscapedError, Pages, StoppedError
from experiment.screen.patch import Patch
from experiment.screen.sizes import layouts_of
from experiment.screen.trial_screen import TrialScreen, decode
from experiment.screen.window import (
    Refresh,
    Window,
    measure_refresh,
    open_window,
    renderer,
    size_of,
    text,
)
from experiment.selftest.claims import claim_of, reasons_against
from experiment.selftest.flips import WARM_UP, described_flips, record_flips
from experiment.selftest.material import Material
from experiment.selftest.presses import Heard, Presser, described_presses, hear_presses
from experiment.selftest.sections import measure_sections
from experiment.selftest.trials import TrialTimes, described_trials, measure_trials
from experiment.selftest.wording import BEFORE, PRESS, conclusions, report_lines
from experiment.session.priority import held_garbage, raised_priority
from experiment.texts.kinds import session_texts
from experiment.texts.languages import load_texts

GO_ON = ("space",)
PRESSES = 20
# Seconds for which each trial is shown, so that the next one is decoded meanwhile.
SHOWN = 0.4
# The patch changes with every so manieth flip: twice a second at 60 Hz.
PATCH_FLIPS = 30


@dataclass(frozen=True)
class Plan:
    """What is to be tested.

    Attributes
    ----------
    rig, rig_file
        The rig.
    material : Material
        What is shown.
    seconds : float
        How long flips are measured; the sections with and without garbage collection and raised
        priority take a third of it more.
    scripted : bool
        Whether a script presses the keys, and there are no pages.
    """

    rig: Rig
    rig_file: Path
    material: Material
    seconds: float
    scripted: bool


@dataclass(frozen=True)
class Found:
    """What was found, and all that the figure shows of it."""

    test: SelfTest
    times: list[float]
    trials: TrialTimes
    heard: list[Heard]
    pressed: list[float] = field(default_factory=list)


def run_selftest(plan: Plan, report: Callable[[str], None]) -> Found:
    """Test a machine.

    Parameters
    ----------
    plan : Plan
        What is to be tested.
    report : callable
        Is told of each step, in a line.

    Raises
    ------
    StudyError
        Where images do not fit the screen, there is no keyboard, or the operator pressed Escape.
    """
    study, rig = plan.material.study, plan.rig
    checks = machine_checks(rig, excused="")
    require([check for check in checks if check.vital], override=False)
    window = open_window(rig, correction_for(rig, study.presentation, study.seed))
    with closing(window), kept_awake() as awake:
        try:
            with closing(KeyListener()) as listener:
                return _SelfTest(plan, window, listener, [*checks, awake], report).run()
        except (StoppedError, EscapedError) as error:
            raise StudyError(f"self-test of {rig.name}: stopped; nothing was written") from error


class _SelfTest:
    """One self-test in an open window."""

    def __init__(
        self,
        plan: Plan,
        window: Window,
        listener: KeyListener,
        checks: list[Check],
        report: Callable[[str], None],
    ) -> None:
        self._plan, self._window, self._report = plan, window, report
        self._rig, self._material, study = plan.rig, plan.material, plan.material.study
        self._checks = [*checks, *screen_checks(window, plan.rig), focus_check(window)]
        self._keyboard = watched(listener, window)
        references = {int(row["n_references"]) for row in plan.material.rows}
        layouts, _ = layouts_of(study, plan.rig, size_of(window), references)
        texts = session_texts(study, study.language)
        self._patch = Patch(window, plan.rig)
        self._screen = TrialScreen(window, layouts, texts, study.keys, self._patch)
        self._pages = Pages(window, self._keyboard, HumanObserver(), load_texts("en"), GO_ON)

    def run(self) -> Found:
        plan, window, material = self._plan, self._window, self._material
        began = datetime.now().astimezone().replace(microsecond=0)
        refresh = measure_refresh(window, plan.rig)
        period, timing = refresh.period, material.study.timing
        measured = refresh.measured_hz is not None
        self._explain()
        self._keyboard.start()
        self._report(f"flips, for {plan.seconds:g} s")
        self._load(0)
        with held_garbage(), raised_priority(measured):
            times = record_flips(window, self._each_frame, plan.seconds, WARM_UP)
        self._patch.set(False)
        self._report(f"{len(material.rows)} trials")
        trials = measure_trials(
            self._screen, self._keyboard, material.encoded, material.rows, timing, period, SHOWN
        )
        self._report("flips with and without garbage collection and raised priority")
        self._load(0)
        sections = measure_sections(window, self._each_frame, plan.seconds / 12, period, measured)
        self._patch.set(False)
        heard, pressed = self._hear()
        flips = described_flips(times, period)
        keys = described_presses(heard, PRESSES, pressed)
        reasons = reasons_against(
            self._all_checks(refresh), period if measured else None, flips, keys
        )
        test = SelfTest(
            measured_at=began,
            host=platform.node(),
            system=platform.platform(),
            renderer=renderer(window),
            rig=plan.rig.name,
            rig_sha256=sha256_of(plan.rig_file),
            screen=plan.rig.screen,
            screen_px=size_of(window),
            refresh_hz=round(1 / period, 3),
            refresh_measured=measured,
            patch=plan.rig.patch is not None,
            study=material.study.name,
            images=material.images,
            image_px=self._screen.image,
            flips=flips,
            trials=described_trials(trials, timing, period),
            keys=keys,
            sections=sections,
            versions=versions(PACKAGES),
            claim=None if reasons else claim_of(period, flips),
            reasons=reasons,
        )
        if not plan.scripted:
            lines = "\n\n".join([*report_lines(test), *conclusions(test)])
            self._pages.show(lines, plan.rig.name, height=20, alignText="left")
        return Found(test, times, trials, heard, pressed or [])

    def _explain(self) -> None:
        if self._plan.scripted:
            return
        seconds = 2 * self._plan.seconds
        minutes = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
        words = BEFORE.format(minutes=minutes, presses=PRESSES)
        self._pages.show(words, f"Self-test of {self._rig.name}")

    def _load(self, number: int) -> None:
        """Have a trial drawn, the heaviest being the first."""
        row, screen = self._material.rows[number], self._screen
        screen.load(row, decode(self._material.encoded, row, screen.image, self._window.correction))
        screen.ask_choice(row)

    def _each_frame(self, number: int) -> None:
        """What a session does for each frame of a trial, and a change of the patch now and then."""
        self._keyboard.presses()
        if self._keyboard.escaped:
            raise EscapedError
        self._patch.set(number // PATCH_FLIPS % 2 == 1)
        self._screen.draw()

    def _hear(self) -> tuple[list[Heard], list[float] | None]:
        """Presses, and when a script pressed, if it did."""
        self._report(f"{PRESSES} presses")
        words = text(self._window, "")

        def draw(heard: int) -> None:
            words.text = PRESS.format(wanted=PRESSES, heard=heard)
            words.draw()

        self._window.callOnFlip(self._keyboard.start)
        draw(0)
        self._window.flip()
        if not self._plan.scripted:
            return hear_presses(self._window, self._keyboard, PRESSES, draw), None
        presser = Presser(self._keyboard, PRESSES)
        presser.start()
        heard = hear_presses(self._window, self._keyboard, PRESSES, draw, patience=3)
        presser.join()
        return heard, presser.pressed

    def _all_checks(self, refresh: Refresh) -> list[Check]:
        """Checks of the machine, as a session with people makes them, and of the focus."""
        losses = len(self._keyboard.losses())
        focus = Check("focus", not losses, f"another window had the keyboard {losses} times")
        return [*self._checks, refresh_check(self._rig, refresh, excuse=""), focus]
