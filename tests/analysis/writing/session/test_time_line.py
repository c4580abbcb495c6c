"""The operator's page on the events of a session: its time line, and what is unusual in them."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.data.sessions.dropped import dropped_frames
from analysis.data.sessions.events.spans import Sitting
from analysis.writing.session.checks import oddities, open_session
from analysis.writing.session.lanes import interruptions, lanes_of
from analysis.writing.session.page import write_session_page
from analysis.writing.session.time_line import Axis, draw_time_line
from conditions.study.exclusions import Exclusions
from conditions.tables.files import read_table, write_table
from conditions.tables.sessions import FRAMES, TRIALS
from tests.analysis.events import events_of, leave_events, recorded_trials
from tests.analysis.simulated import simulate_session, simulate_study, write_session
from tests.conftest import in_process

GONE_S = 7200.0


@pytest.fixture
def disturbed(study_folder):
    """A session in two runs, the first cut off in a trial; a function of further events."""
    simulate_study(study_folder, 1)
    path = study_folder.session(1) / "trials.csv"
    trials = read_table(path, TRIALS).assign(dropped_frames=0)
    trials.loc[trials.index >= 10, "onset"] += GONE_S
    write_table(trials, TRIALS, path)
    codes = study_folder.study.marker_codes

    def leave(*more):
        first = events_of(trials[:10], codes, 1, more)
        first = first[~((first["kind"] == "session") & (first["detail"] != "begin"))]
        leave_events(study_folder, first, events_of(trials[10:], codes, 2))
        return open_session(study_folder, 1), trials["onset"].tolist()

    return leave


def lanes(session) -> dict[str, pd.DataFrame]:
    return {lane.name: lane.rows for lane in lanes_of(session.events, session.dropped)}


def page_of(session, path) -> str:
    write_session_page(session, Exclusions(), "Title", path)
    return path.read_text(encoding="utf-8")


def test_the_page_of_a_session_without_events_is_as_it_was(study_folder, tmp_path):
    simulate_study(study_folder, 1)
    page = page_of(open_session(study_folder, 1), tmp_path / "page.html")
    assert "Time line" not in page
    assert page.count("data:image/png") == 1


def test_runs_are_shown_side_by_side_and_what_lay_between_is_said(disturbed, tmp_path):
    session, onsets = disturbed()
    page = page_of(session, tmp_path / "page.html")
    assert page.count("data:image/png") == 2
    assert "Time line of 2 runs of" in page
    assert "in 2 runs" in page
    minutes = float(re.search(r"catch trials in ([\d.]+) minutes", page)[1])
    assert 1 < minutes < 10
    axes = draw_time_line(session.events, lanes_of(session.events, session.dropped), {}).axes[0]
    words = [text.get_text() for text in axes.texts]
    assert words[:2] == ["Run", "1"]
    gap = onsets[10] - 4 - (session.events["onset"][session.events["run"] == 1].max())
    assert 7190 < gap < 7210
    assert any(re.fullmatch(r"cut off, (119 min|2 h 0 min) later", word) for word in words)


def test_lanes_hold_what_happened(disturbed):
    quiet, onsets = disturbed()
    assert {name: len(rows) for name, rows in lanes(quiet).items()} == {
        "Trials": 25,
        "Interrupted": 0,
        "Pages": 4,
        "Breaks": 0,
        "Focus lost": 0,
        "Stalls": 0,
        "Dropped frames": 0,
        "Presses in vain": 0,
        "Markers lost": 0,
    }
    lost = onsets[4] + 0.5
    session, _ = disturbed(
        (onsets[2] - 2.4, None, "pause", None, "begin rest", 5),
        (onsets[2] - 1.9, None, "pause", None, "end rest", 6),
        (onsets[3] - 0.2, None, "press", 3, "up early", None),
        (onsets[3] + 0.2, 0.25, "stall", 3, None, None),
        (lost, None, "focus", 4, "lost", 7),
        (lost + 3, None, "focus", None, "back", 8),
        (onsets[5], None, "marker", None, "lsl opened", None),
        (onsets[6], None, "marker", None, "lsl lost: gone", None),
    )
    found = lanes(session)
    for name in ("Breaks", "Focus lost", "Stalls", "Presses in vain", "Markers lost"):
        assert len(found[name]) == 1
    assert found["Breaks"]["what"].tolist() == ["rest"]
    assert (found["Focus lost"]["end"] - found["Focus lost"]["start"]).tolist() == pytest.approx(
        [3.0]
    )
    # An outlet that did not come back was lost to the end of its run, not for two hours.
    assert found["Markers lost"]["end"].item() < onsets[9] + 60
    rows = interruptions(session.events).to_dict("records")
    assert [(row["what"], row["trial"]) for row in rows] == [
        ("stall", 3),
        ("another window in front", 4),
        ("outlet lsl lost", 6),
    ]
    assert rows[0]["at"] == pytest.approx(onsets[3] + 0.2 - (onsets[0] - 4))


def test_a_trial_that_was_interrupted_is_one_of_its_own(disturbed):
    _, onsets = disturbed()
    begun = onsets[3] - 1.05
    session, _ = disturbed(
        (begun, 0.04, "images", 3, "natural", None),
        (begun, 0.04, "choice", 3, "interrupted", None),
    )
    found = lanes(session)
    assert found["Interrupted"]["start"].tolist() == [begun]
    assert len(found["Trials"]) == 25


def test_what_is_unusual_is_told(disturbed):
    quiet, onsets = disturbed()
    before = oddities(quiet, Exclusions())
    few = [(onsets[i] - 0.2, None, "press", i, "up early", None) for i in range(3)]
    away = [(onsets[i] + 0.2, None, "press", i, "x away", None) for i in range(9)]
    assert oddities(disturbed(*few, *away)[0], Exclusions()) == before
    many = [(onsets[i] + 0.1, None, "press", i, "space other", None) for i in range(2, 6)]
    stall = (onsets[3] + 0.2, 0.25, "stall", 3, None, None)
    on_a_page = (onsets[0] - 3, 0.5, "stall", None, None, None)
    found = set(oddities(disturbed(*few, *many, stall, on_a_page)[0], Exclusions())) - set(before)
    assert found == {
        "Keys were pressed in vain in 6 of 25 trials (4 other and 3 early): were the keys "
        "understood, or a hand on the wrong ones?",
        "The screen stood still while images were shown, in 1 trial (3), at the longest for "
        "0.25 s.",
    }


def test_a_key_that_is_stuck_is_told_and_drawn(disturbed, tmp_path):
    onset = disturbed()[1][4]
    stuck = [(onset + i / 1e5, None, "press", 4, "up held", None) for i in range(20_000)]
    session, _ = disturbed(*stuck)
    words = "Keys were pressed in vain in 1 of 25 trials (20000 held)"
    assert words in page_of(session, tmp_path / "page.html")


def test_the_command_warns_in_the_terminal(disturbed, study_folder):
    onsets = disturbed()[1]
    disturbed(
        (onsets[6], None, "marker", None, "file lost: [Errno 28] No space left on device", None),
        (onsets[7], None, "focus", 7, "lost", None),
    )
    done = in_process("analysis", "session", str(study_folder.path), "1")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "! The outlet file was lost at" in said
    assert "! Another window took the keyboard while images were shown: trial" in said


def frames_of(trials, intervals):
    rows = [(trial, i, ms) for trial in trials for i, ms in enumerate(intervals[trial], start=1)]
    return pd.DataFrame(rows, columns=FRAMES.column_names)


def test_dropped_frames_stand_where_they_were_dropped(study_folder, tmp_path):
    trials = simulate_session(study_folder.study, 1, np.random.default_rng(1))
    trials = trials.assign(dropped_frames=0).astype({"onset": float})
    trials.loc[trials.index[:3], "dropped_frames"] = [2, 0, 1]
    first, second, third = trials["trial"][:3]
    intervals = {first: [16.7, 50.0, 16.6, 33.4], second: [90.0], third: [16.7]}
    path = tmp_path / "frames.csv"
    write_table(frames_of([first, second, third], intervals), FRAMES, path)
    onsets = trials["onset"]
    exact = [onsets[0] + 0.0667, onsets[0] + 0.1167, onsets[2]]
    assert dropped_frames(path, trials, 60.0)["at"].tolist() == pytest.approx(exact)
    rough = [onsets[0], onsets[2]]
    assert dropped_frames(path, trials, None)["at"].tolist() == rough
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    assert len(dropped_frames(path, trials, 60.0)) == 3
    path.write_bytes(whole.replace(b"50.0", b"\0\0"))
    assert dropped_frames(path, trials, 60.0)["at"].tolist() == rough
    path.unlink()
    assert dropped_frames(path, trials, 60.0)["at"].tolist() == rough


lengths = st.lists(st.tuples(st.floats(0, 8000), st.floats(-5, 400000)), min_size=1, max_size=40)


@given(lengths)
def test_runs_are_drawn_in_order_within_the_axis_and_never_over_each_other(runs):
    now, begun = 0.0, []
    for i, (length, gap) in enumerate(runs, start=1):
        now = max(0.0, now + gap)
        begun.append(Sitting(1, i, now, now + length))
        now += length
    axis = Axis.of(begun)
    order = pd.Series([sitting.run for sitting in begun])
    left = axis.place(order, pd.Series([sitting.start for sitting in begun]))
    right = axis.place(order, pd.Series([sitting.end for sitting in begun]))
    assert left[0] == pytest.approx(0, abs=1e-6)
    assert right[-1] == pytest.approx(axis.length, abs=1 / 60)
    assert (right - left >= -1e-6).all()
    assert (left[1:] - right[:-1]).tolist() == pytest.approx([axis.gap] * (len(begun) - 1))
    assert axis.gap > 0


@pytest.mark.parametrize("runs", [1, 2, 25])
def test_a_session_of_any_number_of_runs_is_drawn_legibly(study_folder, runs):
    trials = simulate_session(study_folder.study, 1, np.random.default_rng(1))
    trials["onset"] += np.arange(len(trials)) * 100.0
    write_session(study_folder, trials)
    parts = [trials.iloc[part] for part in np.array_split(np.arange(len(trials)), runs)]
    leave_events(study_folder, *(events_of(part, None, i) for i, part in enumerate(parts, start=1)))
    assert len(recorded_trials(study_folder, 1)) == len(trials)
    session = open_session(study_folder, 1)
    figure = draw_time_line(session.events, lanes_of(session.events, session.dropped), {})
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    axes, renderer = figure.axes[0], canvas.get_renderer()
    assert (runs > 1) == bool(axes.texts)
    assert len(axes.get_xticks()) > 1
    for labels in (axes.get_xticklabels(), axes.texts):
        boxes = [label.get_window_extent(renderer) for label in labels]
        for a, b in pairwise(boxes):
            assert not a.overlaps(b)
