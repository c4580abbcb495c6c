"""The report as files: from two participants, from a whole study, from the published data."""

import json
import re
import shutil

import pandas as pd
import pytest

from analysis.data.study import load_study
from analysis.data.tidy_table import TIDY
from analysis.result_tables import ACCURACY_TABLE, TESTS_TABLE
from analysis.writing import report
from conditions.folder import open_study
from conditions.tables.files import read_table
from tests.analysis.simulated import simulate_study, write_ratings
from tests.conftest import in_process

TABLES = {
    "accuracy",
    "accuracy_before_exclusions",
    "agreement",
    "calibration",
    "catch_trials",
    "exclusions",
    "intuitiveness",
    "measures",
    "mixed_model",
    "participant_averages",
    "questions",
    "repeats",
    "tests",
    "trials",
    "type2_auroc",
    "units",
}


def names(folder, suffix: str) -> set[str]:
    return {path.stem for path in folder.glob(f"*{suffix}")}


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """The demo with two participants, its data before the report, and the command that wrote it."""
    folder = open_study("demo", tmp_path_factory.mktemp("studies"))
    simulate_study(folder, 2)
    write_ratings(folder, 1, {"beginning": [5], "end": [9]})
    (folder.data / "sub-1").mkdir()
    before = contents(folder.data)
    return folder, before, in_process("analysis", "report", str(folder.path))


def contents(folder) -> dict:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def undrawn(monkeypatch):
    """Figures are drawn, but not rendered, which takes most of their time."""

    def touched(figure, path) -> bytes:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return b""

    monkeypatch.setattr(report, "write_figure", touched)


def test_two_participants_give_a_report(reported):
    folder, _, done = reported
    assert done.returncode == 0, done.stderr
    assert "data/sub-1" in done.stdout
    written = folder.report
    assert names(written / "tables", ".csv") >= TABLES
    assert names(written / "tables", ".json") == names(written / "tables", ".csv")
    figures = {"answer", "by_condition", "layers", "units", "confidence", "learning"}
    figures |= {"intuitiveness"}
    for suffix in (".png", ".pdf", ".svg"):
        assert names(written / "figures", suffix) == figures
    accuracy = read_table(written / "tables" / "accuracy.csv", ACCURACY_TABLE)
    assert set(accuracy["condition"]) == {"natural", "synthetic", "none"}
    assert (accuracy[accuracy["scheme"] == "all"]["n_trials"] == 12).all()
    assert len(read_table(written / "tables" / "trials.csv", TIDY)) == 50
    read_table(written / "tables" / "tests.csv", TESTS_TABLE)
    provenance = json.loads((written / "provenance.json").read_text())
    assert provenance["participants"] == [1, 2]
    page = (written / "report.html").read_text()
    # What is doubtful is told under the answer, before any table.
    assert page.index("remarks on the data below") < page.index("data/sub-1")
    assert page.index("data/sub-1") < page.index("<table")
    assert page.count("data:image/png;base64,") == len(figures)
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "2 participants, 36 main trials" in page
    assert "is not decided: in" in page
    # The answer with its figure and the further questions, and nothing else, before the method.
    first = page[: page.index("<h2>Method</h2>")]
    assert (first.count("<img"), first.count("<table>")) == (1, 1)
    assert page.count("<table>") == page.count("<caption>")
    for shows in re.findall(r'<img[^>]* alt="([^"]*)"', page):
        assert re.search(r"\d", shows)
    text = (written / "results.txt").read_text()
    assert "2 participants answered 36 main trials" in text
    assert "nan" not in text.lower()
    assert "nan" not in re.sub(r"base64,[^\"]*", "", page).lower().split()
    assert "Wilcoxon" in (written / "methods.txt").read_text()


def test_one_participant_gives_a_report_without_errors(study_folder, undrawn):
    simulate_study(study_folder, 1)
    (result,) = report.write_report([load_study(study_folder)], study_folder.report, "one")
    assert result.table("mixed_model").empty
    assert result.table("accuracy")["sem"].isna().all()
    text = (study_folder.report / "results.txt").read_text()
    assert "1 participant answered 18 main trials" in text
    assert "nan" not in text.lower()
    assert "± –" not in text
    # Of one participant there are no errors, and nothing tells what they would be.
    page = (study_folder.report / "report.html").read_text()
    details = page[page.index("<h2>Details</h2>") : page.index("<h2>Files</h2>")]
    assert "standard error" not in re.sub(r"base64,[^\"]*", "", details)
    assert "SEM" not in text


def test_the_same_data_gives_the_same_tables_and_figures(reported, tmp_path):
    folder, _, _ = reported
    report.write_report([load_study(folder)], tmp_path, folder.study.title)
    for path, content in contents(tmp_path).items():
        assert content == (folder.report / path.relative_to(tmp_path)).read_bytes(), path


def test_a_report_leaves_the_data_alone(reported):
    folder, before, _ = reported
    assert before == contents(folder.data)


def test_published_experiment_1(human_data, tmp_path, undrawn):
    done = in_process("analysis", "published", str(human_data), "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    accuracy = pd.read_csv(tmp_path / "tables" / "accuracy.csv")
    assert list(accuracy.columns) == ACCURACY_TABLE.column_names
    natural = accuracy[(accuracy["condition"] == "natural") & (accuracy["scheme"] == "all")]
    assert natural["n_correct"].tolist() == [415]
    tests = pd.read_csv(tmp_path / "tables" / "tests.csv")
    assert list(tests.columns) == TESTS_TABLE.column_names
    text = (tmp_path / "results.txt").read_text()
    assert "92.2 ± 1.8 % of trials with natural references (415 of 450" in text
    assert "178 of 180" in text
    assert "Without references, accuracy was 44.6" in text
    assert "before and 41.5" in text
    assert "intuitiveness" in names(tmp_path / "figures", ".png")


def test_published_experiment_2_has_schemes_and_experts(experiment_2, tmp_path, undrawn):
    report.write_report([experiment_2], tmp_path, "simulated")
    assert {"schemes", "expertise", "intuitiveness"} <= names(tmp_path / "figures", ".png")
    text = (tmp_path / "results.txt").read_text()
    assert "experts" in text
    assert "lay people" in text
    assert "With Max-1, accuracy was" in text
    assert "No trials without references were run" in (tmp_path / "methods.txt").read_text()


@pytest.mark.slow
def test_two_experiments_share_tables_but_not_figures(
    simulated_release, human_data, tmp_path, undrawn
):
    for path in [*simulated_release.iterdir(), *human_data.glob("experiment_I_*")]:
        shutil.copy(path, tmp_path)
    done = in_process("analysis", "published", str(tmp_path), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    accuracy = pd.read_csv(tmp_path / "out" / "tables" / "accuracy.csv")
    assert set(accuracy["experiment"]) == {"I", "II"}
    figures = names(tmp_path / "out" / "figures", ".png")
    assert {"I_by_condition", "II_by_condition", "II_schemes"} <= figures


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("published", "no_such_folder", "--out", "x"), "no such folder"),
        (("report", "no_such_study"), "neither a folder with a study.yaml"),
    ],
)
def test_a_mistake_is_one_message(arguments, words):
    done = in_process("analysis", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
