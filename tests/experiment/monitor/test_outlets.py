"""The operator's view of outlets for markers."""

import pytest
from rich.console import Console

from conditions.tables.events import EVENTS
from experiment.monitor.command import Screen
from experiment.monitor.watching import Watch
from experiment.records.recorder import header, lines
from tests.experiment.monitor.watched import answer, session


def event(run: int, detail: str, kind: str = "marker") -> dict:
    who = {"participant": 1, "session": 1, "run": run}
    return who | {"onset": 1.0, "kind": kind, "detail": detail}


def said(folder, *events: dict, end: str = "") -> str:
    data = session(folder, 1, [answer(0)])
    if events:
        text = header(EVENTS) + lines(EVENTS, *events) + end
        (data / "events.csv").write_text(text, encoding="utf-8")
    console = Console(width=200, markup=False, emoji=False, highlight=False)
    with console.capture() as captured:
        console.print(Screen(folder, Watch(folder)).look())
    return captured.get()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (["lsl opened", "eeg opened"], "lsl opened; eeg opened"),
        (
            ["eeg opened", "lsl opened", "lsl clock offset 4.2 ± 0.0", "eeg lost: No such device"],
            "eeg lost: No such device; lsl opened",
        ),
        (
            ["eeg opened", "eeg lost: No such device", "eeg back, 4 codes lost"],
            "eeg back, 4 codes lost",
        ),
    ],
)
def test_the_last_word_of_each_outlet_is_shown(folder, told, words):
    assert f"markers   {words} " in said(folder, *(event(1, each) for each in told))


def test_only_the_last_run_counts_and_half_a_row_does_not(folder):
    rows = event(1, "eeg lost: gone"), event(1, "marker", "page"), event(2, "lsl opened")
    words = said(folder, *rows, end="1,1,2,3.0,,marker,,lsl lost: go")
    assert "markers   lsl opened " in words
    assert "eeg" not in words


def test_a_session_without_outlets_or_events_says_nothing_of_them(folder):
    assert "markers" not in said(folder)
    assert "markers" not in said(folder, event(1, "begin", "session"))
