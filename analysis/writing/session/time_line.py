"""The time line of a session: its runs side by side, and in each what happened when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.data.sessions.events.spans import Sitting, begun_and_ended, sittings
from analysis.figures.style.drawing import new_figure
from analysis.figures.style.looks import Look
from analysis.writing.session.lanes import Lane
from conditions.tables.events import END

# Colours by lane; trials have those of their conditions.
_COLOURS = {
    "Interrupted": "#5A5A5A",
    "Pages": "#8A8A8A",
    "Breaks": "#0072B2",
    "Focus lost": "#D55E00",
    "Stalls": "#882255",
    "Dropped frames": "#000000",
    "Presses in vain": "#7B3FE4",
    "Markers lost": "#D55E00",
}
_LANE_IN, _AROUND_IN = 0.24, 1.0
_WIDTH_IN = 7.2
# Of the drawn time: what stands for the time between two runs, and for all such together.
_GAP, _GAPS = 0.045, 0.4
# From which on words have room in a gap, above a run, and between two labels of the axis.
_ROOM_GAP, _ROOM_RUN, _ROOM_TICK = 0.03, 0.02, 0.055
_STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120)
_TICKS = 10
# Minutes of an axis, at least.
_SHORTEST = 1 / 60


@dataclass(frozen=True)
class Axis:
    """Drawn minutes: those of the runs, one after the other, with a gap of one width between."""

    begun: tuple[Sitting, ...]
    gap: float

    @classmethod
    def of(cls, begun: Sequence[Sitting]) -> "Axis":
        """The axis of some runs in their order."""
        drawn = max(sum(map(_minutes, begun)), _SHORTEST)
        share = min(_GAP, _GAPS / max(1, len(begun) - 1))
        return cls(tuple(begun), share * drawn)

    def begin(self, i: int) -> float:
        """Where a run begins, by its place."""
        return sum(_minutes(sitting) + self.gap for sitting in self.begun[:i])

    def place(self, runs: pd.Series, moments: pd.Series) -> np.ndarray:
        """Where moments of runs are drawn; NaN of a run that is not there."""
        begins = {
            sitting.run: self.begin(i) - sitting.start / 60 for i, sitting in enumerate(self.begun)
        }
        shift = runs.map(begins).astype("float64").to_numpy()
        return moments.to_numpy(dtype="float64") / 60 + shift

    @property
    def length(self) -> float:
        """All that is drawn; of a run of one moment, a second."""
        return max(self.begin(len(self.begun)) - self.gap, _SHORTEST)


def draw_time_line(events: pd.DataFrame, lanes: Sequence[Lane], look: Mapping[str, Look]) -> Figure:
    """Draw the lanes of a session over its time.

    Parameters
    ----------
    events : DataFrame
        Columns of :data:`conditions.tables.events.EVENTS`, of one participant; at least one row.
    lanes : sequence of Lane
        Of :func:`analysis.writing.session.lanes.lanes_of`.
    look : mapping
        Colours of the conditions.
    """
    axis = Axis.of(sittings(events))
    figure, (axes,) = new_figure(_WIDTH_IN, _AROUND_IN + _LANE_IN * len(lanes))
    for place, lane in enumerate(lanes):
        _draw_lane(axes, axis, place, lane, look)
    axes.set_yticks(
        range(len(lanes)), [f"{lane.name} ({len(lane.rows)})" for lane in lanes], fontsize=8.5
    )
    for label, lane in zip(axes.get_yticklabels(), lanes, strict=True):
        label.set_color("black" if len(lane.rows) else "#767676")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(lanes) - 0.5, -0.5)
    axes.set_xlim(-0.004 * axis.length, 1.004 * axis.length)
    axes.spines["left"].set_visible(False)
    _mark_blocks(axes, axis, events)
    _mark_runs(axes, axis, events)
    _label_minutes(axes, axis)
    return figure


def _draw_lane(axes: Axes, axis: Axis, place: int, lane: Lane, look: Mapping[str, Look]) -> None:
    axes.axhline(place, color="#DDDDDD", linewidth=0.6, zorder=0)
    rows = lane.rows[lane.rows["run"].notna()]
    if rows.empty:
        return
    left, right = axis.place(rows["run"], rows["start"]), axis.place(rows["run"], rows["end"])
    colours: str | list[str] = _COLOURS.get(lane.name, "black")
    edge = 0.8
    if lane.name == "Trials":
        # The detail names the condition, and a catch trial after it.
        names = rows["what"].fillna("").str.removesuffix(" catch")
        colours, edge = [look[n].colour if n in look else "#000000" for n in names], 0.2
    bars = list(zip(left, right - left, strict=True))
    axes.broken_barh(bars, (place - 0.34, 0.68), facecolors=colours, edgecolors=colours, lw=edge)


def _mark_blocks(axes: Axes, axis: Axis, events: pd.DataFrame) -> None:
    """Every second block has a shade behind it."""
    for i, block in enumerate(begun_and_ended(events, "block")):
        ends = axis.place(pd.Series([block.run] * 2), pd.Series([block.start, block.end]))
        if i % 2 == 0:
            axes.axvspan(*ends, color="#F1F1F1", linewidth=0, zorder=-1)


def _mark_runs(axes: Axes, axis: Axis, events: pd.DataFrame) -> None:
    """Name the runs above, and between them what lay there."""
    frame = axes.get_xaxis_transform()
    if len(axis.begun) > 1:
        axes.text(-0.01, 1.02, "Run", transform=axes.transAxes, ha="right", fontsize=8.5)
    for i, sitting in enumerate(axis.begun):
        begin, width = axis.begin(i), _minutes(sitting)
        if len(axis.begun) > 1 and width >= _ROOM_RUN * axis.length:
            middle = begin + width / 2
            axes.text(middle, 1.02, f"{sitting.run}", transform=frame, ha="center", fontsize=8.5)
        if i == 0:
            continue
        axes.axvspan(begin - axis.gap, begin, color="#FFFFFF", linewidth=0, zorder=2)
        axes.axvspan(
            begin - 0.85 * axis.gap, begin - 0.15 * axis.gap, facecolor="#E4E4E4", zorder=3
        )
        if axis.gap >= _ROOM_GAP * axis.length:
            middle = begin - axis.gap / 2
            words = _between(axis.begun[i - 1], sitting, events)
            axes.text(
                middle,
                0.5,
                words,
                transform=frame,
                rotation=90,
                ha="center",
                va="center",
                fontsize=7.5,
                zorder=4,
            )


def _between(earlier: Sitting, later: Sitting, events: pd.DataFrame) -> str:
    of_earlier = events[(events["run"] == earlier.run) & (events["kind"] == "session")]
    ended = of_earlier["detail"].fillna("").str.startswith(END).any()
    words = f"{in_time(max(0.0, later.start - earlier.end))} later"
    if later.session != earlier.session:
        return f"session {later.session}, {words}"
    return words if ended else f"cut off, {words}"


def _label_minutes(axes: Axes, axis: Axis) -> None:
    """Minutes of each run, as far as there is room for them."""
    step = next((s for s in _STEPS if axis.length / s <= _TICKS), axis.length / _TICKS)
    places: list[float] = []
    labels: list[str] = []
    for i, sitting in enumerate(axis.begun):
        for minute in np.arange(0, _minutes(sitting) + 1e-9, step):
            place = axis.begin(i) + minute
            if not places or place - places[-1] >= _ROOM_TICK * axis.length:
                places.append(place)
                labels.append(f"{minute:g}")
    axes.set_xticks(places, labels)
    of = "each run" if len(axis.begun) > 1 else "the run"
    axes.set_xlabel(f"Minutes from the start of {of}")


def _minutes(sitting: Sitting) -> float:
    return (sitting.end - sitting.start) / 60


def in_time(seconds: float) -> str:
    """A length of time with the unit that suits it.

    >>> in_time(0.25), in_time(45), in_time(750), in_time(7800), in_time(200000)
    ('0.25 s', '45 s', '12 min', '2 h 10 min', '2 days')
    """
    if seconds < 10:
        return f"{seconds:.2g} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} days"


def clock_face(seconds: float) -> str:
    """Minutes and whole seconds, as of a clock.

    >>> clock_face(5), clock_face(3725.4)
    ('0:05', '62:05')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
