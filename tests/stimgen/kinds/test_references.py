"""Six kinds side by side in one study: what is made, made again, refused, and waited for."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.stimuli import read_stimuli
from conditions.tables.stimuli import POLES
from stimgen.kinds.derived.originals import open_original
from stimgen.kinds.making import Making
from stimgen.kinds.references import chosen, make_references, plan_references
from stimgen.kinds.registry import maker_of
from stimgen.natural.step import make_natural
from stimgen.synthetic.judged.report import read_report
from tests.stimgen.kinds.small import KINDS, UNITS, network, study

DERIVED = ("parts", "soft", "soft-parts")


def times(folder) -> dict:
    return {path: path.stat().st_mtime_ns for path in folder.stimuli.rglob("*.png")}


def test_each_kind_has_its_images_under_its_name(made):
    rows = read_stimuli(made)
    assert list(dict.fromkeys(rows["name"])) == sorted(KINDS)
    for name, kind in KINDS.items():
        own = rows[rows["name"] == name]
        assert set(own["kind"]) == {kind["kind"]}
        assert own["path"].str.startswith(f"stimuli/{name}/").all()
        assert own["batch"].isna().all() == (kind["kind"] == "visualisation")
        assert set(own["unit"]) == set(UNITS)
    methods = rows.groupby("name")["method"].first()
    assert methods["fourier"] == "fourier"
    assert methods["maco"] == "maco"
    assert (made.path / rows["path"].iloc[0]).is_file()
    for row in rows.itertuples():
        assert sha256_of(made.path / row.path) == row.sha256
    report = read_report(made)
    assert len(report) == 2 * len(UNITS) * len(POLES)
    assert (report["name"] == report["method"]).all()
    facts = json.loads((made.stimuli / "soft" / "provenance.json").read_text(encoding="utf-8"))
    assert (facts["of"], facts["images"], facts["failed"]) == ("photos", len(UNITS) * 2 * 2 * 2, [])


def test_all_but_the_queries_are_made_into_something(made):
    rows = read_stimuli(made)
    photographs = rows[rows["name"] == "photos"].set_index("path")
    for name, of in (("parts", "photos"), ("soft", "photos"), ("soft-parts", "parts")):
        own = rows[rows["name"] == name]
        assert set(zip(own["pole"], own["rank"], strict=True)) == {
            ("min", 1), ("min", 2), ("max", 0), ("max", 1)
        }  # fmt: skip
        assert len(own) == len(UNITS) * 2 * 4
        originals = rows.set_index("path").loc[own["path"].str.replace(f"/{name}/", f"/{of}/")]
        assert list(own["of_sha256"]) == list(originals["sha256"])
        for source, original in zip(own["source"], originals["source"], strict=True):
            assert source.startswith(f"{original}, ")
    assert photographs["of_sha256"].isna().all()


def test_a_second_run_makes_nothing(folder, capsys):
    before = times(folder)
    make_references(folder, network())
    assert times(folder) == before
    assert plan_references(folder, network()) == []
    assert f"soft images of {len(UNITS)} units are there" in " ".join(
        capsys.readouterr().out.split()
    )


def test_what_is_gone_or_changed_is_made_again_and_nothing_else(folder):
    before = times(folder)
    gone = folder.stimuli / "soft" / UNITS[0] / "batch_01" / "min_2.png"
    other = folder.stimuli / "parts" / UNITS[1] / "batch_02" / "max_1.png"
    content = {path: path.read_bytes() for path in (gone, other)}
    gone.unlink()
    other.write_bytes(b"no picture")
    make_references(folder, network())
    after = times(folder)
    assert {path: path.read_bytes() for path in content} == content
    assert {path for path in after if after[path] != before[path]} == {gone, other}


def test_another_original_makes_what_is_made_of_it_new_down_to_the_last(folder):
    # A batch of photographs that another pool would have: listed, but not what was made of it.
    rows = read_stimuli(folder)
    one, two = (f"stimuli/photos/{UNITS[0]}/batch_{batch:02d}/max_1.png" for batch in (2, 1))
    (folder.path / one).write_bytes((folder.path / two).read_bytes())
    rows.loc[rows["path"] == one, "sha256"] = sha256_of(folder.path / one)
    rows.to_csv(folder.stimuli_table, index=False)
    before = times(folder)
    make_references(folder, network())
    after = times(folder)
    new = {folder.path / one.replace("/photos/", f"/{name}/") for name in DERIVED}
    assert {path for path in after if after[path] != before[path]} == new
    for path in new:
        twin = folder.path / str(path).replace("batch_02", "batch_01")
        assert path.read_bytes() == twin.read_bytes()


def test_an_original_that_was_changed_by_hand_is_named_with_the_command(begun):
    changed = begun.stimuli / "photos" / UNITS[0] / "batch_02" / "max_1.png"
    changed.write_bytes(changed.read_bytes() + b" ")
    with pytest.raises(StudyError) as refused:
        make_references(begun, network(), names=["soft"])
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(
        f"soft: {UNITS[0]}: {changed}: has changed since it was written: run `py"
    )
    rows = read_stimuli(begun)
    assert set(rows[rows["name"] == "soft"]["unit"]) == set(UNITS[1:])


def test_a_worker_without_the_study_folder_says_so(made, tmp_path):
    row = read_stimuli(made).query("name == 'photos'").iloc[0].to_dict()
    with pytest.raises(StudyError, match=r"the study folder is not on .* leave --cluster out"):
        open_original(replace(made, path=tmp_path), row)


def test_kinds_whose_originals_are_not_there_name_the_command(pool, tmp_path):
    folder = study(tmp_path, pool, KINDS)
    for name, wanted in (
        ("soft", r"photos images that soft is made of .*`python -m stimgen natural "),
        ("soft-parts", r"parts images that soft-parts is .*stimgen references .* --only parts`"),
    ):
        with pytest.raises(StudyError, match=wanted):
            make_references(folder, network(), names=[name])
    assert not folder.stimuli.exists()
    assert [step.name for step in plan_references(folder, network(), DERIVED)] == [
        f"{name}, {layer}" for name in ("parts", "soft", "soft-parts") for layer in ("near", "far")
    ]


def test_units_whose_originals_failed_are_named_and_the_others_made(begun):
    rows = read_stimuli(begun)
    rows[rows["unit"] != UNITS[1]].to_csv(begun.stimuli_table, index=False)
    with pytest.raises(StudyError) as refused:
        make_references(begun, network(), names=["soft", "soft-parts", "parts"])
    lines = str(refused.value).splitlines()
    assert [line.partition(": the ")[0] for line in lines] == [
        "failed, all else is done:",
        *(f"{name}: {UNITS[1]}" for name in ("parts", "soft", "soft-parts")),
    ]
    rows = read_stimuli(begun)
    for name in DERIVED:
        assert set(rows[rows["name"] == name]["unit"]) == {UNITS[0], UNITS[2]}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sofft", "--only: found sofft, wanted one of fourier, maco, parts, soft, soft-parts"),
        ("photos", "--only: found photos, the photographs of the pool, which `python -m stimgen"),
        ("half", "--only: found half, a kind without images of its own: wanted one of fourier"),
    ],
)
def test_names_that_are_none_of_the_study_s(pool, tmp_path, name, said):
    half = {"half": {"kind": "mixed", "of": ["photos", "fourier"]}}
    folder = study(tmp_path, pool, KINDS | half)
    with pytest.raises(StudyError) as refused:
        chosen(folder.study, ["soft", name])
    assert str(refused.value).startswith(said)


def test_what_is_made_of_images_from_elsewhere_waits_for_them(pool, tmp_path, capsys):
    kinds = {
        "photos": {"kind": "photographs"},
        "vague": {"kind": "blurred", "of": "theirs", "sigma_px": 2},
        "theirs": {"kind": "files", "images": 2},
        "soft": KINDS["soft"],
    }
    folder = study(tmp_path, pool, kinds, UNITS[:1])
    make_natural(folder, network(), workers=0)
    capsys.readouterr()
    make_references(folder, network())
    said = " ".join(capsys.readouterr().out.split())
    assert "theirs: the images of another tool are not there: run `python -m stimgen bring" in said
    assert "vague: waits for theirs, of which it is made" in said
    assert set(read_stimuli(folder)["name"]) == {"photos", "soft"}


def test_a_kind_that_shows_no_photographs_has_them_for_queries(pool, tmp_path):
    kinds = {"fourier": KINDS["fourier"] | {"diversity": 0}}
    folder = study(tmp_path, pool, kinds, UNITS[:1])
    make_natural(folder, network(), workers=0)
    make_references(folder, network())
    rows = read_stimuli(folder)
    assert rows.groupby("name").size().to_dict() == {"fourier": 4, "queries": 18}
    assert set(rows[rows["name"] == "queries"]["kind"]) == {"photographs"}
    assert (folder.stimuli / "queries" / "scanned.json").is_file()
    assert read_report(folder)["beats_natural"].notna().all()


def test_the_images_of_a_kind_do_not_depend_on_the_others(made, pool, tmp_path):
    folder = study(tmp_path, pool, {"photos": KINDS["photos"], "dreams": KINDS["fourier"]})
    make_natural(folder, network(), workers=0)
    kind = folder.study.references["dreams"]
    maker_of(kind).make(Making(folder, network(), "dreams"))
    rows, others = read_stimuli(folder), read_stimuli(made)
    for name, other in (("photos", "photos"), ("dreams", "fourier")):
        pd.testing.assert_series_equal(
            rows[rows["name"] == name]["sha256"].reset_index(drop=True),
            others[others["name"] == other]["sha256"].reset_index(drop=True),
        )
