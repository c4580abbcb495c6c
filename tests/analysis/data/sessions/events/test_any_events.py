"""Whatever a table of events holds, it is read, compared, drawn and shared without a traceback."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.bids.parts import parts_of
from analysis.data.dataset import no_ratings
from analysis.data.sessions.dropped import dropped_frames
from analysis.data.sessions.events.agreement import event_doubts
from analysis.data.sessions.events.attention import focus_doubts
from analysis.data.sessions.events.markers import marker_doubts
from analysis.data.sessions.files import Recorded
from analysis.writing.page import rendered
from analysis.writing.session.event_checks import event_oddities
from analysis.writing.session.lanes import interruptions, lanes_of
from analysis.writing.session.time_line import draw_time_line
from conditions.folder import open_study
from conditions.tables.events import EVENTS, KINDS
from conditions.tables.files import typed
from tests.analysis.events import recorded_trials
from tests.analysis.simulated import simulate_study

DETAILS = (
    *("begin", "end", "begin 1", "end 1", "end complete", "begin rest", "end rest", "begin escape"),
    *("lost", "back", "lsl opened", "lsl lost: gone", "lsl back, 3 codes lost", "lsl back"),
    *("lsl closed while lost, 1 code lost", "lsl clock offset 0.5 ± 0.1", "lsl clock offset -..1"),
    *("up", "up late", "space other", " early", "late", "upper", "interrupted", "natural catch"),
    *("", " ", "0", "end", "ü", "a\tb\nc", "lost lost lost"),
)
EVENT = st.fixed_dictionaries(
    {
        "participant": st.just(1),
        "session": st.integers(1, 2),
        "run": st.integers(1, 4),
        "onset": st.one_of(st.floats(0, 500), st.floats(0, 1e15)),
        "duration": st.one_of(st.none(), st.just(0.0), st.floats(0, 50), st.floats(0, 1e300)),
        "kind": st.sampled_from(KINDS),
        "trial": st.one_of(st.none(), st.integers(0, 30)),
        "detail": st.one_of(st.none(), st.sampled_from(DETAILS), st.text(max_size=12)),
        "code": st.one_of(st.none(), st.integers(1, 255)),
    }
)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = open_study("demo", tmp_path_factory.mktemp("studies"))
    simulate_study(folder, 1)
    return folder, recorded_trials(folder, 1)


def frame_of(rows) -> pd.DataFrame:
    events = typed(pd.DataFrame(rows, columns=EVENTS.column_names), EVENTS)
    return events.sort_values(["run", "onset"], kind="stable", ignore_index=True)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(EVENT, max_size=25), st.integers(0, 7))
def test_any_events_are_told_in_sentences_and_drawn(session, rows, place):
    folder, trials = session
    events, codes = frame_of(rows), folder.study.marker_codes
    said = [
        *event_doubts(trials, no_ratings(), events),
        *focus_doubts(events),
        *marker_doubts(trials, events, codes),
        *event_oddities(trials, events),
    ]
    assert all(text.endswith((".", "?")) and "nan" not in text for text in said)
    parts = parts_of(Recorded(1, folder.session(1), trials, no_ratings(), events=events), True)
    assert sum(len(part.trials) for part in parts) == len(trials)
    assert sum(len(part.events) for part in parts) == len(events)
    assert all((part.events["onset"] >= part.origin).all() for part in parts)
    # One in some is drawn: that takes the most time.
    lanes = lanes_of(events, dropped_frames(folder.session(1) / "frames.csv", trials, 60.0))
    interruptions(events)
    if len(events) and place == 0:
        assert rendered(draw_time_line(events, lanes, {}), "png").startswith(b"\x89PNG")
