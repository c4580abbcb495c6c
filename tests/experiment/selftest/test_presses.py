"""The key loop, with a keyboard of the test's own."""

import pytest

from experiment.keyboard.listener import Press
from experiment.screen.pages import EscapedError
from experiment.selftest.presses import Heard, described_presses, hear_presses
from tests.experiment.selftest.samples import PacedWindow


class Played:
    """A keyboard whose presses come due in the window's time."""

    def __init__(self, window: PacedWindow, at: list[float], escape: float | None = None) -> None:
        self._window, self._at, self._escape = window, list(at), escape

    @property
    def escaped(self) -> bool:
        return self._escape is not None and self._window.now >= self._escape

    def time(self) -> float:
        return self._window.now

    def presses(self) -> list[Press]:
        due = [at for at in self._at if at <= self._window.now]
        self._at = self._at[len(due) :]
        return [Press("a", at, device=f"keyboard {i % 2}") for i, at in enumerate(due)]


def hear(at: list[float], wanted: int = 3, **more) -> tuple[list[Heard], list[int]]:
    window, drawn = PacedWindow(), []
    played = Played(window, at, **more)
    return hear_presses(window, played, wanted, drawn.append, patience=1), drawn


def test_presses_are_taken_note_of_with_the_flip_after_them_and_no_more_than_are_wanted():
    heard, drawn = hear([0.1, 0.5, 0.501, 0.502, 0.9])
    assert [each.press.rt for each in heard] == [0.1, 0.5, 0.501]
    assert all(0 <= each.noted - each.press.rt <= 1 / 60 for each in heard)
    # The count on the screen follows.
    assert drawn == sorted(drawn)
    assert {0, 1} < set(drawn)


def test_nobody_is_waited_for_for_ever():
    heard, _ = hear([0.1, 1.05, 2.5])
    assert [each.press.rt for each in heard] == [0.1, 1.05]
    assert hear([])[0] == []


def test_escape_ends_it():
    with pytest.raises(EscapedError):
        hear([0.1], escape=0.2)


def test_errors_of_time_stamps_are_told_only_where_no_press_was_lost():
    heard = [Heard(Press("a", at + 0.002), at + 0.01) for at in (0.1, 0.2, 0.3)]
    found = described_presses(heard, 3, [0.1, 0.2, 0.3])
    assert (found.pressed_by, found.stamp_error.median_ms) == ("script", 2.0)
    assert found.to_program.longest_ms == 8.0
    lost = described_presses(heard[:2], 3, [0.1, 0.2, 0.3])
    assert (lost.heard, lost.wanted, lost.stamp_error) == (2, 3, None)
    assert described_presses([], 3).to_program is None
