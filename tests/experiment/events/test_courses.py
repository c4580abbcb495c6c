"""Whatever keys come when: each is told once, and the events of each answer are whole."""

from collections import Counter
from dataclasses import asdict

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conditions.study.answering import Timing
from conditions.tables.events import AWAY, EVENTS, UNCOUNTED, UNNAMED
from experiment.events.log import MANY_KEYS
from tests.experiment.events.course import PERIOD, ZERO, Course, run
from tests.experiment.events.whole import check_order, check_trial

# Keys that answer, one that goes on, one that means nothing, and the operator's.
KEYS = ("up", "down", "1", "2", "3", "e", "space", "x", "escape")
MOMENT = st.floats(0, 3)
# When, which, and how long it is held: also shorter than a refresh.
TAPS = st.lists(st.tuples(MOMENT, st.sampled_from(KEYS), st.floats(0.001, 0.4)), max_size=12)
AWAYS = st.lists(st.tuples(MOMENT, st.floats(0.01, 0.3)), max_size=2)
# A key that is stuck from a moment on, which says so 500 times a second.
STUCK = st.one_of(st.none(), st.none(), st.tuples(MOMENT, st.sampled_from(KEYS)))
REPEATS_S = 0.002
SECONDS = st.sampled_from([0.0, 0.05, 0.2])
# Of a usual disk, and of a slow one.
SAVING = st.sampled_from([0.0, 0.05])
# The next trial begins at once.
NO_PAUSE = Timing(fixation=0, feedback_delay=0, feedback=0, blank=0)
SHORT = NO_PAUSE.model_copy(update={"deadline": 0.3})
PRESSED_ON = [(0.2, "up", 0.01), (0.4, "1", 0.01), (0.43, "up", 0.01)]
TIMINGS = st.builds(
    Timing,
    fixation=SECONDS,
    feedback_delay=SECONDS,
    feedback=SECONDS,
    blank=SECONDS,
    deadline=st.sampled_from([None, 0.3, 1.0]),
)


def events_of(course: Course) -> pd.DataFrame:
    who = {"participant": 1, "session": 1, "run": 1}
    rows = pd.DataFrame([who | row for row in course.rows], columns=EVENTS.column_names)
    rows["detail"] = rows["detail"].replace("", None)
    return rows.astype({"trial": "Int64", "duration": "float64", "detail": "string"})


def _check_late(events: pd.DataFrame, number: int, answered: float, saving: float) -> None:
    during = (events.kind == "press") & events.onset.between(answered, answered + saving, "neither")
    for row in events[during & events.detail.str.endswith((" late", " early"))].itertuples():
        assert (row.trial, row.detail.split()[1]) == (number, "late")


@given(TAPS, STUCK, AWAYS, TIMINGS, st.sampled_from(["two_stage", "combined"]), SAVING)
@example(PRESSED_ON, None, [], NO_PAUSE, "two_stage", 0.05)
@example([], (0.0, "1"), [(0.390625, 0.03125)], SHORT, "two_stage", 0.05)
@settings(max_examples=60, deadline=None)
def test_events_are_complete_ordered_and_nested(taps, stuck, aways, timing, mode, saving):
    keys = [(at + up, key, not up) for at, key, held in taps for up in (0, held)]
    if stuck is not None:
        keys += [(stuck[0] + i * REPEATS_S, stuck[1], True) for i in range(500)]
    away = [(start, start + seconds) for start, seconds in aways]
    course = run(Course(keys, away, timing, mode, trials=3, saving=saving))
    events = events_of(course)
    check_order(events)
    assert [number for number, _ in course.answers] == [0, 1, 2]
    for number, answer in course.answers:
        trial = {"trial": number, "condition": "none", "catch": False}
        check_trial(events[events.trial == number], trial | asdict(answer))
        # Until the answer is on the disk nobody looks; what was pressed then is of this trial.
        shown = events[(events.kind == "images") & (events.trial == number)].iloc[-1]
        _check_late(events, number, shown.onset + shown.duration, saving)
    # Whatever is written has no frame to wait for: never much at once.
    at_once = MANY_KEYS + (saving + 4 * PERIOD) / REPEATS_S + 2 * len(taps) + 16
    assert stuck is None or max(course.written) < at_once
    # Each key that was heard, and none twice.
    told = events[events.kind.isin(("press", "release"))]
    heard = Counter((round(each.at - ZERO, 6), each.down) for each in course.heard)
    assert heard == Counter((round(row.onset, 6), row.kind == "press") for row in told.itertuples())
    named = {(round(each.at - ZERO, 6), each.key) for each in course.heard}
    for row in told.itertuples():
        key = row.detail.split()[0]
        assert key == UNNAMED or (round(row.onset, 6), key) in named
    pressed = told[told.kind == "press"].detail.str.split()
    assert {words[1] for words in pressed if len(words) > 1} <= set(UNCOUNTED)
    # As many presses count in trials as answers have, but for what was interrupted.
    counted = told[(told.kind == "press") & told.trial.notna() & ~told.detail.str.contains(" ")]
    answers = sum((a.rt is not None) + (a.confidence_rt is not None) for _, a in course.answers)
    cut = (events.detail == "interrupted").sum()
    assert answers <= (counted.detail != "escape").sum() <= answers + cut
    # Not even the name is written down of what was typed into another window, once a look has
    # found that it has the keys: while an answer goes to the disk there is none.
    for row in told.itertuples():
        if any(start + PERIOD + saving < row.onset < end for start, end in away):
            assert row.detail in (UNNAMED, f"{UNNAMED} {AWAY}")
    if not away:
        assert not told.detail.str.startswith(UNNAMED).any()
