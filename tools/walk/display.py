"""Shows a walk: as a list that moves in a terminal, as plain lines elsewhere."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tools.walk.step import State, Walked
from tools.walk.time_left import (
    clock,
    in_words,
    seconds_left,
    share_done,
    share_of_all,
    slowness,
)

MARKS = {
    State.WAITING: ("·", "dim"),
    State.RUNNING: ("▸", "bold"),
    State.DONE: ("✓", "green"),
    State.WAS_THERE: ("✓", "green"),
    State.FAILED: ("✗", "bold red"),
    State.STOPPING: ("■", "yellow"),
    State.STOPPED: ("■", "yellow"),
}
# After these nothing more is done.
HALTED = {State.FAILED, State.STOPPING, State.STOPPED}
BAR = 24
# In a narrow terminal it gives way to titles, as long as "was done before" has its place.
LEAST_BAR = 16
# Columns of "100%  12:34".
SHARE = 11
# Lines around the list: the title, an empty line, the whole walk's bar.
AROUND = 4
# Plain lines say at each quarter of the whole walk how far it is.
QUARTERS = 4


class Display(Protocol):
    """Who shows a walk."""

    def __enter__(self) -> "Display": ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def show(self, number: int) -> None:
        """Show how it stands; step ``number``, from 0, has moved, begun or ended."""


def display_for(console: Console, title: str, walked: Sequence[Walked]) -> Display:
    """The display that fits where it is printed."""
    moves = console.is_terminal and not console.is_dumb_terminal
    return MovingList(console, title, walked) if moves else PlainLines(console, title, walked)


def outcome(one: Walked) -> str:
    """How a step has ended, in words."""
    if one.state is State.WAS_THERE:
        return "was done before"
    if one.state is State.DONE:
        return f"done in {clock(one.seconds)}"
    return "" if one.state in (State.WAITING, State.RUNNING) else one.state.value


def left(walked: Sequence[Walked]) -> str:
    """The time that is left, in words; a person's sessions are named, for nobody knows theirs."""
    people = sum(one.step.person and not one.ended and not one.there for one in walked)
    words = f"{in_words(seconds_left(walked))} left"
    if not people:
        return words
    return f"{words}, and {'a session' if people == 1 else f'{people} sessions'} of yours"


class MovingList:
    """The steps as a list, the one that runs with its bar, and the whole below."""

    def __init__(self, console: Console, title: str, walked: Sequence[Walked]) -> None:
        self._walked = walked
        self._title = title
        self._console = console
        self._live = Live(console=console, get_renderable=self._drawn, refresh_per_second=4)

    def __enter__(self) -> "MovingList":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, number: int) -> None:
        """Nothing at once: it is drawn anew some times a second."""

    def _drawn(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        # Mark, title, bar, share and clock: in a very narrow terminal the title gives way.
        longest = max(len(one.step.title) for one in self._walked)
        room = self._console.width - SHARE - 4
        bar_width = max(LEAST_BAR, min(BAR, room - longest))
        title = max(8, min(longest, room - bar_width))
        for width in (1, title, bar_width, SHARE):
            table.add_column(no_wrap=True, overflow="ellipsis", width=width)
        slow = slowness(self._walked)
        for one in self._seen():
            mark, style = MARKS[one.state]
            bar: RenderableType = Text(outcome(one), style="dim")
            share = Text("")
            if one.state is State.RUNNING and one.step.person:
                bar = Text("yours")
            elif one.state is State.RUNNING:
                done = share_done(one, slow)
                bar = ProgressBar(total=1, completed=done, width=bar_width)
                share = Text(f"{done:4.0%}  {clock(one.seconds)}")
            table.add_row(Text(mark, style=style), Text(one.step.title, style=style), bar, share)
        whole = share_of_all(self._walked)
        below = Table.grid(padding=(0, 1))
        below.add_row(
            ProgressBar(total=1, completed=whole, width=bar_width),
            f"{whole:4.0%}",
            self._words(),
        )
        return Group(Text(self._title, style="bold"), table, Text(""), below)

    def _words(self) -> str:
        if all(one.ended for one in self._walked):
            return f"done in {clock(sum(one.seconds for one in self._walked))}"
        halted = any(one.state in HALTED for one in self._walked)
        return "" if halted else left(self._walked)

    def _seen(self) -> Sequence[Walked]:
        """The steps that fit on a low terminal: those around the one that runs."""
        room = max(1, self._console.height - AROUND - 1)
        begun = sum(one.state is not State.WAITING for one in self._walked)
        first = min(max(0, begun - room // 2 - 1), max(0, len(self._walked) - room))
        return self._walked[first : first + room]


class PlainLines:
    """A line at the begin and the end of each step, and one at each quarter of the walk."""

    def __init__(self, console: Console, title: str, walked: Sequence[Walked]) -> None:
        self._console = console
        self._title = title
        self._walked = walked
        self._begun: set[int] = set()
        self._quarter = 0

    def __enter__(self) -> "PlainLines":
        if not self._begun:
            self._console.print(self._title, soft_wrap=True)
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, number: int) -> None:
        """Print a line, where there is news."""
        one, count = self._walked[number], len(self._walked)
        if number not in self._begun:
            self._begun.add(number)
            what = " (yours)" if one.step.person else ""
            self._console.print(
                f"[{number + 1}/{count}] {one.step.title}{what} – {left(self._walked)}",
                soft_wrap=True,
            )
        elif one.state is not State.RUNNING:
            self._console.print(f"      {outcome(one)}", soft_wrap=True)
        else:
            self._tell_quarter()

    def _tell_quarter(self) -> None:
        whole = share_of_all(self._walked)
        if (quarter := int(whole * QUARTERS)) > self._quarter:
            self._quarter = quarter
            self._console.print(f"      {whole:.0%} of all, {left(self._walked)}", soft_wrap=True)
