"""The whole self-test in the rig's own window, from the first page to what it found."""

import platform
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.provenance.facts import versions
from conditions.rig.rig import Rig
from conditions.rig.selftest import Output, SelfTest
from experiment.checks.check import Check, require
from experiment.checks.focus import focus_check
from experiment.checks.machine.awake import kept_awake
from experiment.checks.machine.machine import machine_checks
from experiment.checks.outlets import outlet_checks
from experiment.checks.preflight import refresh_check, screen_checks
from experiment.keyboard.layouts.caps import read_caps
from experiment.keyboard.observer import HumanObserver
from experiment.keyboard.placed import placed
from experiment.outlets.outlets import outlets_of
from experiment.records.facts import PACKAGES
from experiment.screen.correction import correction_for
from experiment.screen.pages import EscapedError, Pages, StoppedError
from experiment.screen.window import (
    measure_refresh,
    open_window,
    renderer,
    size_of,
)
from experiment.selftest.claims import claim_of, reasons_against
from experiment.selftest.flips import WARM_UP, described_flips, record_flips
from experiment.selftest.material import Material
from experiment.selftest.outputs.sending import measure_outputs
from experiment.selftest.presses import Heard, described_presses
from experiment.selftest.sections import measure_sections
from experiment.selftest.stage import PRESSES, Stage
from experiment.selftest.trials import TrialTimes, described_trials, measure_trials
from experiment.selftest.wording import BEFORE, conclusions, report_lines
from experiment.session.priority import held_garbage, raised_priority, rests
from experiment.texts.kinds import session_texts
from experiment.texts.languages import load_texts

GO_ON = ("space",)
# Seconds for which each trial is shown, so that the next one is decoded meanwhile.
SHOWN = 0.4


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
    taken: dict[str, list[float]] = field(default_factory=dict)


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
    texts = session_texts(study, study.language)
    on_keyboard = placed(study, texts, read_caps(), rig.response_box)
    correction = correction_for(rig, study.presentation, study.seed)
    window = open_window(rig, correction, background=study.presentation.background)
    with closing(window), kept_awake() as awake:
        try:
            with closing(on_keyboard.listener()) as listener:
                checks += [awake, *screen_checks(window, rig), focus_check(window)]
                stage = Stage(window, listener, rig, plan.material, on_keyboard.texts)
                return _SelfTest(plan, stage, checks, report).run()
        except (StoppedError, EscapedError) as error:
            raise StudyError(f"self-test of {rig.name}: stopped; nothing was written") from error


class _SelfTest:
    """One self-test in an open window."""

    def __init__(
        self, plan: Plan, stage: Stage, checks: list[Check], report: Callable[[str], None]
    ) -> None:
        self._plan, self._stage, self._checks, self._report = plan, stage, checks, report
        texts = load_texts("en")
        self._pages = Pages(stage.window, stage.keyboard, HumanObserver(), texts, GO_ON)

    def run(self) -> Found:
        plan, stage = self._plan, self._stage
        window, material = stage.window, plan.material
        began = datetime.now().astimezone().replace(microsecond=0)
        refresh = measure_refresh(window, plan.rig)
        period, timing = refresh.period, material.study.timing
        measured = refresh.measured_hz is not None
        self._explain()
        stage.keyboard.start()
        self._report(f"flips, for {plan.seconds:g} s")
        stage.load_heaviest()
        with held_garbage(), raised_priority(measured, not measured or rests(window)):
            times = record_flips(window, stage.each_frame, plan.seconds, WARM_UP)
        stage.darken_patch()
        self._report(f"{len(material.rows)} trials")
        trials = measure_trials(
            stage.screen, stage.keyboard, material.encoded, material.rows, timing, period, SHOWN
        )
        self._report("flips with and without garbage collection and raised priority")
        stage.load_heaviest()
        sections = measure_sections(window, stage.each_frame, plan.seconds / 12, period, measured)
        outputs, taken = self._outputs(period, measured)
        stage.darken_patch()
        self._report(f"{PRESSES} presses")
        heard, pressed = stage.hear(plan.scripted)
        flips = described_flips(times, period)
        keys = described_presses(heard, PRESSES, pressed)
        of_refresh = refresh_check(plan.rig, refresh, excuse="")
        checks = [*self._checks, of_refresh, *stage.checks(keys)]
        reasons = reasons_against(checks, period if measured else None, flips, keys)
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
            image_px=stage.screen.image,
            flips=flips,
            trials=described_trials(trials, timing, period),
            keys=keys,
            sections=sections,
            outputs=outputs,
            versions=versions(PACKAGES),
            claim=None if reasons else claim_of(period, flips),
            reasons=reasons,
        )
        if not plan.scripted:
            lines = "\n\n".join([*report_lines(test), *conclusions(test)])
            self._pages.show(lines, plan.rig.name, height=20, alignText="left")
        return Found(test, times, trials, heard, pressed or [], taken)

    def _outputs(self, period: float, waits: bool) -> tuple[list[Output], dict[str, list[float]]]:
        """Flips with markers; outlets that cannot be opened are a reason to claim nothing."""
        plan, stage = self._plan, self._stage
        listed = plan.rig.markers
        if listed:
            self._report(f"flips with markers to {', '.join(each.name for each in listed)}")
            with closing(outlets_of(listed, {})) as outlets:
                self._checks = [*self._checks, *outlet_checks(outlets, excuse="")]
        what = stage.window, stage.each_frame, plan.seconds / 12, period, waits
        return measure_outputs(*what, listed)

    def _explain(self) -> None:
        if self._plan.scripted:
            return
        seconds = 2 * self._plan.seconds
        minutes = f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
        words = BEFORE.format(minutes=minutes, presses=PRESSES)
        self._pages.show(words, f"Self-test of {self._plan.rig.name}")
