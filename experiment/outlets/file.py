"""An outlet that is a table among the session's data."""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conditions.rig.markers import FileOutlet
from conditions.tables.events import MARKERS
from experiment.outlets.outlet import Clock, Marker
from experiment.records.recorder import TableRecorder, lines, mend


@dataclass(frozen=True)
class Whose:
    """Whose markers they are: the folder of the data, and the first columns of each row."""

    folder: Path
    columns: Mapping[str, int]


class MarkerTable:
    """``markers.csv``: a kill takes no row of it, and only what a power cut takes is not there.

    There is no file until it is known whose it is.

    Parameters
    ----------
    outlet : FileOutlet
        What the rig says of it.
    """

    kind = "file"
    pulse_s: float | None = None

    def __init__(self, outlet: FileOutlet) -> None:
        self.name, self.place = outlet.name, outlet.place
        self._whose: Whose | None = None
        self._table: TableRecorder | None = None

    def belong(self, whose: Whose) -> None:
        """Say whose it is; it can be opened then."""
        self._whose = whose

    def open(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        if self._whose is not None:
            path = self._whose.folder / f"{MARKERS.name}.csv"
            # A run that was killed, or a full disk, may have left half a row.
            mend(path)
            self._table = TableRecorder(path, MARKERS)

    def send(self, marker: Marker) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        if self._table is None or self._whose is None:
            return
        sent = marker.at + time.perf_counter() - marker.moment
        row = {"code": marker.code, "onset": marker.at, "sent": sent}
        self._table.write(lines(MARKERS, {**self._whose.columns, **row}), sync=False)

    def send_at_once(self, marker: Marker) -> bool:
        """False: each row has its own time, and disks let wait."""
        return False

    def reset(self) -> None:
        """Do nothing: a row is a moment."""

    def is_there(self) -> None:
        """Do nothing: the next row tells."""

    def told(self) -> str:
        """Nothing."""
        return ""

    def offset(self, clock: Clock) -> tuple[float, float] | None:
        """None: its times are the session's."""
        return None

    def close(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        table, self._table = self._table, None
        if table is not None:
            with contextlib.suppress(OSError):
                table.sync()
            table.close()
