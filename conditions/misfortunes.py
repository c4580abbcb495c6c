"""What happens to files, disks, displays and networks, in one line for those who can mend it."""

import errno
import os
import sys
import sysconfig
from pathlib import Path

# Where a file of ours is missing, it is we who have to mend that.
_LABORATORY = Path(__file__).resolve().parent.parent
_ROOMS = ("conditions", "stimgen", "experiment", "analysis")
_OURS = [
    *(_LABORATORY / room for room in _ROOMS),
    *(Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "purelib", "platlib")),
]

_WORDS = {
    errno.ENOENT: "no such file or folder",
    errno.EEXIST: "is there already, as a file where a folder should be or the other way round",
    errno.ENOTDIR: "a file where a folder should be",
    errno.EISDIR: "a folder where a file should be",
    errno.ENOTEMPTY: "a folder that is not empty",
    errno.EACCES: "permission denied: is it somebody else's, or open in another program?",
    errno.EPERM: "not permitted: is it somebody else's, or locked?",
    errno.EROFS: "on a medium that can only be read: choose another place",
    errno.ENOSPC: "the disk is full: make room there, then run the command again",
    errno.EDQUOT: "your share of the disk is full: make room there, then run the command again",
    errno.EFBIG: "too large a file for this disk",
    errno.ENAMETOOLONG: "a longer name than the disk can hold",
    errno.EINVAL: "a name or use that the disk does not know",
    errno.ELOOP: "links that lead in a circle",
    errno.EIO: "reading or writing failed: is the disk in order, and plugged in?",
    errno.ENODEV: "no such device: is it plugged in?",
    errno.ENXIO: "no such device: is it plugged in?",
    errno.ESTALE: "the folder on the network is gone: connect it again",
    errno.EBUSY: "in use by another program",
    errno.ETXTBSY: "in use by another program",
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files",
    errno.ENOMEM: "no memory is left: close other programs",
}
# What the world can do to a command; anything else that is raised is a fault of ours.
MISFORTUNES = (OSError, UnicodeError, MemoryError, ModuleNotFoundError)
# What requirements-lab.txt leaves to the machine that makes images.
_OF_NETWORKS = ("torch", "torchvision", "lucent", "safetensors", "efficientnet_lite_pytorch")


def in_words(error: BaseException) -> str | None:
    """A misfortune as one line that names the path, if there is one, and what to do.

    Returns
    -------
    str or None
        None where the fault is ours: a file of the laboratory itself, for example.
    """
    if isinstance(error, MemoryError):
        return "no memory is left: close other programs, or work on fewer things at once"
    if isinstance(error, UnicodeError):
        return f"a text in another encoding than UTF-8 ({_one_line(error)}): save it as UTF-8"
    if isinstance(error, ModuleNotFoundError):
        return _not_installed((error.name or "").partition(".")[0])
    if not isinstance(error, OSError):
        return None
    paths = [str(name) for name in (error.filename, error.filename2) if name is not None]
    if any(_is_ours(path) for path in paths):
        return None
    words = _WORDS.get(error.errno or 0) or error.strerror or _one_line(error)
    return ": ".join([*paths[:1], words])


def _not_installed(package: str) -> str | None:
    if package in {*_ROOMS, *sys.stdlib_module_names, ""}:
        return None
    wanted = "requirements.txt" if package in _OF_NETWORKS else "requirements-lab.txt"
    return (
        f"{package}: found no such package in this Python ({sys.executable}), wanted those of "
        f"{wanted}: pip install -r {wanted}"
    )


def _is_ours(path: str) -> bool:
    # Links may lead in a circle: that is what an error can be about.
    real = Path(os.path.realpath(path))
    return any(real.is_relative_to(room) for room in _OURS)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
