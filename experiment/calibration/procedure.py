"""The whole calibration of a rig, from the first page to its files."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from conditions.errors import StudyError
from conditions.rig.luminance import Luminance
from conditions.rig.rig import Rig
from conditions.study.presentation import Presentation
from conditions.tables.rigs import READINGS
from experiment.calibration.curve import draw_curves
from experiment.calibration.files import write_calibration
from experiment.calibration.geometry import Geometry, check_geometry
from experiment.calibration.patches import (
    FRESH_VALUES,
    SHOWN,
    Patch,
    Reading,
    fresh_patches,
    sweep_patches,
)
from experiment.calibration.photometers.photometer import Photometer
from experiment.calibration.screen import PatchScreen, check_width
from experiment.calibration.summary import summarise, verification
from experiment.calibration.wording import report_lines
from experiment.checks.machine.awake import kept_awake
from experiment.keyboard.listener import KeyListener
from experiment.keyboard.observer import HumanObserver
from experiment.keyboard.watched import WatchedKeyboard
from experiment.records.recorder import TableRecorder
from experiment.screen.correction import correction_for
from experiment.screen.focus import watched
from experiment.screen.pages import Pages, StoppedError
from experiment.screen.window import Window, measure_refresh, open_window, size_of
from experiment.texts.languages import load_texts

GO_ON = ("space",)
BEFORE = """
Let the screen warm up for half an hour, in the room light of sessions.
Switch off what changes colours: night light, colour profiles, "eye saver", automatic brightness.

