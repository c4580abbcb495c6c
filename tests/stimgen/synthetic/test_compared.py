"""Sets are compared with natural images that may come later, or be lost, and reports may be cut."""

import pandas as pd
import pytest

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables.files import read_table, write_table
from conditions.tables.made_images import SYNTHETIC_REPORT
from conditions.tables.stimuli import STIMULI
from stimgen.natural.step import make_natural
from stimgen.preview.pages import write_preview
from stimgen.synthetic.judged.report import read_report
from stimgen.synthetic.step import make_synthetic
from tests.stimgen.kinds.small import network, study
from tests.stimgen.small_pictures import write_pictures

RECIPE = {"kind": "visualisation", "images": 2, "steps": 2, "diversity": 0.5}
JUDGED = ["border_index", "high_frequencies", "natural_similarity", "as_diverse"]
COMPARED = ["natural_mean", "natural_most", "beats_natural"]


@pytest.fixture
def begun(tmp_path):
    """Makes a study of a pool of 30 pictures with such visualisations, none of them made."""

    def made(**recipe) -> StudyFolder:
        (tmp_path / "pool").mkdir()
        write_pictures(tmp_path / "pool", 30)
        kinds = {"photos": {"kind": "photographs"}, "fourier": RECIPE | recipe}
        return study(tmp_path / "study", tmp_path / "pool", kinds)

    return made


def lose_natural(folder: StudyFolder, unit: str) -> pd.DataFrame:
    """Take a unit's natural images out of the table, as if they were not made yet."""
    stimuli = read_table(folder.stimuli_table, STIMULI)
    kept = stimuli[(stimuli["unit"] != unit) | (stimuli["name"] != "photos")]
    write_table(kept, STIMULI, folder.stimuli_table)
    return stimuli


def said(capsys) -> str:
    return " ".join(capsys.readouterr().out.split())


def page_of(folder: StudyFolder) -> str:
    return write_preview(folder).read_text(encoding="utf-8")


def test_what_has_to_beat_natural_images_waits_for_them(begun):
    folder = begun(beat_natural=True)
    make_natural(folder, network(), workers=0)
    lose_natural(folder, "near_0001")
    words = (
        "near_0001 min, near_0001 max: .*: no natural images of it; "
        "references.fourier.beat_natural compares with them: first run .* stimgen natural"
    )
    for _ in range(2):
        with pytest.raises(StudyError, match=words):
            make_synthetic(folder, network(), "fourier")
        report = read_report(folder)
        assert set(report["unit"]) == {"near_0000", "far_0002"}
        assert report["beats_natural"].notna().all()
    make_natural(folder, network(), workers=0)
    make_synthetic(folder, network(), "fourier")
    report = read_report(folder)
    assert len(report) == 6
    assert report[COMPARED + JUDGED].notna().all(axis=None)


def test_sets_made_before_their_natural_images_are_compared_later(begun, capsys):
    folder = begun()
    make_synthetic(folder, network(), "fourier")
    assert read_report(folder)[COMPARED + JUDGED].isna().all(axis=None)
    words = "Not compared with the activation of natural images: 6 sets of visualisations;"
    assert words in page_of(folder)
    make_natural(folder, network(), workers=0)
    capsys.readouterr()
    make_synthetic(folder, network(), "fourier")
    later = read_report(folder)
    assert later[COMPARED + JUDGED].notna().all(axis=None)
    losing = later[~later["beats_natural"].astype(bool)]
    assert len(losing)
    assert f"in {len(losing)} of 6 sets of fourier the weakest image is less extreme" in said(
        capsys
    )
    assert words not in page_of(folder)
    for row in later.itertuples():
        beaten = (row.weakest > row.natural_most) == (row.pole == "max")
        assert row.beats_natural == beaten
    make_synthetic(folder, network(), "fourier")
    assert "weakest" not in said(capsys)


def test_a_set_judged_without_its_own_natural_images_is_judged_again(begun):
    folder = begun()
    make_natural(folder, network(), workers=0)
    whole = lose_natural(folder, "near_0001")
    make_synthetic(folder, network(), "fourier")
    own = read_report(folder).set_index("unit").loc["near_0001"]
    assert own["high_frequencies"].notna().all()
    assert own[["natural_similarity", "as_diverse", *COMPARED]].isna().all(axis=None)
    now = read_table(folder.stimuli_table, STIMULI)
    back = pd.concat([now, whole]).drop_duplicates("path")
    write_table(back, STIMULI, folder.stimuli_table)
    make_synthetic(folder, network(), "fourier")
    assert read_report(folder)[COMPARED + JUDGED].notna().all(axis=None)


def test_natural_images_that_have_become_others_are_compared_anew(begun):
    folder = begun()
    make_natural(folder, network(), workers=0)
    make_synthetic(folder, network(), "fourier")
    stimuli = read_table(folder.stimuli_table, STIMULI)
    natural = (stimuli["name"] == "photos") & (stimuli["pole"] == "max")
    stimuli.loc[natural, "activation"] += 1000.0
    write_table(stimuli, STIMULI, folder.stimuli_table)
    make_synthetic(folder, network(), "fourier")
    high = read_report(folder).query("pole == 'max'")
    assert (high["natural_most"] > 900).all()
    assert not high["beats_natural"].any()


@pytest.mark.parametrize("kept", [0, 2])
def test_rows_that_the_report_has_lost_are_named(begun, capsys, kept):
    folder = begun()
    make_natural(folder, network(), workers=0)
    make_synthetic(folder, network(), "fourier")
    assert "has no row" not in said(capsys) + page_of(folder)
    report = read_report(folder)
    write_table(report.iloc[:kept], SYNTHETIC_REPORT, folder.synthetic_report)
    make_synthetic(folder, network(), "fourier")
    words = f"has no row of visualisations that are there ({report['unit'][kept]} "
    assert f"warning: {folder.synthetic_report} {words}" in said(capsys)
    assert words in page_of(folder)
    capsys.readouterr()
    lost = report.iloc[kept:]
    for unit in set(lost["unit"]):
        for image in folder.stimuli.glob(f"fourier/{unit}/*.png"):
            image.unlink()
    make_synthetic(folder, network(), "fourier")
    assert "has no row" not in said(capsys) + page_of(folder)
    assert len(read_report(folder)) == 6
