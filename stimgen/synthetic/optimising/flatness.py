"""When to stop: what is optimised no longer gets better."""

from collections import deque

# Losses are compared between the two halves of this many steps.
WINDOW = 200
# Flat: from the one half to the other less than this part of all that has been gained.
TOLERANCE = 0.01
# What an optimisation begins with is the mean loss of so many steps: each has its own movement.
BEGINNING = 10


class LossWatch:
    """Watches a loss from step to step.

    It falls steeply while a pattern forms and then levels off, with noise from the random
    movements. It counts as flat when its mean over the later half of the last ``window`` steps is
    lower than over the earlier half by less than ``tolerance`` of what has been gained since the
    first steps. The norm of the gradient says less: where movements decide it, it is flat from the
    first steps on, while the loss still falls.
    """

    def __init__(self, window: int = WINDOW, tolerance: float = TOLERANCE) -> None:
        self._losses: deque[float] = deque(maxlen=window)
        self._window = window
        self._tolerance = tolerance
        self._beginning: list[float] = []

    def is_flat(self, loss: float) -> bool:
        """Note the loss of a step; whether it has flattened."""
        if len(self._beginning) < BEGINNING:
            self._beginning.append(loss)
        self._losses.append(loss)
        if len(self._losses) < self._window:
            return False
        losses = list(self._losses)
        half = len(losses) // 2
        earlier, later = sum(losses[:half]) / half, sum(losses[half:]) / (len(losses) - half)
        gained = sum(self._beginning) / len(self._beginning) - later
        return earlier - later <= self._tolerance * gained
