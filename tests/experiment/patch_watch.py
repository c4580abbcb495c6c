"""What a photodiode at the patch would see, from the picture of the X server."""

import threading
import time

WHITE, BLACK = b"\xff\xff\xff", b"\0\0\0"


class PatchWatch:
    """Looks at a pixel all the time, from the start to :meth:`seen`; needs a DISPLAY."""

    def __init__(self, x: int, y: int) -> None:
        self._place = x, y
        self._changes: list[tuple[bytes, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def seen(self) -> list[tuple[float, float]]:
        """When it turned white and when black again (seconds since 1970), for each time."""
        self._over.set()
        self._thread.join()
        on, seen = None, []
        for colour, at in self._changes:
            if colour == WHITE:
                on = at
            elif on is not None:
                seen.append((on, at))
                on = None
        return seen

    @property
    def colours(self) -> set[bytes]:
        """All that was seen."""
        return {colour for colour, _ in self._changes}

    def _look(self) -> None:
        from Xlib import X, display

        root, last = display.Display().screen().root, None
        while not self._over.is_set():
            colour = root.get_image(*self._place, 1, 1, X.ZPixmap, 0xFFFFFFFF).data[:3]
            if colour != last:
                last = colour
                self._changes.append((colour, time.time()))
            time.sleep(0.001)
