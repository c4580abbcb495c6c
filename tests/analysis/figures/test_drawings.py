"""What figures show: bars that are not cut off, captions of what is drawn, numbers in words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.data.dataset import Dataset
from analysis.data.kinds import Kinds
from analysis.figures import draw_all, intuitiveness, units
from analysis.figures.style.drawing import Drawing, bars_of, hold_bars, new_figure
from analysis.figures.style.means import MANY
from analysis.writing.page import rendered
from tests.analysis.simulated import dataset_of_kinds


def drawn(dataset: Dataset) -> dict[str, Drawing]:
    return {drawing.name: drawing for drawing in draw_all(dataset)}


@pytest.fixture(scope="module")
def published(experiment_1) -> dict[str, Drawing]:
    return drawn(experiment_1)


def test_numbers_in_words_are_those_of_the_drawing(published):
    shows = published["by_condition"].shows
    assert shows.startswith("Correct answers: natural 92.2 %; synthetic 82.0 %; none 43.1 %.")
    assert "Confidence (1–3): natural 2.49" in shows
    assert "natural from 72.0 % (3a) to 100.0 % (4c)" in published["layers"].shows
    assert "87.8 % (hand-picked)" in published["layers"].shows
    assert "none 44.6 % (before) and 41.5 % (after)" in published["learning"].shows
    assert "natural, 45 units: from 40.0 % (mixed5b 5x5)" in published["units"].shows
    assert all(drawing.shows for drawing in published.values())


def test_the_mean_of_all_rated_units_has_the_interval_of_a_mean(published, experiment_1):
    drawing = published["intuitiveness"]
    assert "bars: 95 % intervals of each mean over participants" in drawing.caption
    ratings = experiment_1.ratings.groupby("participant")["rating"].mean()
    (bars,) = bars_of(drawing.figure.axes[0])
    (_, low), (_, high) = bars.lines[2][0].get_segments()[-1]
    assert high - low == pytest.approx(2 * 2.262157 * ratings.sem(), rel=1e-4)


def test_no_axis_cuts_a_bar(published):
    for drawing in published.values():
        for axes in drawing.figure.axes:
            for bars in bars_of(axes):
                for segment in np.concatenate(
                    [np.reshape(lines.get_segments(), (-1, 2)) for lines in bars.lines[2]]
                ):
                    for value, limits in zip(
                        segment, (axes.get_xlim(), axes.get_ylim()), strict=True
                    ):
                        assert min(limits) <= value <= max(limits), drawing.name


def test_axes_hold_bars_in_the_direction_that_they_have():
    figure, (axes,) = new_figure(3, 3)
    axes.errorbar([0.5], [0.99], yerr=[0.05])
    axes.set_ylim(1.0, 0.0)
    hold_bars(figure)
    low, high = axes.get_ylim()
    assert low > 1.04
    assert high == 0.0


def test_captions_tell_only_what_is_drawn(published):
    assert "dashed, with a band: measured without" in published["by_condition"].caption
    assert "Thin lines join" in published["by_condition"].caption
    assert "scheme" not in "".join(drawing.caption for drawing in published.values())
    one = drawn(dataset_of_kinds({"photos": 1.0}, 1, 4))
    for drawing in one.values():
        assert "dashed" not in drawing.caption
        assert "interval" not in drawing.caption.replace("Wilson intervals", "")
        assert "Thin lines" not in drawing.caption
    assert "the one participant" in one["by_condition"].caption


def test_bars_are_within_participants_where_they_share_conditions():
    data = dataset_of_kinds({"photos": 2.0, "maco": 0.5}, 6, 12)
    caption = drawn(data)["by_condition"].caption
    assert "means over 6 participants; bars: 95 % within-participant intervals" in caption
    main = data.trials
    apart = main[(main["participant"] <= 3) == (main["condition"] == "photos")]
    caption = drawn(replace(data, trials=apart))["by_condition"].caption
    assert "bars: 95 % intervals of each mean over participants" in caption


def test_many_participants_are_shapes_and_many_units_curves(monkeypatch):
    monkeypatch.setattr(units, "MANY", 5)
    data = dataset_of_kinds({"photos": 2.0, "none": -0.2}, MANY + 1, 6)
    found = drawn(data)
    assert "Shapes: how participants are distributed" in found["by_condition"].caption
    assert "Thin lines" not in found["by_condition"].caption
    panel = found["by_condition"].figure.axes[0]
    # No dots: one line of means a condition, besides chance and what was measured.
    assert max(len(line.get_xdata()) for line in panel.lines) <= 2
    assert "Bands: 95 % Wilson intervals" in found["units"].caption
    assert found["units"].figure.axes[0].get_xlabel() == "Units, hardest first"


def test_kinds_that_were_rated_are_named_in_the_caption():
    data = dataset_of_kinds({"photos": 1.0, "maco": 1.0}, 2, 2)
    ratings = pd.DataFrame(
        [(p, "beginning", "a", 5 * p) for p in (1, 2)],
        columns=["participant", "moment", "unit", "rating"],
    )
    kinds = Kinds({"photos": "", "maco": ""}, "photos", ("maco", "photos"))
    drawing = intuitiveness.draw(replace(data, kinds=kinds, ratings=ratings))
    assert "that the maco images give of the photos ones?" in drawing.caption


def test_measures_without_values_have_no_panel():
    data = dataset_of_kinds({"photos": 2.0, "maco": 0.5}, 4, 6)
    bare = data.trials.assign(rt=np.nan, confidence=pd.array([pd.NA] * len(data.trials), "Int64"))
    drawing = drawn(replace(data, trials=bare))["by_condition"]
    (panel,) = drawing.figure.axes
    assert panel.get_ylabel() == "Correct answers"
    assert "reaction times" not in drawing.caption


@pytest.mark.filterwarnings("error")
def test_long_names_leave_room_for_panels():
    first, second = "photographs of objects in everyday scenes, seen from the front", "x" * 60
    data = dataset_of_kinds({first: 2.0, second: 1.0, "textures": 1.0, "none": 0.0}, 4, 6)
    for name, drawing in drawn(data).items():
        rendered(drawing.figure, "svg")
        for axes in drawing.figure.axes:
            if axes.get_visible():
                assert axes.get_window_extent().height > 0.3 * 3.2 * drawing.figure.dpi, name
