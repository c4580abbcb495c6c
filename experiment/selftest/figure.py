"""The figure of a self-test: intervals between flips, trials, sections and keys."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from conditions.rig.selftest import SelfTest
from experiment.selftest.flips import LATE, late
from experiment.selftest.outputs.panel import draw_outputs
from experiment.selftest.presses import Heard
from experiment.selftest.trials import TrialTimes
from experiment.selftest.wording import conclusions

# Okabe and Ito's palette.
BLUE, RED, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"
TITLE_WIDTH = 165
# Timeline, histogram, trials (R), sections, keys.
PANELS = "TTH;RSK"
# With outlets for markers (M).
PANELS_WITH_OUTPUTS = "TTTH;RSKM"


def draw_selftest(
    test: SelfTest,
    times: list[float],
    trials: TrialTimes,
    heard: list[Heard],
    pressed: list[float],
    taken: Mapping[str, Sequence[float]] | None = None,
) -> Figure:
    """Five panels; one more where the rig has outlets for markers.

    Parameters
    ----------
    test : SelfTest
        What was found.
    times : list of float
        When each flip returned, in seconds.
    trials : TrialTimes
        What trials took.
    heard : list of Heard
        Presses.
    pressed : list of float
        Times at which a script pressed; empty where a person did, or where one was lost.
    taken : mapping, optional
        By outlet, seconds from each flip until the outlet had taken its code.
    """
    wide, mosaic = (17, PANELS_WITH_OUTPUTS) if test.outputs else (13, PANELS)
    figure = Figure(figsize=(wide, 7.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplot_mosaic(mosaic, height_ratios=[1.15, 1])
    period = 1 / test.refresh_hz
    _draw_timeline(panels["T"], times, period, test.refresh_measured)
    _draw_histogram(panels["H"], test, period)
    _draw_trials(panels["R"], trials, test.trials.gap_asked_ms)
    _draw_sections(panels["S"], test, period)
    _draw_keys(panels["K"], test, heard, pressed)
    if test.outputs:
        draw_outputs(panels["M"], test.outputs, taken or {})
    for axes in panels.values():
        axes.spines[["top", "right"]].set_visible(False)
    title = f"Rig {test.rig} on {test.host}, {test.measured_at:%Y-%m-%d %H:%M}"
    says = [line for each in conclusions(test) for line in wrap(each, TITLE_WIDTH)]
    figure.suptitle("\n".join([title, *says]), x=0.01, ha="left", fontsize="medium")
    return figure


def _draw_timeline(axes: Axes, times: list[float], period: float, measured: bool) -> None:
    intervals, since = np.diff(times), np.asarray(times[1:]) - times[0]
    missed = late(intervals, period)
    ms = 1000 * intervals
    axes.plot(since[~missed], ms[~missed], ".", markersize=2.5, color=BLUE, label="in time")
    label = f"missed: {missed.sum():,} of {len(ms):,}"
    axes.plot(since[missed], ms[missed], "x", markersize=5, color=RED, label=label)
    how = "measured" if measured else "as the rig file says"
    refresh = f"refresh ({how}): {1000 * period:.2f} ms"
    axes.axhline(1000 * period, color="black", linewidth=0.8, label=refresh)
    bound = f"missed above {LATE:g} refreshes"
    axes.axhline(1000 * LATE * period, color=RED, linewidth=0.8, linestyle="--", label=bound)
    axes.set_ylim(0, 1.25 * max(ms.max(), 1000 * LATE * period))
    axes.set_xlabel("Time (s)")
    axes.set_ylabel("Interval between flips (ms)")
    axes.set_title("Flips of the heaviest trial", loc="left", fontsize="medium")
    axes.legend(frameon=False, ncols=2, fontsize="small", loc="upper left")


def _draw_histogram(axes: Axes, test: SelfTest, period: float) -> None:
    lengths, counts = zip(*test.flips.histogram, strict=True)
    colours = [RED if length > 1000 * LATE * period else BLUE for length in lengths]
    axes.bar(lengths, counts, width=test.flips.bin_ms, color=colours)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylim(0.7, 3 * max(counts))
    reach = max(max(lengths) + 1, 2200 * period)
    # Beyond a few refreshes there is nothing but the odd stall.
    for number in range(1, min(int(reach / (1000 * period)), 6) + 1):
        axes.axvline(1000 * number * period, color="black", linewidth=0.6, linestyle=":")
        axes.annotate(
            f"{number}",
            (1000 * number * period, 1),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            fontsize="small",
        )
    axes.set_xlim(0, reach)
    axes.set_xlabel(f"Interval (ms, bins of {test.flips.bin_ms:g} ms); dotted: refreshes")
    axes.set_ylabel("Flips (logarithmic)")
    axes.set_title("How long they were\n", loc="left", fontsize="medium")


def _draw_trials(axes: Axes, trials: TrialTimes, asked_ms: float) -> None:
    over = 1000 * np.asarray(trials.gaps) - asked_ms
    _draw_strips(
        axes,
        {
            "decoding\n(in a thread)": 1000 * np.asarray(trials.decoded),
            "waited for it": 1000 * np.asarray(trials.waited),
            "upload": 1000 * np.asarray(trials.uploaded),
            f"gap beyond\n{asked_ms:.0f} ms": over,
        },
    )
    axes.set_xlabel("ms; a dot a trial, line: median")
    axes.set_title("From a trial's end to the next onset", loc="left", fontsize="medium")


def _draw_sections(axes: Axes, test: SelfTest, period: float) -> None:
    # The priority that it got; why it got no other stands in the report's lines.
    names = [
        f"collection {'held' if each.garbage_held else 'free'},\npriority "
        f"{each.priority.partition(' (')[0]}"
        for each in test.sections
    ]
    rows = np.arange(len(names))
    axes.plot([each.median_ms for each in test.sections], rows, "o", color=BLUE)
    axes.plot([each.longest_ms for each in test.sections], rows, "x", color=RED)
    axes.axvline(1000 * period, color="black", linewidth=0.8)
    for row, each in zip(rows, test.sections, strict=True):
        said = f"{each.missed:,} of {each.flips:,} missed"
        axes.annotate(said, (0, row), xytext=(4, 9), textcoords="offset points", fontsize="small")
    axes.set_yticks(rows, names)
    axes.set_ylim(len(names) - 0.3, -0.8)
    axes.set_xlim(0, 1.1 * max(each.longest_ms for each in test.sections))
    axes.set_xlabel("Interval between flips (ms); dot: median, cross: longest, line: refresh")
    axes.set_title("Garbage collection and priority", loc="left", fontsize="medium")


def _draw_keys(axes: Axes, test: SelfTest, heard: list[Heard], pressed: list[float]) -> None:
    axes.set_title(
        f"Keys: {test.keys.heard} of {test.keys.wanted} heard", loc="left", fontsize="medium"
    )
    if not heard:
        axes.set_axis_off()
        return
    stamps = np.asarray([each.press.rt for each in heard])
    strips = {"time stamp\nto program": 1000 * (np.asarray([h.noted for h in heard]) - stamps)}
    if pressed:
        strips["script's press\nto time stamp"] = 1000 * (stamps - np.asarray(pressed))
    _draw_strips(axes, strips)
    axes.set_xlabel("ms; a dot a press, line: median")


def _draw_strips(axes: Axes, strips: dict[str, np.ndarray]) -> None:
    for row, values in enumerate(strips.values()):
        # Spread over a band by their order: equal values stay apart, and the order can be seen.
        axes.plot(values, row + np.linspace(-0.25, 0.25, len(values)), ".", color=BLUE)
        middle = float(np.median(values))
        axes.plot([middle, middle], [row - 0.35, row + 0.35], color="black", linewidth=1.2)
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.set_yticks(range(len(strips)), list(strips))
    axes.set_ylim(len(strips) - 0.5, -0.5)
