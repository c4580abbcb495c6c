"""Key presses with the time they happened at, each reported once."""

from dataclasses import dataclass

from conditions.errors import StudyError

BACKEND = "ptb"
ESCAPE = "escape"


@dataclass(frozen=True)
class Press:
    """A key that went down ``rt`` seconds after the clock was started."""

    key: str
    rt: float


class KeyListener:
    """The keyboard, through Psychtoolbox's event queue: times do not depend on our polling.

    ``escaped`` tells whether Escape went down at any time since it was last set to False: the
    operator is heard in every phase of a trial.

    Raises
    ------
    StudyError
        Where the back end or a keyboard is missing (PsychoPy would just report no presses).
    """

    def __init__(self) -> None:
        from psychopy.hardware.keyboard import Keyboard, KeyboardDevice

        self._keyboard = Keyboard(backend=BACKEND)
        if KeyboardDevice.getBackend() != BACKEND:
            raise StudyError(
                f"keyboard: found back end {KeyboardDevice.getBackend()!r}, wanted {BACKEND!r}; "
                "install psychtoolbox and libportaudio2"
            )
        if not self._keyboard.device._ids:
            raise StudyError("keyboard: none found")
        self._reported: list = []
        self._held_before: list = []
        self.escaped = False

    @property
    def backend(self) -> str:
        """Name of PsychoPy's back end in use."""
        return BACKEND

    def start(self) -> None:
        """Forget what was pressed before and count time from now; for ``callOnFlip``."""
        self._keyboard.clearEvents()
        self._keyboard.clock.reset()
        # A key that is down now comes again when it goes up, with its time by the earlier clock.
        known = self._reported + self._held_before
        self._held_before = [key for key in known if key.duration is None]
        self._reported = []

    def time(self) -> float:
        """Seconds since the start."""
        return self._keyboard.clock.getTime()

    def presses(self) -> list[Press]:
        """New presses since the last call, in order, of keys that went down after the start."""
        # A key that went up before it was asked for is reported only among the released ones, and
        # one that is still down only among the others: both are asked for. A press that was
        # reported while down comes again when the key goes up, as the same object.
        found = self._keyboard.getKeys(waitRelease=False) + self._keyboard.getKeys(waitRelease=True)
        known = self._reported + self._held_before
        new = [key for key in found if not any(key is other for other in known)]
        self._reported += new
        presses = {id(key): Press(key.name, key.rt) for key in new if key.rt >= 0}
        self.escaped |= any(press.key == ESCAPE for press in presses.values())
        return sorted(presses.values(), key=lambda press: press.rt)

    def held(self, key: str) -> float | None:
        """Seconds that a key has been down since its press was reported; None if it is up."""
        down = [k for k in self._reported if k.name == key and k.duration is None]
        return self.time() - down[-1].rt if down else None
