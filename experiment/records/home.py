"""The home folder: PsychoPy writes its settings there as soon as it is loaded."""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from conditions.errors import StudyError


@dataclass(frozen=True)
class Home:
    """Where PsychoPy keeps its settings in this run.

    Attributes
    ----------
    settings : Path
        PsychoPy's folder.
    own : Path or None
        The user's folder in which it belongs; None where the system knows none.
    trouble : str
        Why it is a temporary folder instead; empty where it is not.
    """

    settings: Path
    own: Path | None
    trouble: str = ""


# Temporary folders that stand in for home folders, by path; they go when the process ends.
_STANDING_IN: dict[str, tuple[tempfile.TemporaryDirectory, Home]] = {}


def settle_home() -> Home:
    """Make sure that PsychoPy can write its settings; call it before PsychoPy is loaded.

    Where the home folder cannot be written, a temporary one takes its place in this process, and
    standard error says so, once.

    Raises
    ------
    StudyError
        Where no temporary folder can be made either.
    """
    variable, name = _variable()
    here = os.environ.get(variable, "")
    if here in _STANDING_IN:
        return _STANDING_IN[here][1]
    if not here:
        # An empty one would make the root of the disk the home.
        os.environ.pop(variable, None)
    own = Path(here) if here else _usual(variable)
    try:
        if own is None:
            raise FileNotFoundError(0, "the system knows no home folder of this user")
        _try_to_write(own / name)
    except OSError as error:
        home = _stand_in(variable, name, own, error.strerror or str(error))
        print(home.trouble, file=sys.stderr)
        return home
    os.environ[variable] = str(own)
    return Home(own / name, own)


def own_home() -> Path | None:
    """The user's home folder, whatever stands in for it; None where the system knows none."""
    standing_in = _STANDING_IN.get(os.environ.get("HOME", ""))
    if standing_in is not None:
        return standing_in[1].own
    try:
        return Path.home()
    except RuntimeError:
        return None


def _variable() -> tuple[str, str]:
    """What names the folder that PsychoPy writes in, and the folder's name there."""
    return ("APPDATA", "psychopy3") if sys.platform == "win32" else ("HOME", ".psychopy3")


def _usual(variable: str) -> Path | None:
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / "AppData" / "Roaming" if variable == "APPDATA" else home


def _try_to_write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # A full disk takes an empty file, and fails at what is in it.
    with tempfile.TemporaryFile(dir=folder) as stream:
        stream.write(bytes(4096))
        stream.flush()
    for there in folder.iterdir():
        if not os.access(there, os.R_OK | os.W_OK):
            raise PermissionError(0, f"{there.name} is somebody else's")


def _stand_in(variable: str, name: str, own: Path | None, reason: str) -> Home:
    try:
        folder = tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StudyError(
            f"{own or variable}: cannot be written ({reason}), and there is no temporary folder "
            f"for PsychoPy's settings either: {error.strerror or error}"
        ) from error
    settings = Path(folder.name) / name
    trouble = (
        f"{own or variable}: cannot be written ({reason}); PsychoPy's settings are in {settings} "
        "until this command ends"
    )
    home = Home(settings, own, trouble)
    _STANDING_IN[folder.name] = folder, home
    os.environ[variable] = folder.name
    return home
