"""An outlet at a parallel port: eight lines."""

import sys
from typing import Any

from conditions.errors import StudyError
from conditions.rig.markers import ParallelOutlet
from experiment.outlets.outlet import Clock, Marker


class ParallelPort:
    """The data lines of a parallel port, through PsychoPy.

    Parameters
    ----------
    outlet : ParallelOutlet
        What the rig says of it.
    """

    kind = "parallel"

    def __init__(self, outlet: ParallelOutlet) -> None:
        self.name, self.place = outlet.name, outlet.place
        self.pulse_s: float | None = outlet.reset_after_ms / 1000
        self._outlet = outlet
        self._port: Any = None

    def open(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`.

        Raises
        ------
        StudyError
            Where this system has no such ports, or lacks their driver.
        """
        address = self._outlet.address
        if sys.platform == "darwin":
            raise StudyError("macOS has no parallel ports")
        if sys.platform == "linux" and isinstance(address, int):
            raise StudyError(f"found address {address:#x}, wanted a device, as in /dev/parport0")
        from psychopy import parallel

        if parallel.ParallelPort is None:
            raise StudyError("its driver is missing: install InpOut32 (inpoutx64.dll)")
        try:
            self._port = parallel.ParallelPort(address)
            self.reset()
        except ImportError as error:
            raise StudyError(f"{error}: pip install -r requirements-lab.txt") from error

    def send(self, marker: Marker) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        self._port.setData(marker.code)

    def send_at_once(self, marker: Marker) -> bool:
        """Set the lines: that takes microseconds."""
        self.send(marker)
        return True

    def reset(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        self._port.setData(0)

    def is_there(self) -> None:
        """Do nothing: a port of the board does not go."""

    def told(self) -> str:
        """Nothing: whether a cable is at the port is not known."""
        return ""

    def offset(self, clock: Clock) -> tuple[float, float] | None:
        """None: a port has no clock."""
        return None

    def close(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        self._port = None
