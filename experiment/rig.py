"""Where rig files are found."""

from pathlib import Path

from conditions.rig.rig import Rig, read_rig
from conditions.yaml.reading import named_file

__all__ = ["OWN_RIGS", "RIGS", "Rig", "load_rig"]

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
