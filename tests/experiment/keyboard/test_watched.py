"""Presses count only where the window had the keyboard: whatever comes between two looks."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from experiment.keyboard.listener import ESCAPE, Heard, Press
from experiment.keyboard.watched import WatchedKeyboard

# Another window takes the keyboard, ours gets it back, somebody presses a key or Escape, and the
# session looks: in any order, as often as they like.
STEPS = st.lists(st.sampled_from(["takes", "back", "key", ESCAPE, "look"]), max_size=40)


class World:
    """A keyboard, its owner, and a clock that ticks with each step: both protocols in one."""

    def __init__(self) -> None:
        self.ours, self.left, self.now, self.escaped = True, False, 0, False
        self.typed: list[Press] = []
        self.heard: tuple[Heard, ...] = ()
        self.counted: list[Press] = []
        self.fair: set[float] = set()
        self.named: set[float] = set()
        self.keyboard = WatchedKeyboard(self, self, lambda: float(self.now), on_look=self.look)

    def step(self, what: str) -> None:
        self.now += 1
        if what == "takes":
            self.ours, self.left = False, True
        elif what == "back":
            self.ours = True
        elif what == "look":
            self.counted += self.keyboard.presses()
        else:
            self.typed.append(Press(what, float(self.now)))
            if self.ours:
                self.fair.add(float(self.now))

    def presses(self) -> list[Press]:
        typed, self.typed = self.typed, []
        self.heard = tuple(Heard(press.key, (), True, press.rt) for press in typed)
        self.escaped |= any(press.key == ESCAPE for press in typed)
        return typed

    def look(self, heard: Sequence[Heard], ignored: bool) -> None:
        if not ignored:
            self.named |= {each.at for each in heard}

    def held(self, key: str) -> float | None:
        return 1.0

    def kept(self, surely: bool = True) -> bool:
        left, self.left = self.left, False
        return self.ours and not left


@given(STEPS)
@example(["takes", "look", "key", "back", "look"])
@example(["takes", "key", "back", "look"])
@example(["key", "takes", "look", "escape", "back", "look"])
def test_a_press_into_another_window_never_counts(steps):
    world = World()
    for step in [*steps, "look"]:
        world.step(step)
        escapes = [press for press in world.counted if press.key == ESCAPE]
        assert world.keyboard.escaped == bool(escapes)
        assert world.keyboard.held("key") in ((None,) if world.keyboard.away else (1.0,))
    assert {press.rt for press in world.counted} <= world.fair
    assert world.named == {press.rt for press in world.counted}, "no other key is told by its name"
    if "takes" not in steps:
        assert {press.rt for press in world.counted} == world.fair
    assert world.keyboard.lost == ("takes" in steps)
    losses = world.keyboard.losses()
    assert bool(losses) == ("takes" in steps)
    assert all(loss["seconds"] > 0 for loss in losses[:-1])
    assert [loss["seconds"] is None for loss in losses[-1:]] == [world.keyboard.away] * bool(losses)


def test_a_loss_says_what_was_on_the_screen_and_how_long_it_lasted():
    world = World()
    world.keyboard.now("choice", 12)
    for step in ("takes", "look", "key", "look"):
        world.step(step)
    assert world.keyboard.away
    world.keyboard.take_back()
    world.keyboard.now("page")
    for step in ("back", "look"):
        world.step(step)
    wanted = {"phase": "choice", "trial": 12, "at": 2.0, "seconds": 4.0, "again": True}
    assert world.keyboard.losses() == [wanted]
    world.step("key")
    world.step("look")
    assert [press.rt for press in world.counted] == [7.0]
