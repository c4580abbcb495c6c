"""Files of self-tests: where they lie, that none is lost, and what is said of a damaged one."""

import json

import pytest
from matplotlib.figure import Figure
from PIL import Image

from conditions.errors import StudyError
from conditions.rig.selftest import read_selftest, selftest_file
from experiment.selftest.figure import draw_selftest
from experiment.selftest.files import check_free, write_selftest
from tests.experiment.selftest.samples import flip_times, heard, keys, selftest, trial_times


def write(path, test):
    return write_selftest(path, test, Figure(figsize=(1, 1)))


def test_what_was_found_comes_back_from_its_file(tmp_path):
    path, test = tmp_path / "lab-timing.json", selftest()
    figure = draw_selftest(test, flip_times(), trial_times(), heard(), [])
    assert write_selftest(path, test, figure) == []
    assert read_selftest(path) == test
    with Image.open(path.with_suffix(".png")) as picture:
        assert picture.size[0] > 1000
    assert sorted(each.name for each in tmp_path.iterdir()) == ["lab-timing.json", "lab-timing.png"]


def test_earlier_self_tests_are_kept_under_their_date(tmp_path):
    path = tmp_path / "lab-timing.json"
    write(path, selftest(host="a"))
    first = path.read_bytes()
    assert [each.name for each in write(path, selftest(host="b"))] == [
        "lab-timing.2026-11-20.json",
        "lab-timing.2026-11-20.png",
    ]
    assert [each.name for each in write(path, selftest(host="c"))] == [
        "lab-timing.2026-11-20-2.json",
        "lab-timing.2026-11-20-2.png",
    ]
    assert (tmp_path / "lab-timing.2026-11-20.json").read_bytes() == first
    assert read_selftest(path).host == "c"
    path.write_text("damaged")
    assert len(write(path, selftest())) == 2
    assert len(list(tmp_path.iterdir())) == 8


def test_self_tests_of_rigs_that_come_along_lie_in_the_working_folder(tmp_path):
    own, come_along = tmp_path / "rigs", tmp_path / "laboratory"
    assert selftest_file(tmp_path / "x" / "lab.yaml", own, come_along) == (
        tmp_path / "x" / "lab-timing.json"
    )
    assert selftest_file(come_along / "any.yaml", own, come_along) == own / "any-timing.json"


def test_no_rig_loses_its_picture_to_a_self_test(tmp_path):
    check_free(tmp_path / "lab-timing.json")
    (tmp_path / "lab-timing.yaml").write_text("name: lab-timing\n")
    with pytest.raises(StudyError, match=r"lab-timing\.yaml: its files have the names"):
        check_free(tmp_path / "lab-timing.json")


def test_a_folder_that_cannot_be_written_is_told_before_the_test(tmp_path, monkeypatch):
    check_free(tmp_path / "to_be" / "made" / "lab-timing.json")
    assert not list(tmp_path.iterdir())

    def refuse(dir):
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr("experiment.selftest.files.TemporaryFile", refuse)
    with pytest.raises(StudyError, match=r"lab-timing\.json: cannot be written: Permission denied"):
        check_free(tmp_path / "lab-timing.json")
    (tmp_path / "file").write_text("")
    monkeypatch.undo()
    with pytest.raises(StudyError, match=r"lab-timing\.json: cannot be written: Not a directory"):
        check_free(tmp_path / "file" / "lab-timing.json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": 5}, r"lab-timing\.json: host: found 5: wanted text"),
        ({"claim": None}, "claim and reasons: wanted a claim, or why there is none"),
        ({"reasons": ["keys: 3 of 20 presses heard"]}, "claim and reasons"),
        ({"measured_at": "2026-11-20"}, "measured_at"),
        ({"rig_sha256": "0"}, "rig_sha256"),
        ({"images": -1}, "images"),
    ],
)
def test_a_file_that_does_not_fit_is_told_in_a_line(tmp_path, change, words):
    path = tmp_path / "lab-timing.json"
    path.write_text(json.dumps(selftest().model_dump(mode="json") | change), encoding="utf-8")
    with pytest.raises(StudyError, match=words):
        read_selftest(path)


def test_what_is_no_json_or_not_there_is_told_too(tmp_path):
    path = tmp_path / "lab-timing.json"
    with pytest.raises(StudyError, match="No such file"):
        read_selftest(path)
    path.write_text('{"host": ')
    with pytest.raises(StudyError, match="not valid JSON"):
        read_selftest(path)


def test_fields_of_later_versions_are_kept(tmp_path):
    path = tmp_path / "lab-timing.json"
    later = selftest().model_dump(mode="json") | {"lamps": [{"port": "/dev/ttyUSB0"}]}
    path.write_text(json.dumps(later), encoding="utf-8")
    assert read_selftest(path).model_dump(mode="json")["lamps"] == later["lamps"]


def test_a_figure_without_presses_or_with_a_stall_of_a_second_is_drawn():
    no_keys = selftest(keys=keys(0), claim=None, reasons=["keys: 0 of 20 presses heard"])
    draw_selftest(no_keys, flip_times(600), trial_times(2), [], [])
    stalled = [*flip_times(60), 2.5]
    figure = draw_selftest(selftest(stalled), stalled, trial_times(), heard(), [])
    assert "claim: onsets are within" in figure.get_suptitle()


def test_the_figure_has_a_line_a_reason_and_the_priority_that_was_got():
    reasons = ["focus: another window had the keyboard 1 ×", "keys: 3 of 20 presses heard"]
    refused = "usual (real time: Operation not permitted)"
    sections = [
        each.model_copy(update={"priority": refused if each.priority_raised else "usual"})
        for each in selftest().sections
    ]
    test = selftest(claim=None, reasons=reasons, sections=sections)
    figure = draw_selftest(test, flip_times(60), trial_times(2), heard(), [])
    _, *lines = figure.get_suptitle().splitlines()
    assert lines == [f"no claim: {reason}" for reason in reasons]
    ticks = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert sum("priority usual" in tick for tick in ticks) == len(sections)
