"""The picture of a calibration: curves, what they miss, and what is left after correction."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from conditions.rig.luminance import LEVELS, TOP, Luminance
from experiment.calibration.patches import SHOWN, Reading
from experiment.calibration.summary import errors_after_correction, verification

# Okabe and Ito's palette, nearest to the channels' own names.
COLOURS = {"red": "#D55E00", "green": "#009E73", "blue": "#0072B2", "grey": "#555555"}
MARKERS = {"red": "o", "green": "s", "blue": "^", "grey": "D"}


def draw_curves(title: str, luminance: Luminance, fresh: list[Reading]) -> Figure:
    """Three panels: luminance by level, distance of readings from the curve, and verification.

    Parameters
    ----------
    title : str
        Which rig it is, and when it was measured.
    luminance : Luminance
        What was measured.
    fresh : list of Reading
        Readings after correction.
    """
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, middle, right = figure.subplots(1, 3)
    errors = errors_after_correction(luminance, fresh)
    for name in SHOWN:
        _draw_channel(left, middle, luminance, name)
        _draw_verified(right, name, errors)
    left.set_ylabel("Luminance (cd/m²)")
    left.set_title("Readings and curves", loc="left", fontsize="medium")
    left.legend(frameon=False)
    middle.set_ylabel("Reading − curve (% of range)")
    middle.set_title("What the curves miss", loc="left", fontsize="medium")
    right.set_ylabel("Reading − wanted (% of range)")
    found = verification(luminance, fresh)
    right.set_title(
        f"After correction, at most {found.worst_percent:.2g} % off", loc="left", fontsize="medium"
    )
    for axes, label in ((left, "Level"), (middle, "Level"), (right, "Pixel value")):
        axes.set_xlabel(label)
        axes.set_xlim(-6, TOP + 6)
        axes.set_xticks([0, 64, 128, 192, TOP])
        axes.spines[["top", "right"]].set_visible(False)
    for axes in (middle, right):
        axes.axhline(0, color="black", linewidth=0.8)
        reach = max(1.0, *np.abs(axes.get_ylim()))
        axes.set_ylim(-reach, reach)
    simulated = ", simulated: no real screen" if luminance.simulated else ""
    figure.suptitle(f"{title}{simulated}", x=0.01, ha="left")
    return figure


def _draw_channel(left: Axes, middle: Axes, luminance: Luminance, name: str) -> None:
    channel = getattr(luminance, name)
    curve, measured = luminance.curve_of(channel), channel.measured
    label = name
    if luminance.curve == "fit":
        gamma = channel.fit.gamma
        label = f"{name}: gamma {gamma.value:.2f} ± {(gamma.high - gamma.low) / 2:.2f}"
    look: dict[str, Any] = {"color": COLOURS[name], "marker": MARKERS[name], "markersize": 4}
    left.plot(np.arange(LEVELS), curve, color=COLOURS[name], linewidth=1)
    left.plot(channel.levels, measured, linestyle="none", label=label, **look)
    off = 100 * (measured - curve[channel.levels]) / (curve[-1] - curve[0])
    middle.plot(channel.levels, off, linewidth=0.6, **look)


def _draw_verified(axes: Axes, name: str, errors: dict[tuple[str, int], float]) -> None:
    mine = {value: off for (channel, value), off in errors.items() if channel == name}
    look: dict[str, Any] = {"color": COLOURS[name], "marker": MARKERS[name], "markersize": 4}
    axes.plot(list(mine), list(mine.values()), linestyle="none", **look)
