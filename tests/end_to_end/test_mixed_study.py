"""One study in two places: a session at the laboratory's screen, others in browsers."""

import json

import pandas as pd
import pytest

from conditions.folder import StudyFolder
from tests.analysis.bids.validating import errors, validated
from tests.conftest import in_process
from tests.experiment.rehearsed import play, tiny_study
from tests.experiment.web.simulated import Browser

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, screen) -> StudyFolder:
    """Participant 1 sat in the laboratory, 2 and 3 at browsers that are ten times slower."""
    folder = tiny_study(tmp_path_factory.mktemp("mixed"), participants=3)
    played = play(folder, screen)
    assert played.returncode == 0, played.stderr
    inbox = tmp_path_factory.mktemp("inbox")
    files = [
        str(Browser(folder, n, pace=40.0).open().play().save(inbox / f"sub-00{n}.jsonl"))
        for n in (2, 3)
    ]
    collected = in_process("experiment", "collect", str(folder.path), *files)
    assert collected.returncode == 0, collected.stderr
    assert "Next: python -m experiment status" in collected.stdout
    return folder


def test_the_report_says_which_is_which_and_pools_no_times(mixed):
    done = in_process("analysis", "report", str(mixed.path))
    assert done.returncode == 0, done.stderr
    tables = mixed.report / "tables"
    trials = pd.read_csv(tables / "trials.csv")
    places = trials.groupby("participant")["place"].unique().map(list)
    assert places.to_dict() == {1: ["lab"], 2: ["web"], 3: ["web"]}
    # The answers of both are in, the times of the laboratory alone; each place has its own.
    main = trials[(trials["phase"] == "main") & ~trials["catch"]]
    accuracy = pd.read_csv(tables / "accuracy.csv")
    assert (accuracy["n_participants"] == 3).all()
    lab = main[main["place"] == "lab"].groupby("condition")["rt"].mean()
    web = main[main["place"] == "web"].groupby("condition")["rt"].mean()
    assert (web > lab).all()
    measures = pd.read_csv(tables / "measures.csv").set_index(["measure", "factor", "level"])
    for level, wanted, people in (("lab", lab, 1), ("web", web, 2)):
        rows = measures.loc[("rt", "place", level)].set_index("condition")
        assert rows["mean"].to_dict() == pytest.approx(wanted.to_dict())
        assert (rows["n_participants"] == people).all()
    pooled = measures.loc[("rt", "all", "all")].set_index("condition")
    assert pooled["mean"].to_dict() == pytest.approx(lab.to_dict())
    averages = pd.read_csv(tables / "participant_averages.csv")
    timed = averages[averages["measure"].str.contains("rt")]
    assert set(timed["participant"]) == {1}
    units = pd.read_csv(tables / "units.csv")
    of_lab = main[main["place"] == "lab"].groupby(["condition", "unit"])["rt"].mean()
    found = units.set_index(["condition", "unit"])["mean_rt"].dropna()
    assert found.to_dict() == pytest.approx(of_lab.to_dict())
    odd = pd.read_csv(tables / "times.csv")
    assert set(odd["place"]) == {"lab", "web"}
    page = (mixed.report / "report.html").read_text(encoding="utf-8")
    first = page.partition("<details")[0]
    assert "3 participants (1 in the laboratory, 2 on the web)" in first
    assert (
        "A mixed study: participant 1 sat in the laboratory, participant 2-3 at browsers" in first
    )
    methods = (mixed.report / "methods.txt").read_text(encoding="utf-8")
    assert "2 × Chrome 141 (Linux)) at 60 Hz" in methods
    assert "Bridges et al. 2020" in methods
    assert "Apparatus." in methods


def test_pages_for_operators_say_which_is_which(mixed):
    status = in_process("experiment", "status", str(mixed.path)).stdout
    assert "participant-001: complete, 23 of 23" in status
    assert "participant-002: complete (web), 23 of 23" in status
    assert in_process("analysis", "session", str(mixed.path), "--participant", "2").returncode == 0
    page = mixed.session_page(2).read_text(encoding="utf-8")
    assert "place: web" in page
    assert "browser: Chrome 141 (Linux)" in page
    assert "rig:" not in page
    overview = in_process("analysis", "index", str(mixed.path))
    assert overview.returncode == 0, overview.stderr
    assert "a person, on the web" in mixed.index.read_text(encoding="utf-8")


def test_the_bids_data_set_has_both(mixed, tmp_path):
    out = tmp_path / "bids"
    done = in_process("analysis", "bids", str(mixed.path), str(out))
    assert done.returncode == 0, done.stderr
    assert errors(validated(out)) == []
    people = pd.read_csv(out / "participants.tsv", sep="\t")
    assert people["place"].tolist() == ["lab", "web", "web"]
    name = "sub-00{0}/beh/sub-00{0}_task-rehearsaltiny_events.json"
    software = [
        json.loads((out / name.format(n)).read_text())["StimulusPresentation"]["SoftwareName"]
        for n in (1, 2)
    ]
    assert software == ["PsychoPy", "jsPsych"]
    assert "On the web, in browsers of their own: participant 2-3" in (out / "README").read_text()
