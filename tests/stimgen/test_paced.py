"""Items written in portions: all of them, in order, and the rarer the slower it is."""

import pytest

from stimgen.work import paced
from stimgen.work.paced import LEAST_S, SHARE, Paced


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(paced, "time", clock)
    return clock


@pytest.mark.parametrize("takes", [0.0, 3.0])
def test_writing_takes_a_small_share_of_the_time(clock, takes):
    portions = []

    def write(items: list[int]) -> None:
        clock.now += takes
        portions.append(list(items))

    with Paced[int](write) as out:
        for item in range(1000):
            clock.now += 0.5
            out.add(item)
    assert [item for portion in portions for item in portion] == list(range(1000))
    assert portions[0] == [0], "the first is written at once"
    pause = max(LEAST_S, SHARE * takes)
    assert len(portions) <= 500 / pause + 2


def stopped_after(written: list, items: list[int]) -> None:
    with Paced[int](written.append) as out:
        for item in items:
            out.add(item)
        raise KeyboardInterrupt


def test_what_waits_is_written_when_the_work_is_stopped(clock):
    portions = []
    with pytest.raises(KeyboardInterrupt):
        stopped_after(portions, [1, 2])
    assert portions == [[1], [2]]
