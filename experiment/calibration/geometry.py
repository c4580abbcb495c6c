"""What the operator measures with a tape and a clock: sizes, room light, name, day."""

from dataclasses import dataclass

from pydantic import ValidationError

from conditions.errors import StudyError
from conditions.rig.rig import Rig
from conditions.yaml.misfits import describe_misfits
from experiment.screen.window import require_display

WHO, WIDTH, DISTANCE, AMBIENT, METER = (
    "who calibrates",
    "width of the picture, cm",
    "distance of the eye, cm",
    "switched-off screen under the light of sessions, cd/m² (empty: not measured)",
    "photometer that is read and typed in",
)


@dataclass(frozen=True)
class Geometry:
    """Lengths in cm, ``ambient`` in cd/m² or None where it was not measured."""

    who: str
    width_cm: float
    distance_cm: float
    ambient: float | None = None
    photometer: str = ""


def read_geometry(filled: dict[str, str], resolution: tuple[int, int]) -> Geometry:
    """What was filled in, checked.

    Raises
    ------
    StudyError
        Names what does not fit, and what would.
    """
    if not filled[WHO].strip():
        raise StudyError(f"{WHO}: found nothing, wanted a name or initials")
    lengths = {name: _number(name, filled[name]) for name in (WIDTH, DISTANCE)}
    ambient = _number(AMBIENT, filled[AMBIENT]) if filled[AMBIENT].strip() else None
    if ambient is not None and ambient < 0:
        raise StudyError(f"{AMBIENT}: found {ambient:g}, wanted 0 or more")
    if METER in filled and not filled[METER].strip():
        raise StudyError(f"{METER}: found nothing, wanted its name")
    check_geometry(lengths[WIDTH], lengths[DISTANCE], resolution)
    return Geometry(
        filled[WHO].strip(),
        lengths[WIDTH],
        lengths[DISTANCE],
        ambient,
        filled.get(METER, "").strip(),
    )


def check_geometry(width_cm: float, distance_cm: float, resolution: tuple[int, int]) -> None:
    """Check that lengths make a screen.

    Raises
    ------
    StudyError
        One line for each misfit, with the arithmetic.
    """
    content = {"width_cm": width_cm, "distance_cm": distance_cm, "resolution": resolution}
    try:
        Rig.model_validate({"name": "geometry", **content})
    except ValidationError as error:
        raise StudyError(describe_misfits("geometry", error, Rig)) from error


def ask_geometry(
    name: str, first: dict[str, str], resolution: tuple[int, int], typed: bool
) -> Geometry | None:
    """Show the dialog until what it says fits; None where it is cancelled.

    Parameters
    ----------
    name : str
        The rig's.
    first : dict
        What is filled in at first, by field.
    resolution : tuple of int
        The screen's, in pixels.
    typed : bool
        Whether readings will be typed in: then the photometer's name is asked too.
    """
    require_display()
    from psychopy import gui

    filled = {field: first.get(field, "") for field in (WHO, WIDTH, DISTANCE, AMBIENT)}
    filled |= {METER: first.get(METER, "")} if typed else {}
    wrong = ""
    while True:
        dialog = gui.Dlg(title=f"Calibrate {name}")
        # It speaks of fields that are required; what is missing is said by read_geometry.
        dialog.requiredMsg.hide()
        dialog.addText(f"The screen has {resolution[0]} × {resolution[1]} pixels.")
        if wrong:
            dialog.addText(wrong, color="red")
        for field, value in filled.items():
            dialog.addField(field, value)
        said = dialog.show()
        if not dialog.OK:
            return None
        filled = {field: str(said[field]) for field in filled}
        try:
            return read_geometry(filled, resolution)
        except StudyError as error:
            wrong = str(error)


def _number(name: str, written: str) -> float:
    try:
        return float(written.strip().replace(",", "."))
    except ValueError as error:
        raise StudyError(f"{name}: found {written!r}, wanted a number, as in 53.1") from error
