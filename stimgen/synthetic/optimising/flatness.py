"""When to stop: the gradient no longer shrinks."""

from collections import deque

# The norm is compared between the two halves of this many steps.
WINDOW = 200
# Flat: the mean of the later half is within this part of the mean of the earlier half.
TOLERANCE = 0.02


class GradientWatch:
    """Watches the norm of a gradient from step to step.

    The norm falls steeply while a pattern forms and then levels off, with noise from the random
    transformations. It counts as flat when its mean over the later half of the last
    :data:`WINDOW` steps has fallen by less than :data:`TOLERANCE` against the earlier half.
    """

    def __init__(self, window: int = WINDOW, tolerance: float = TOLERANCE) -> None:
        self._window = window
        self._norms: deque[float] = deque(maxlen=window)
        self._tolerance = tolerance

    def is_flat(self, norm: float) -> bool:
        """Note the norm of a step; whether it has flattened."""
        self._norms.append(norm)
        if len(self._norms) < self._window:
            return False
        norms = list(self._norms)
        half = len(norms) // 2
        earlier, later = sum(norms[:half]) / half, sum(norms[half:]) / (len(norms) - half)
        return later > (1 - self._tolerance) * earlier
