"""Answers cut into files anywhere, and a collecting that is cut off anywhere, give one session."""

import contextlib
import shutil
import tracemalloc
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conditions.folder import StudyFolder, open_study
from experiment.records.recorder import TableRecorder
from experiment.web.collecting.answers import read_runs
from experiment.web.collecting.collect import collect
from tests.experiment.records.sessions import everything
from tests.experiment.web.simulated import Browser, text_of


class KillError(BaseException):
    """In the place of a power cut: nothing catches it."""


@pytest.fixture(scope="module")
def browser(tiny) -> Browser:
    """Two reloads, the second in the repeats."""
    browser = Browser(tiny, 1).open().play(6)
    browser.clock += 30
    browser.open().play(15)
    browser.clock += 500
    return browser.open().play()


@pytest.fixture(scope="module")
def whole(tiny, browser, tmp_path_factory) -> dict[str, bytes]:
    folder = bare(tiny, tmp_path_factory.mktemp("whole"))
    file = browser.save(folder.path.parent / "answers.jsonl")
    assert collect(folder, [file], lambda line: None) == []
    return tables(folder)


def bare(tiny: StudyFolder, place) -> StudyFolder:
    """The study without images."""
    copy = place / "study"
    shutil.copytree(tiny.conditions, copy / "conditions")
    shutil.copyfile(tiny.study_file, copy / "study.yaml")
    return open_study(str(copy), place)


def tables(folder: StudyFolder) -> dict[str, bytes]:
    found = everything(folder.session(1))
    return {name: text for name, text in found.items() if name.endswith((".csv", ".jsonl"))}


def cut_off(writes: int, letters: int):
    """Writing that ends after so many tables, and some letters of the next."""
    plain, count = TableRecorder.write, iter(range(writes))

    def write(self, text, sync=True):
        if next(count, None) is not None:
            return plain(self, text, sync)
        plain(self, text[:letters], sync)
        raise KillError

    return write


few = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@few
@given(cuts=st.lists(st.integers(1000, 40_000), max_size=4), again=st.booleans())
def test_files_that_grow_give_what_the_last_one_gives(
    tiny, browser, whole, tmp_path_factory, cuts, again
):
    folder = bare(tiny, tmp_path_factory.mktemp("grown"))
    text, file = browser.text.encode(), folder.path.parent / "answers.jsonl"
    for cut in [*sorted(cuts), len(text)]:
        file.write_bytes(text[:cut])
        assert collect(folder, [file, file][: 1 + again], lambda line: None) == []
    assert tables(folder) == whole


@few
@given(
    kills=st.lists(st.tuples(st.integers(1, 8), st.integers(0, 60)), min_size=1, max_size=3),
    cut=st.integers(4000, 36_000),
)
def test_collecting_that_is_cut_off_is_done_again(
    tiny, browser, whole, tmp_path_factory, kills, cut
):
    """In any table, in the middle of a row: first of a part, then of all."""
    folder = bare(tiny, tmp_path_factory.mktemp("killed"))
    text, file = browser.text.encode(), folder.path.parent / "answers.jsonl"
    for part in (text[:cut], text):
        file.write_bytes(part)
        for table, letters in kills:
            killed = mock.patch.object(TableRecorder, "write", cut_off(table, letters))
            with killed, contextlib.suppress(KillError):
                collect(folder, [file], lambda line: None)
        assert collect(folder, [file], lambda line: None) == []
    found = tables(folder)
    assert found == whole
    # Rows that were torn are kept beside their table, and nothing else is left.
    left = {name for name in everything(folder.data) if not name.startswith("sub-001/")}
    assert not left


def test_answers_of_many_people_have_room_in_memory(browser):
    """What is held until it is written takes the room of its text, not that of its numbers."""
    long = [
        record | {"frame_intervals_ms": [16 + number % 7 / 10 for number in range(1000)]}
        if record["type"] == "trial"
        else record
        for record in browser.records
    ]
    text = text_of(long).encode()
    read_runs("once", text)
    tracemalloc.start()
    try:
        held = read_runs("answers.jsonl", text)
        assert len(held.runs) == 3
        assert tracemalloc.get_traced_memory()[0] < 2 * len(text)
    finally:
        tracemalloc.stop()
