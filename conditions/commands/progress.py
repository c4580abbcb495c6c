"""How far a long command is, told to whoever has started it and shows it in a place of its own.

Where the environment names a file, a progress bar adds a line to it at each move.
"""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress, TaskID

PROGRESS_FILE = "LABORATORY_PROGRESS_FILE"


@dataclass(frozen=True)
class Told:
    """What a progress bar has told last.

    Attributes
    ----------
    phase : str
        Its description.
    share : float
        Of its work that is done, from 0 to 1.
    """

    phase: str
    share: float


class TellingProgress(Progress):
    """A progress bar that also tells how far it is, where somebody asked for it."""

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """Move on, and tell."""
        super().advance(task_id, advance)
        name = os.environ.get(PROGRESS_FILE)
        task = self._tasks[task_id]
        if name and task.total:
            # Who started the command may be gone, or the disk full: no reason to stop the work.
            with contextlib.suppress(OSError), Path(name).open("a", encoding="utf-8") as file:
                file.write(f"{min(1.0, task.completed / task.total):.4f} {task.description}\n")


def told(path: Path) -> Told | None:
    """The last whole line of such a file; None where nothing was told yet."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 4096))
        end = file.read().decode(errors="replace")
    # A line is being written while this is read.
    lines = end[: end.rfind("\n") + 1].splitlines()
    share, _, phase = lines[-1].partition(" ") if lines else ("", "", "")
    try:
        return Told(phase, float(share))
    except ValueError:
        return None
