"""What went wrong in somebody's Python, in one line with its place."""

import sysconfig
import traceback
from pathlib import Path

_LABORATORY = Path(__file__).resolve().parents[2]
_ROOMS = [_LABORATORY / room for room in ("conditions", "stimgen", "experiment", "analysis")]
_STANDARD = Path(sysconfig.get_path("stdlib")).resolve()


def fault_in_words(error: BaseException) -> str:
    """Type and message, with file and line of the innermost frame that is no library's."""
    said = " ".join(str(error).split())
    if isinstance(error, SyntaxError) and error.filename:
        # Python has not come as far as a frame of that file.
        said, place = error.msg, f" in {error.filename}, line {error.lineno}"
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if _is_theirs(frame.filename)]
        place = f" in {own[-1].filename}, line {own[-1].lineno}" if own else ""
    return f"{type(error).__name__}: {said}{place}" if said else f"{type(error).__name__}{place}"


def _is_theirs(filename: str) -> bool:
    if filename.startswith("<"):
        return False
    path = Path(filename).resolve()
    if {"site-packages", "dist-packages"} & set(path.parts):
        return False
    return not any(path.is_relative_to(folder) for folder in (_STANDARD, *_ROOMS))
