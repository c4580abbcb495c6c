"""What the log makes of what it is told: stalls, pages, pauses, focus, and what presses were."""

from dataclasses import dataclass, field

import pytest

from conditions.tables.events import STALL_S
from experiment.events.log import EventLog
from experiment.keyboard.listener import Heard, Press

# What answers choices, and confidences as well.
CHOICES, ALL = ("up", "down"), ("up", "down", "1", "2", "3")


@dataclass
class Told:
    """A log on a clock that the test moves, and what it wrote."""

    now: float = 10.0
    rows: list[dict] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.log = EventLog(lambda: self.now, lambda rows, sync: self.rows.extend(rows))
        self.log.begin()

    def at(self, now: float) -> EventLog:
        self.now = float(now)
        return self.log

    def written(self, kind: str) -> list[tuple]:
        self.log.write()
        names = ("onset", "duration", "trial", "detail")
        of_kind = [row for row in self.rows if row["kind"] == kind]
        return [tuple(row.get(name) for name in names) for row in of_kind]


@pytest.fixture
def told() -> Told:
    return Told()


def down(key: str, at: float, *also: str, held: bool = False) -> list[Heard]:
    return [Heard(key, also, True, at, held)]


def test_where_nothing_was_drawn_that_was_due_is_a_stall(told):
    told.log.phase("choice", 4, CHOICES, ALL)
    for now in (11, 11 + STALL_S / 2, 12, 12 + STALL_S - 1e-6):
        told.at(now).looks([], False)
    # Pages and images that are loaded draw nothing, and stall nothing.
    told.log.rests()
    told.at(15).looks([], False)
    told.log.phase("before", 5)
    told.at(15.25).looks([], False)
    stalls = told.written("stall")
    assert [(onset, trial) for onset, _, trial, _ in stalls] == [(11 + STALL_S / 2, 4), (15, 5)]
    assert [seconds for _, seconds, _, _ in stalls] == pytest.approx([1 - STALL_S / 2, 0.25])


@pytest.mark.parametrize(
    ("when", "key", "at", "detail"),
    [
        ("page", "up", 20.5, "up other"),
        ("before", "up", 20.5, "up early"),
        ("choice", "up", 20.5, "up extra"),
        ("choice", "3", 20.5, "3 early"),
        ("choice", "x", 20.5, "x other"),
        ("choice", "up", 21.5, "up late"),
        ("confidence", "up", 20.5, "up extra"),
        ("confidence", "3", 20.5, "3 extra"),
        ("rating", "up", 20.5, "up early"),
        ("after", "3", 20.5, "3 late"),
        ("after", "x", 20.5, "x other"),
        # What was pressed before it came is of what was there.
        ("after", "up", 19.5, "up early"),
    ],
)
def test_why_a_press_did_not_count_is_told(told, when, key, at, detail):
    told.log.phase("before", 3, answers=ALL, begun=19)
    wanted = {"page": ("space",), "choice": CHOICES, "confidence": ALL[2:]}.get(when, ())
    answers = () if when == "page" else ALL
    told.log.phase(when, None if when == "page" else 3, wanted, answers, begun=20, until=21)
    told.at(22).looks(down(key, at), False)
    assert told.written("press") == [(at, None, None if when == "page" else 3, detail)]


def test_presses_that_count_that_are_held_or_typed_elsewhere_are_told_apart(told):
    told.log.phase("choice", 3, ("8",), ALL, begun=20)
    told.at(21).looks(down("num_8", 20.5, "8"), False)
    told.log.counts(Press("8", 0.5, at=20.5))
    told.at(22).looks(down("num_8", 21.5, "8", held=True), False)
    told.at(23).looks(down("p", 22.5), True)
    told.at(24).looks(down("escape", 23.5), False)
    told.at(25).looks(down("escape", 24.5), True)
    details = [detail for *_, detail in told.written("press")]
    assert details == ["num_8", "num_8 held", "key away", "escape", "key away"]


def test_what_was_pressed_before_the_run_is_not_of_it():
    told = Told(now=10.0)
    told.log.looks(down("up", 9.9), False)
    told.log.looks([*down("up", 9.95), *down("up", 10.5)], False)
    assert [onset for onset, *_ in told.written("press")] == [10.5]


def test_a_page_whose_hint_comes_is_one_page_and_the_next_ends_it(told):
    begun = []
    told.at(11).page("instructions 1", lambda: begun.append(told.now))
    told.at(12).page("instructions 1", lambda: begun.append(told.now))
    told.at(13).page("instructions 2", lambda: begun.append(told.now))
    told.at(14).end("stopped")
    assert told.written("page") == [
        (11, 2, None, "instructions 1"),
        (13, 1, None, "instructions 2"),
    ]
    # Presses are told in the time of what is on the page now.
    assert begun == [11, 12, 13]


def test_a_pause_ends_however_it_is_left(told):
    def leave() -> None:
        with told.at(11).pause("escape"):
            told.now = 12.0
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    pauses = told.written("pause")
    assert pauses == [(11, None, None, "begin escape"), (12, None, None, "end escape")]


def test_focus_is_of_the_trial_in_which_it_was_lost(told):
    told.log.phase("choice", 3, CHOICES, ALL)
    told.at(11).focus(True)
    told.log.phase("page")
    told.at(12).focus(False)
    assert told.written("focus") == [(11, None, 3, "lost"), (12, None, None, "back")]


def test_images_stand_before_what_they_ask(told):
    told.at(11).appears("images", "natural", 3)
    told.log.asks("choice", 3, 11.0)
    told.log.answers("upper", 12.0, 1.0)
    told.log.images_end(12.0)
    told.log.write()
    assert [row["kind"] for row in told.rows] == ["session", "images", "choice"]
