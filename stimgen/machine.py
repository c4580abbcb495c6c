"""What this process makes of the machine: the cores it may use, the blocks of memory it keeps."""

import ctypes
import sys

import psutil

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
_MEBIBYTE = 1 << 20
_KEEPING = {
    _M_MMAP_THRESHOLD: 1024 * _MEBIBYTE,
    _M_TRIM_THRESHOLD: 2048 * _MEBIBYTE - 1,
    _M_TOP_PAD: 64 * _MEBIBYTE,
}
# Where glibc's own moving thresholds end after the first big blocks, see mallopt(3).
_USUAL = {
    _M_MMAP_THRESHOLD: 32 * _MEBIBYTE,
    _M_TRIM_THRESHOLD: 64 * _MEBIBYTE,
    _M_TOP_PAD: _MEBIBYTE // 8,
}


def keep_big_blocks(keep: bool = True) -> bool:
    """Tell glibc's malloc to reuse big blocks instead of returning them to the system.

    A CPU tensor of some megabytes is otherwise mapped, zeroed and unmapped anew in every layer
    of every step, which doubles the time of an optimisation step of a small network.

    Parameters
    ----------
    keep : bool, optional
        False goes back to what malloc does by itself (benchmarks compare the two).

    Returns
    -------
    bool
        Whether the C library took the settings (only glibc has them).
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    settings = _KEEPING if keep else _USUAL
    return all(mallopt(setting, value) == 1 for setting, value in settings.items())


def usable_cores() -> int:
    """Cores that this process may run on: a batch system or container may give it a few of many."""
    try:
        return len(psutil.Process().cpu_affinity())
    except AttributeError:
        # macOS has no affinity.
        return psutil.cpu_count() or 1
