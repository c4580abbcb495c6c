"""``participants.tsv``: everybody is listed, and what a lab has made of the file stays."""

import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.tables.files import read_table
from conditions.tables.sessions import PARTICIPANTS
from conditions.trials.build import build_all
from experiment.__main__ import app
from experiment.records.people.enrolling import check_people, enrol
from experiment.records.people.file import read_people

COLUMNS = "\t".join(PARTICIPANTS.column_names)
ONE = "sub-001\t31\t\t\t\t\t2025-01-01\n"


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    folder = open_study("demo", tmp_path)
    folder.data.mkdir()
    return folder


def people(folder):
    return folder.data / "participants.tsv"


def put(folder, text, encoding="utf-8") -> None:
    people(folder).write_bytes(text.encode(encoding))


def test_who_tells_nothing_is_listed_all_the_same(folder):
    enrol(folder, 1, {})
    enrol(folder, 2, {"age": 40})
    enrol(folder, 2, {"age": 40})
    listed = read_table(people(folder), PARTICIPANTS)
    assert listed.participant_id.tolist() == ["sub-001", "sub-002"]
    assert listed.age.isna().tolist() == [True, False]
    assert listed.date.notna().all()
    assert stat.S_IMODE(people(folder).stat().st_mode) == 0o600
    assert people(folder).with_suffix(".json").exists()


def test_what_is_told_later_fills_empty_cells_and_nothing_else(folder):
    enrol(folder, 1, {})
    before = people(folder).read_text().rpartition("\t")[2]
    enrol(folder, 1, {"age": 40})
    assert read_table(people(folder), PARTICIPANTS).age.tolist() == [40]
    assert people(folder).read_text().rpartition("\t")[2] == before
    for call in (check_people, enrol):
        with pytest.raises(StudyError, match="sub-001, column age: found '40' there, and now '41'"):
            call(folder, 1, {"age": 41})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "end"])
def test_columns_of_a_lab_their_order_and_its_line_ends_are_kept(folder, end, bom, last):
    lines = ["room\tdate\tage\tparticipant_id", "blue\t2025-01-01\tn/a\tsub-001", '"a\tb"\t\t\tx9']
    text = bom + end.join(lines) + (end if last else "")
    put(folder, text)
    people(folder).chmod(0o640)
    enrol(folder, 2, {"age": 25})
    content = people(folder).read_bytes().decode()
    # Whole lines are compared: the last one may have got its end.
    assert content.startswith(text.rstrip(end) + end)
    assert content.endswith("\t25\tsub-002" + end)
    assert len(content.split(end)) == 5
    assert stat.S_IMODE(people(folder).stat().st_mode) == 0o640
    enrol(folder, 1, {"age": 30})
    filled = people(folder).read_bytes().decode().split(end)
    assert filled[1] == "blue\t2025-01-01\t30\tsub-001"
    assert filled[2:] == content.split(end)[2:]


def test_descriptions_that_a_lab_added_are_kept(folder):
    enrol(folder, 1, {})
    dictionary = people(folder).with_suffix(".json")
    dictionary.write_text('{"room": "where"}')
    enrol(folder, 2, {})
    assert dictionary.read_text() == '{"room": "where"}'


@pytest.mark.parametrize("listed", ["sub-1", "sub-01", "sub-001", "sub-0001", " sub-001"])
def test_a_number_is_one_person_however_it_is_written(folder, listed):
    put(folder, f"{COLUMNS}\n{ONE.replace('sub-001', listed)}")
    before = people(folder).read_bytes()
    enrol(folder, 1, {"age": 31})
    assert people(folder).read_bytes() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "an empty file"),
        ("\n\n", "wanted participant_id"),
        ("who\tage\nsub-001\t3\n", "wanted participant_id"),
        ("participant_id;age\nsub-001;3\n", "with tabs between them"),
        ("participant_id\tage\tage\n", "each once"),
        (f"{COLUMNS}\n{ONE}{ONE}", "sub-001 and sub-001, which are one person"),
        (f"{COLUMNS}\n{ONE}sub-1\t3\n", "sub-001 and sub-1, which are one person"),
        (f"{COLUMNS}\nsub-001{'	' * 9}x\n", "row 2: found 10 cells, wanted 7"),
        (f'{COLUMNS}\nsub-001\t"3\n', "not a readable table"),
        (f"{COLUMNS}\nsub-001\t\x003\n", "not a readable table"),
        ("participant_id\tdate\n", "found no column age"),
    ],
)
def test_a_damaged_file_is_refused_before_and_stays_as_it_is(folder, text, words):
    put(folder, text)
    for call in (check_people, enrol):
        with pytest.raises(StudyError, match=words) as error:
            call(folder, 3, {"age": 3})
        assert str(people(folder)) in str(error.value)
        assert len(str(error.value).splitlines()) == 1
    assert people(folder).read_bytes() == text.encode()


def test_a_session_does_not_begin_with_a_damaged_file(folder):
    build_all(folder, [1])
    put(folder, f"{COLUMNS}\n{ONE}{ONE}")
    done = CliRunner().invoke(app, ["run", str(folder.path), "--participant", "2"])
    assert "participant-002.csv" in str(done.exception)
    done = CliRunner().invoke(app, ["run", str(folder.path), "--participant", "1"])
    assert isinstance(done.exception, StudyError)
    assert "sub-001 and sub-001, which are one person" in str(done.exception)
    assert [path.name for path in folder.data.iterdir()] == ["participants.tsv"]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_refused(folder, encoding):
    put(folder, f"{COLUMNS}\n{ONE}sub-002\t\tweiß\n", encoding)
    with pytest.raises(StudyError, match="wanted UTF-8"):
        check_people(folder, 3, {})


def test_a_link_to_a_safer_disk_stays_a_link(folder, tmp_path):
    safe = tmp_path / "encrypted.tsv"
    safe.write_text(f"{COLUMNS}\n{ONE}")
    people(folder).symlink_to(safe)
    enrol(folder, 2, {})
    assert people(folder).is_symlink()
    assert "sub-002" in safe.read_text()


def test_a_file_that_cannot_be_written_stays_whole(folder, monkeypatch):
    put(folder, f"{COLUMNS}\n{ONE}")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        enrol(folder, 2, {})
    assert people(folder).read_text() == f"{COLUMNS}\n{ONE}"
    left = {path.name for path in folder.data.iterdir()}
    assert left <= {"participants.tsv", "participants.json", "participants.lock"}


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20))
def test_any_cell_comes_back(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("p") / "participants.tsv"
    told = " ".join(text.split())
    known = read_people(path).with_person({"participant_id": "sub-001", "gender": told})
    known.write()
    again = read_people(path)
    assert again.person(1)["gender"] == ("" if told.lower() == "n/a" else told)
    assert again.with_person({"participant_id": "sub-001", "gender": told}) is again