Point the photometer at the middle of the screen, from where participants sit.
{n} patches follow:
{levels} levels of red, green, blue and grey in random order ({sweeps}),
then {fresh} to verify the correction with.
"""


@dataclass(frozen=True)
class Plan:
    """What is to be measured.

    Attributes
    ----------
    rig : Rig
        Name, screen and settings; what it says of sizes and luminance is written anew.
    folder : Path
        Where the rig file goes.
    geometry : Geometry
        What was measured with a tape.
    levels, sweeps : int
        Levels of a channel, and how often all are gone through.
    fresh : int
        How often the levels of the verification are gone through.
    """

    rig: Rig
    folder: Path
    geometry: Geometry
    levels: int
    sweeps: int
    fresh: int = 2


@dataclass(frozen=True)
class Done:
    """What was found in words, the rig file, and what files of an earlier one are called now."""

    report: list[str]
    path: Path
    earlier: list[Path]


def calibrate(
    plan: Plan,
    make_photometer: Callable[[Pages], Photometer],
    attended: bool,
    report: Callable[[str], None],
) -> Done:
    """Calibrate a rig in its own window.

    Parameters
    ----------
    plan : Plan
        What is to be measured.
    make_photometer : callable
        Makes the photometer, once the window is open.
    attended : bool
        Whether somebody is there to read pages and to hold a card against the screen.
    report : callable
        Is told of each step, in a line.

    Raises
    ------
    StudyError
        Where something does not fit, or the operator stopped: readings so far are kept then, in a
        file of their own.
    """
    window = open_window(plan.rig)
    with closing(window), kept_awake() as awake:
        report(awake.line())
        keyboard = watched(KeyListener(), window)
        pages = Pages(window, keyboard, HumanObserver(), load_texts("en"), GO_ON)
        photometer = make_photometer(pages)
        calibration = _Calibration(plan, window, keyboard, pages, photometer, report)
        return calibration.run(attended)


class _Calibration:
    """One calibration in an open window."""

    def __init__(
        self,
        plan: Plan,
        window: Window,
        keyboard: WatchedKeyboard,
        pages: Pages,
        photometer: Photometer,
        report: Callable[[str], None],
    ) -> None:
        self._plan, self._window, self._keyboard = plan, window, keyboard
        self._pages, self._photometer, self._report = pages, photometer, report
        self._began: float | None = None
        stamp = f"{datetime.now():%Y%m%dT%H%M%S}"
        self._readings = plan.folder / f"{plan.rig.name}.unfinished-{stamp}.csv"

    def run(self, attended: bool) -> Done:
        plan = self._plan
        try:
            rig = self._placed(attended)
            self._report(f"screen: {rig.width_cm:g} cm wide, {rig.distance_cm:g} cm away")
            rig = self._timed(rig)
            sweep = sweep_patches(plan.levels, plan.sweeps, rig.name)
            if attended:
                self._explain(len(sweep))
            luminance, fresh = self._measured(rig, sweep)
        except StoppedError as error:
            kept = f"; readings so far are in {self._readings}" if self._readings.exists() else ""
            raise StudyError(f"calibration of {plan.rig.name}: stopped{kept}") from error
        rig = rig.model_copy(update={"luminance": luminance})
        figure = draw_curves(f"Rig {rig.name}, {rig.calibrated_on}", luminance, fresh)
        path, earlier = write_calibration(plan.folder, rig, figure, self._readings)
        lines = report_lines(rig, luminance, size_of(self._window))
        if attended:
            self._pages.show("\n".join(lines), rig.name, height=20, alignText="left")
        return Done(lines, path, earlier)

    def _placed(self, attended: bool) -> Rig:
        """The rig with its sizes."""
        geometry, window = self._plan.geometry, self._window
        resolution = size_of(window)
        check_geometry(geometry.width_cm, geometry.distance_cm, resolution)
        if attended:
            taped = geometry.width_cm
            geometry = replace(
                geometry, width_cm=check_width(window, self._keyboard, self._pages, taped)
            )
            if geometry.width_cm != taped:
                self._report(f"width: {taped:g} cm as told, {geometry.width_cm:g} cm by the card")
        return Rig.model_validate(
            self._plan.rig.model_dump()
            | {"luminance": None, "resolution": resolution, "calibrated_on": date.today()}
            | {"width_cm": geometry.width_cm, "distance_cm": geometry.distance_cm}
            | {"calibrated_by": geometry.who}
        )

    def _timed(self, rig: Rig) -> Rig:
        """The rig with its measured refresh rate, where one can be measured."""
        refresh = measure_refresh(self._window, rig)
        if refresh.measured_hz is None:
            self._report(
                f"refresh: not measured: {refresh.note}; taken to be {rig.refresh_hz:g} Hz"
            )
            return rig
        self._report(f"refresh: {refresh.measured_hz:.2f} Hz")
        return rig.model_copy(update={"refresh_hz": round(refresh.measured_hz, 2)})

    def _explain(self, n_sweep: int) -> None:
        plan = self._plan
        n_fresh = plan.fresh * len(SHOWN) * len(FRESH_VALUES)
        words = BEFORE.format(
            n=n_sweep + n_fresh,
            levels=plan.levels,
            sweeps="once" if plan.sweeps == 1 else f"{plan.sweeps} times",
            fresh=n_fresh,
        )
        self._pages.show(words, f"Calibrate {plan.rig.name}")

    def _measured(self, rig: Rig, sweep: list[Patch]) -> tuple[Luminance, list[Reading]]:
        """The luminance of the rig, and the readings that verified it."""
        plan, meter = self._plan, self._photometer
        plan.folder.mkdir(parents=True, exist_ok=True)
        table = TableRecorder(self._readings, READINGS)
        screen = PatchScreen(self._window, self._keyboard)
        self._keyboard.start()
        try:
            readings = self._read(screen, sweep, table, 0)
            luminance = summarise(readings, meter.name, meter.simulated, plan.geometry.ambient)
            rig = rig.model_copy(update={"luminance": luminance})
            patches = fresh_patches(correction_for(rig, Presentation()), plan.fresh, rig.name)
            fresh = self._read(screen, patches, table, len(readings))
        finally:
            table.close()
        verified = {"verification": verification(luminance, fresh)}
        return luminance.model_copy(update=verified), fresh

    def _read(
        self,
        screen: PatchScreen,
        patches: list[Patch],
        table: TableRecorder,
        n_before: int,
    ) -> list[Reading]:
        """Readings of patches, each on disk before the next patch is shown."""
        found: list[Reading] = []
        for i, patch in enumerate(patches, start=1):
            screen.show(patch.levels, f"{patch.stage}: patch {i} of {len(patches)}")
            luminance = self._photometer.read(screen, patch)
            now = self._photometer.seconds()
            self._began = now if self._began is None else self._began
            found.append(Reading(patch, luminance, now - self._began))
            table.append(found[-1].row(n_before + i))
        return found
