"""A file by the name that a manifest gives it, within its folder and nowhere else."""

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from stimgen.bringing.offered.near import nearest
from stimgen.pool.names import from_written, printable


class NotThereError(Exception):
    """Why a name leads to no file of the folder: what was found, and what is wanted."""


def locate(root: Path, own: Path, name: str, files: Sequence[str]) -> Path:
    r"""The file that a name means.

    Names may have Windows' backslashes, letters composed otherwise than on the disk (macOS), and
    bytes that are no UTF-8 written as ``\xe9``.

    Parameters
    ----------
    root : Path
        The folder.
    own : Path
        The study's own images, which are nobody's to bring.
    name : str
        Relative to the folder.
    files : list of str
        What is there, to name the nearest.

    Raises
    ------
    NotThereError
        Where there is no such file, or it lies outside the folder, by dots, as a whole path or
        over a link.
    """
    real_root = root.resolve()
    for spelt in _spellings(name):
        if spelt.startswith("/") or PureWindowsPath(spelt).is_absolute():
            raise NotThereError(
                f"found {printable(name)}, a whole path, wanted one that begins in the folder"
            )
        if Path(os.path.normpath(spelt)).parts[:1] == (os.pardir,):
            raise NotThereError(f"found {printable(name)}, outside the folder, wanted a file in it")
        real = _real(root / spelt)
        if real is None and _is_link(root / spelt):
            raise NotThereError(f"found {printable(name)}, a link that leads nowhere")
        if real is None:
            continue
        if not real.is_relative_to(real_root):
            raise NotThereError(
                f"found {printable(name)}, a link that leaves the folder (to "
                f"{printable(str(real))}), wanted a file in it"
            )
        if real.is_relative_to(own.resolve()):
            raise NotThereError(f"found {printable(name)}, one of the study's own images")
        if not real.is_file():
            what = "a folder" if real.is_dir() else "a pipe or device"
            raise NotThereError(f"found {printable(name)}, {what}, wanted an image file")
        return root / spelt
    hint = nearest(_slashed(name), files).hint
    raise NotThereError(
        f"found {printable(name)}, which is not there, wanted a file of the folder{hint}"
    )


def _spellings(name: str) -> list[str]:
    """The name as it stands, and as other systems write it."""
    spellings = [name, _slashed(name), from_written(name)]
    for form in ("NFC", "NFD"):
        spellings.append(unicodedata.normalize(form, _slashed(name)))
    return list(dict.fromkeys(spellings))


def _slashed(name: str) -> str:
    return name.replace("\\", "/")


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except (OSError, ValueError):
        return False


def _real(path: Path) -> Path | None:
    """Where a path leads, or None where nothing is."""
    try:
        return path.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        # A name that no file can have, a link to nothing or in a circle.
        return None
