"""The page that leads to all of a study: what is there, what is missing, from any place."""

import os
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import yaml

from analysis.writing.overview.page import write_overview
from analysis.writing.overview.session_pages import write_session_pages
from conditions.files import write_json
from conditions.folder import DESIGNS, StudyFolder, open_study
from tests.analysis.simulated import (
    simulate_machine,
    simulate_session,
    simulate_study,
    write_session,
)
from tests.conftest import in_process


class Addresses(HTMLParser):
    """All that a page leads to or shows."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src")]


def text_of(folder: StudyFolder) -> str:
    return folder.index.read_text(encoding="utf-8")


@pytest.fixture
def odd_names(tmp_path) -> StudyFolder:
    """A study whose title is no plain text, in a folder whose name is no plain word."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {"title": "Which <images> & why?"}
    path = tmp_path / "odd #1 & more%20" / "study.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return open_study(str(path.parent), tmp_path)


def test_of_a_study_that_is_begun_it_says_what_makes_the_rest(study_folder):
    done = in_process("analysis", "index", str(study_folder.path))
    assert done.returncode == 0
    assert str(study_folder.index) in done.stdout
    for make in ("stimgen all", "conditions build"):
        assert f"python -m {make} {study_folder.path}" in done.stdout
        assert f"python -m {make} {study_folder.path}" in text_of(study_folder)


def test_every_link_leads_to_a_file_also_from_a_copied_folder(odd_names, tmp_path):
    simulate_study(odd_names, 2)
    simulate_machine(odd_names, "pixels", 1)
    for path in (
        odd_names.report / "report.html",
        odd_names.report / "tables" / "tests.csv",
        odd_names.session_page(1),
        odd_names.screenshots / "a trial #2?.png",
        odd_names.preview,
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    write_json(odd_names.report / "tables" / "tests.json", {"TableDescription": "All <tests>."})
    shutil.copy(odd_names.condition_file(1), odd_names.stimuli_table)
    write_overview(odd_names)
    copied = tmp_path / "elsewhere"
    odd_names.path.rename(copied)
    addresses = Addresses(copied / "index.html").found
    assert not [one for one in addresses if "://" in one or one.startswith("/")]
    # A browser would cut an address there.
    assert not [one for one in addresses if set(one) & set("#? ")]
    leads_to = {unquote(one) for one in addresses}
    assert all((copied / one).exists() for one in leads_to)
    assert leads_to >= {
        "stimuli/preview.html",
        "screenshots/a trial #2?.png",
        "conditions/participant-001.csv",
        "conditions/participant-001.json",
        "data/sub-002",
        "data/sub-001/trials.csv",
        "data/sub-001/trials.json",
        "report/session-001.html",
        "machine/pixels",
        "report/report.html",
        "report/tables/tests.csv",
        "report/tables/tests.json",
    }


def test_names_are_text_and_commands_can_be_typed(odd_names):
    simulate_study(odd_names, 1)
    write_overview(odd_names)
    page = text_of(odd_names)
    assert "<h1>Which &lt;images&gt; &amp; why?</h1>" in page
    assert "<images>" not in page
    if os.name == "posix":
        assert (
            f"python -m analysis report &#39;{odd_names.path}&#39;".replace("& ", "&amp; ") in page
        )


def test_scripts_are_told_from_people(study_folder):
    simulate_study(study_folder, 3)
    write_overview(study_folder)
    assert "a script" not in text_of(study_folder).lower()
    rng = np.random.default_rng(1)
    for numbers, wanted in (
        ((1, 3), "Scripts answered for participants 1, 3, not people."),
        ((1, 2, 3), "All answers here come from scripts, not from people."),
    ):
        for number in numbers:
            trials = simulate_session(study_folder.study, number, rng)
            write_session(study_folder, trials, observer="scripted")
        write_overview(study_folder)
        assert wanted in text_of(study_folder)
        assert text_of(study_folder).count("a script (scripted)") == len(numbers)


def test_who_has_no_session_no_page_or_answers_after_the_report_is_named(study_folder):
    simulate_study(study_folder, 5)
    for number in (4, 5):
        shutil.rmtree(study_folder.session(number))
    later = simulate_session(study_folder.study, 2, np.random.default_rng(1))
    write_session(study_folder, later, written_at="2025-01-03T10:00:00+01:00")
    study_folder.session_page(1).parent.mkdir(parents=True)
    study_folder.session_page(1).touch()
    (study_folder.report / "report.html").touch()
    write_json(study_folder.report / "provenance.json", {"made_at": "2025-01-02T10:00:00+01:00"})
    said = {one.what: one.command for one in write_overview(study_folder)}
    assert said["No session yet: participants 4–5."].startswith("python -m experiment run")
    assert said["No page of the session yet: participants 2–3."].endswith("--session-pages")
    assert said["Answers that came after it: participant 2."].startswith(
        "python -m analysis report"
    )
    write_json(study_folder.report / "provenance.json", {"made_at": "2025-01-04T10:00:00+01:00"})
    assert "Answers that came after it" not in str(write_overview(study_folder))


def test_what_is_damaged_is_named_and_the_rest_is_shown(study_folder):
    simulate_study(study_folder, 2)
    (study_folder.session(1) / "trials.csv").write_text("participant\nx\n", encoding="utf-8")
    (study_folder.session(2) / "session.json").write_text("{", encoding="utf-8")
    study_folder.stimuli.mkdir()
    study_folder.stimuli_table.write_text("no,table\n1,2\n", encoding="utf-8")
    study_folder.stimuli_table.with_suffix(".json").write_text("[", encoding="utf-8")
    write_overview(study_folder)
    page = text_of(study_folder)
    assert "trials.csv" in page
    assert "session.json is damaged" in page
    assert "stimuli.csv: " in page
    assert "Its data dictionary cannot be read." in page
    assert "Traceback" not in page


def test_pages_of_sessions_are_written_once_and_again_where_there_are_new_answers(study_folder):
    simulate_study(study_folder, 2)
    (study_folder.session(2) / "trials.csv").write_text("participant\nx\n", encoding="utf-8")
    done = in_process("analysis", "index", str(study_folder.path), "--session-pages")
    assert done.returncode == 0
    assert "sub-002/trials.csv: " in done.stdout.replace(os.sep, "/")
    assert "Pages of sessions" in done.stderr
    page = study_folder.session_page(1)
    assert not study_folder.session_page(2).exists()
    assert 'href="report/session-001.html"' in text_of(study_folder)
    page.write_text("as it was", encoding="utf-8")
    (study_folder.session(2) / "trials.csv").unlink()
    done = in_process("analysis", "index", str(study_folder.path), "--session-pages")
    assert done.stderr == ""  # no bar of nothing
    assert page.read_text(encoding="utf-8") == "as it was"
    os.utime(page, (0, 0))
    write_session_pages(study_folder)
    assert "Participant 1" in page.read_text(encoding="utf-8")
