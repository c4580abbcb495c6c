"""Where rig files are found, and how an operator knows them."""

from pathlib import Path

from conditions.errors import StudyError
from conditions.rig.rig import Rig, read_rig
from conditions.yaml.reading import named_file

__all__ = ["OWN_RIGS", "RIGS", "Rig", "load_rig", "rig_words", "rigs_on_offer"]

# Those that come with the laboratory, and those of the working folder, which come first.
RIGS = Path(__file__).parent / "rigs"
OWN_RIGS = Path("rigs")


def load_rig(name: str) -> tuple[Rig, Path]:
    """A rig by the path of its file, or by its name in ``rigs/`` or among those that come along.

    Raises
    ------
    StudyError
        Where there is no such file, or a field does not fit.
    """
    path = named_file(name, (OWN_RIGS, RIGS), "rig")
    return read_rig(path), path


def rig_words(name: str) -> str:
    """A rig as the operator knows it: its name, and what is known of its screen."""
    try:
        rig = load_rig(name)[0]
    except StudyError:
        return f"{name} (cannot be read)"
    facts = [_resolution(rig)]
    if rig.calibrated_on is not None:
        facts.append(f"calibrated on {rig.calibrated_on}")
    else:
        facts.append("not calibrated")
    return f"{name}: {', '.join(facts)}"


def _resolution(rig: Rig) -> str:
    if rig.resolution is None:
        return "any screen" + (", images shrunk where they must be" if rig.shrink else "")
    width, height = rig.resolution
    return f"{width} × {height}, {rig.refresh_hz:g} Hz"


def rigs_on_offer(first: str) -> list[str]:
    """The offered rig, those in the working folder's ``rigs``, those that come along.

    Earlier calibrations, which have their date in their name, are not offered.
    """
    own = sorted(path.stem for path in OWN_RIGS.glob("*.yaml") if "." not in path.stem)
    return list(dict.fromkeys([first, *own, *sorted(p.stem for p in RIGS.glob("*.yaml"))]))
