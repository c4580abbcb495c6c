"""``python -m experiment calibrate NAME``."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conditions.commands.command_line import NextStep, console
from conditions.errors import StudyError
from conditions.next_step import command
from conditions.rig.rig import Rig
from experiment.calibration.files import check_free
from experiment.records.home import settle_home
from experiment.rig import OWN_RIGS

if TYPE_CHECKING:
    from experiment.calibration.geometry import Geometry
    from experiment.calibration.photometers.photometer import Photometer
    from experiment.calibration.procedure import Done
    from experiment.screen.pages import Pages

TYPED_LEVELS, READ_LEVELS = 9, 17
# What --simulate takes for granted: a 24-inch screen at the distance at which 1 cm is about 1°.
SIMULATED_WIDTH, SIMULATED_DISTANCE = 53.1, 57.0


def calibrate_rig(
    name: Annotated[str, typer.Argument(help="Name of the rig.", metavar="NAME")],
    rigs: Annotated[
        Path, typer.Option("--rigs", help="Folder of rig files.", metavar="DIR")
    ] = OWN_RIGS,
    photometer: Annotated[
        str | None,
        typer.Option(
            help="LS100, CS100A, PR655, ColorCAL or S470; without it you type readings in.",
            metavar="MODEL",
        ),
    ] = None,
    port: Annotated[
        str | None, typer.Option(help="Its serial port: /dev/ttyUSB0, COM3.", metavar="PORT")
    ] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Try it all with a simulated screen.")
    ] = False,
    simulated_screen: Annotated[
        Path | None, typer.Option(help="YAML file that says what it is like.", metavar="FILE")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Calibrate anew; the earlier files are kept.")
    ] = False,
    screen: Annotated[
        int | None, typer.Option(help="Which screen, counted from 0.", min=0, max=15)
    ] = None,
    who: Annotated[str | None, typer.Option(help="Who calibrates.")] = None,
    width_cm: Annotated[float | None, typer.Option(help="Width of the picture.")] = None,
    distance_cm: Annotated[float | None, typer.Option(help="From eye to screen.")] = None,
    ambient: Annotated[
        float | None, typer.Option(help="Luminance of the switched-off screen, cd/m².")
    ] = None,
    levels: Annotated[
        int | None,
        typer.Option(help="Levels a channel; 17, or 9 where they are typed in.", min=5, max=256),
    ] = None,
    sweeps: Annotated[int, typer.Option(help="How often all are measured.", min=1, max=1000)] = 2,
) -> NextStep:
    """Measure a screen and write its rig file, with a picture of its curves.

    A dialog asks for sizes; a card-sized rectangle checks the width; then patches of red, green,
    blue and grey are measured, fitted, corrected, and verified with fresh ones.
    """
    before = check_free(rigs, name, again)
    instrument = None if photometer is None or port is None else (photometer, port)
    if instrument is None and (photometer, port) != (None, None):
        raise StudyError("--photometer and --port: wanted both or neither")
    # PsychoPy and matplotlib keep settings there.
    settle_home()
    from experiment.calibration.procedure import Plan, calibrate

    simulate = simulate or simulated_screen is not None
    typed = instrument is None and not simulate
    changes = {"name": name} | ({} if screen is None else {"screen": screen})
    rig = Rig.model_validate((before.model_dump() if before else {}) | changes)
    geometry = _geometry(rig, simulate, typed, (who, width_cm, distance_cm, ambient))
    if geometry is None:
        console.print("cancelled: nothing was begun")
        return command("experiment", "calibrate", name)
    # The window is to be opened on whatever screen is there.
    rig = Rig(**{key: getattr(rig, key) for key in ("name", "screen", "refresh_hz", "shrink")})
    n_levels = levels or (TYPED_LEVELS if typed else READ_LEVELS)
    done = calibrate(
        Plan(rig, rigs, geometry, n_levels, sweeps),
        _maker(instrument, geometry.photometer, simulate, simulated_screen),
        attended=not simulate,
        report=console.print,
    )
    _say(done)
    # By its name a rig is found in the working folder's own ones.
    return command("experiment", "selftest", name if rigs == OWN_RIGS else done.path)


def _geometry(
    rig: Rig,
    simulate: bool,
    typed: bool,
    given: tuple[str | None, float | None, float | None, float | None],
) -> "Geometry | None":
    from experiment.calibration.geometry import (
        AMBIENT,
        DISTANCE,
        METER,
        WHO,
        WIDTH,
        Geometry,
        ask_geometry,
    )
    from experiment.screen.window import require_display, screen_sizes

    require_display()
    who, width, distance, ambient = given
    if simulate:
        who, width = who or "simulated", width or SIMULATED_WIDTH
        distance = distance or SIMULATED_DISTANCE
    if not typed and who and width is not None and distance is not None:
        return Geometry(who, width, distance, ambient)
    sizes = screen_sizes()
    if rig.screen >= len(sizes):
        raise StudyError(f"--screen: found {rig.screen}, wanted 0 to {len(sizes) - 1}")
    before = rig.luminance
    first = {
        WHO: who or "",
        WIDTH: width or rig.width_cm or "",
        DISTANCE: distance or rig.distance_cm or "",
        AMBIENT: "" if ambient is None else ambient,
        METER: before.photometer.removesuffix(" (typed in)") if before else "",
    }
    filled = {field: str(value) for field, value in first.items()}
    return ask_geometry(rig.name, filled, sizes[rig.screen], typed)


def _maker(
    instrument: tuple[str, str] | None, typed: str, simulate: bool, truth: Path | None
) -> "Callable[[Pages], Photometer]":
    if simulate:
        from experiment.calibration.photometers.simulated import (
            SimulatedPhotometer,
            load_simulated_screen,
        )

        screen = load_simulated_screen(truth)
        return lambda pages: SimulatedPhotometer(screen)
    if instrument is not None:
        from experiment.calibration.photometers.photometer import Instrument

        # Opened before the window: its trouble is told before anything is shown.
        opened = Instrument(*instrument)
        return lambda pages: opened
    from experiment.calibration.photometers.typed import TypedReadings

    return lambda pages: TypedReadings(typed, pages)


def _say(done: "Done") -> None:
    for line in done.report:
        console.print(line, markup=False)
    for path in done.earlier:
        console.print(f"kept: {path}", markup=False)
    console.print(f"{done.path}: written, with {done.path.with_suffix('.png').name}", markup=False)
