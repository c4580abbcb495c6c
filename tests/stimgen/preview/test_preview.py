"""What is shown of each unit: what is marked, outlined, and said of what is not there."""

import re

import pandas as pd
import pytest

from conditions.errors import StudyError
from conditions.study.kinds.paths import batch_image
from conditions.tables.files import read_table, write_table
from conditions.tables.machine import DIFFICULTY, UNIT_FLAGS
from conditions.tables.made_images import SYNTHETIC_REPORT
from conditions.tables.stimuli import POOL, STIMULI, UNITS
from conditions.trials.references import queries
from stimgen.preview import write_preview
from tests.stimgen.preview.reading import shown


def test_all_images_are_there_and_described_once(made):
    page = shown(made)
    stimuli = read_table(made.stimuli_table, STIMULI)
    assert page.paths(made) == set(stimuli["path"])
    assert len(page.images) == len(stimuli)
    assert all(image["alt"] == image["title"] for image in page.images)
    assert len({image["alt"] for image in page.images}) == len(stimuli)
    row = stimuli[stimuli["path"] == batch_image("natural", "block04_0004", 1, "min", 0)].iloc[0]
    words = "block04_0004, natural, minimally activating, batch 1, rank 0, activation −"
    alts = [image["alt"] for image in page.images if row["source"] in image["alt"]]
    assert any(alt.startswith(words) and "query; source: " in alt for alt in alts)
    assert all(image["loading"] == "lazy" for image in page.images)


def test_outlined_are_the_queries_that_trials_ask_about(made):
    page = shown(made)
    units = read_table(made.units_table, UNITS)
    wanted = {
        path
        for unit in units["unit"]
        for part in made.study.parts
        for batch in range(made.study.natural.batches)
        for path in queries(made.study, part, unit, batch).values()
    }
    outlined = {
        page.place(image["src"]).relative_to(made.path.resolve()).as_posix()
        for image in page.images
        if image["query"]
    }
    assert outlined == wanted
    assert len(wanted) == 9 * 2 * 3 * 2


def test_units_that_no_trial_asks_about_have_no_query(study):
    units = read_table(study.units_table, UNITS)
    units["role"] = ["intuitiveness", "catch", *units["role"][2:]]
    write_table(units, UNITS, study.units_table)
    page = shown(study)
    asked = {image["alt"].split(",")[0] for image in page.images if image["query"]}
    assert asked == set(units["unit"][2:])


def test_the_batch_that_participants_see_first_is_not_folded(made):
    page = shown(made)
    roles = read_table(made.units_table, UNITS).set_index("unit")["role"]
    assert set(roles) == {"main", "practice"}
    for image in page.images:
        unit, kind, *facts = image["alt"].split(", ")
        batch = "batch 1" if roles[unit] == "main" else "batch 0"
        main_set = not any(fact.startswith("set of") for fact in facts)
        assert image["folded"] != (kind == "synthetic" or (main_set and batch in facts)), image


def test_where_only_sets_of_another_size_were_made_they_are_shown(study):
    stimuli = read_table(study.stimuli_table, STIMULI)
    kept = stimuli["path"].str.contains("sets_of_2") | (stimuli["name"] == "synthetic")
    write_table(stimuli[kept], STIMULI, study.stimuli_table)
    page = shown(study)
    assert "natural, sets of 2, batch 1" in page.section("block02_0002")
    assert not all(image["folded"] for image in page.images if ", natural," in image["alt"])


def test_the_most_extreme_come_first(made):
    page = shown(made)
    for pole, ranks in (("minimally", [0, 1, 2, 3]), ("maximally", [3, 2, 1, 0])):
        start = f"block01_0000, natural, {pole} activating, batch 2, rank "
        found = [i["alt"].removeprefix(start) for i in page.images if i["alt"].startswith(start)]
        assert [int(words.split(",")[0]) for words in found] == ranks
        start = f"block01_0000, synthetic, {pole} activating, rank "
        found = [i["alt"].removeprefix(start) for i in page.images if i["alt"].startswith(start)]
        assert [int(words.split(",")[0]) for words in found] == [0, 1]


def test_marks_of_dead_and_losing_units(made):
    page = shown(made)
    assert "dead The activation is 0 for all images of the pool" in page.section("block01_0000")
    words = "loses synthetic: the weakest minimally activating image (−"
    assert words in page.section("block01_0001")
    assert ") is less extreme than the most extreme photograph (−" in page.section("block01_0001")
    others = [unit for unit in page.ids if unit.startswith("block0")][2:]
    assert len(others) == 7
    for unit in others:
        assert not re.search("dead|loses", page.section(unit))
    assert "1 dead : its activation" in page.words
    assert '<li class="dead"><a href="#block01_0000">' in page.text
    assert '<li class="loses"><a href="#block01_0001">' in page.text


@pytest.mark.parametrize(
    ("pool", "dead"),
    [
        ({"min": 2.0, "max": 2.0, "sd": 0.0}, True),
        ({"min": -7.0, "max": 5.0, "sd": 0.0}, True),
        # Means over other batches differ in their last digits.
        ({"min": 1.0, "max": 1.0000001, "sd": 3e-8}, True),
        ({"min": 1.0, "max": 1.001, "sd": 1e-4}, False),
        ({"min": -1e-9, "max": 1e-9, "sd": 1e-10}, False),
    ],
)
def test_dead_is_who_is_constant_over_the_pool(study, pool, dead):
    table = read_table(study.pool_table, POOL)
    for name, value in pool.items():
        table.loc[3, name] = value
    write_table(table, POOL, study.pool_table)
    assert ("dead" in shown(study).section(table["unit"][3])) == dead


def test_sets_that_were_not_compared_do_not_lose(study):
    report = read_table(study.synthetic_report, SYNTHETIC_REPORT)
    report["beats_natural"] = pd.array([pd.NA] * len(report), dtype="boolean")
    write_table(report, SYNTHETIC_REPORT, study.synthetic_report)
    assert "loses" not in shown(study).words


def test_poor_sets_are_marks(study):
    report = read_table(study.synthetic_report, SYNTHETIC_REPORT)
    place = report.index[(report["unit"] == "block01_0000") & (report["pole"] == "max")][0]
    report.loc[place, "border_index"] = 2.04
    report.loc[place, "high_frequencies"] = 12.3
    report.loc[place, "similarity"] = 0.85
    write_table(report, SYNTHETIC_REPORT, study.synthetic_report)
    page = shown(study)
    section = page.section("block01_0000")
    images = "synthetic: the maximally activating images"
    for words in (
        f"borders {images} share something at their borders (index 2.0; 95 % of sets of "
        "photographs are below 1).",
        f"grainy {images} have 12 times the fine detail of the median photograph.",
        f"alike {images} have a similarity of 0.85, the unit's most extreme photographs one of "
        "0.60.",
    ):
        assert words in section
        assert f'id="show-{words.split()[0]}"> 1 <b' in page.text


def test_sets_that_were_not_judged_are_said_once(study, capsys):
    report = read_table(study.synthetic_report, SYNTHETIC_REPORT)
    columns = ["border_index", "high_frequencies", "natural_similarity", "as_diverse"]
    study.synthetic_report.unlink()
    report.drop(columns=columns).to_csv(study.synthetic_report, index=False)
    page = shown(study)
    remark = "Not judged by borders, fine detail and diversity: 18 sets of visualisations; `python"
    assert page.words.count(remark) == 1
    assert not any(f'class="mark">{word}' in page.text for word in ("borders", "grainy", "alike"))
    assert remark in " ".join(capsys.readouterr().out.split())


def test_flags_of_machine_observers_are_marks(study):
    unit = read_table(study.units_table, UNITS)["unit"][2]
    facts = {"unit": unit, "condition": "natural", "scheme": "Max-1"}
    seen = facts | {"observer": "net", "role": "observer", "layer": "L", "n_trials": 4}
    table = pd.DataFrame([seen | {"predicted": 0.456, "right": 0.5}])
    write_table(table[DIFFICULTY.column_names], DIFFICULTY, study.difficulty / "difficulty.csv")
    flag = pd.DataFrame([facts | {"flag": "hopeless", "n_observers": 1, "solved_by": None}])
    write_table(flag[UNIT_FLAGS.column_names], UNIT_FLAGS, study.difficulty / "flags.csv")
    page = shown(study)
    assert "natural, Max-1 46 hopeless" in page.section(unit)
    assert "With natural references: no machine observer but the ceiling" in page.section(unit)
    assert f'<li class="hopeless"><a href="#{unit}">' in page.text


def test_kinds_have_their_sections_in_the_order_of_the_study(made):
    page = shown(made)
    section = page.section("block02_0002")
    headings = (
        "natural, batch 1 photographs",
        "synthetic visualisation, fourier",
        "blurred, batch 1 blurred of natural",
    )
    places = [section.index(words) for words in headings]
    assert places == sorted(places)
    assert section.count("natural, sets of 2, batch ") == 3
    assert "blurred: natural under a Gaussian of 4 px." in page.words
    # What is made of references leaves the query's place free, in the main set and the other one.
    assert page.text.count('class="grid lacks-query"') == 9 * 2 * 3 * 2


def test_images_that_are_not_there_are_said_to_be(study, capsys):
    gone = [batch_image("natural", "block01_0000", 1, "max", rank) for rank in (1, 3)]
    (study.path / gone[0]).unlink()
    (study.path / gone[1]).unlink()
    (study.path / gone[1]).symlink_to("nowhere.png")
    page = shown(study)
    assert [one["query"] for one in page.gone] == [True, False]
    assert all(one["aria-label"].startswith("not there: block01_0000") for one in page.gone)
    assert all(page.place(image["src"]).is_file() for image in page.images)
    assert "missing Of 64 images in the table 2 are not there." in page.section("block01_0000")
    remark = "stimuli/stimuli.csv lists images that are not there, of 1 unit: block01_0000."
    assert remark in page.words
    assert remark in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../x.png", "stimuli/../../x.png", "x" * 300 + "/a.png", "stimuli", "a//b.png"],
)
def test_paths_that_lead_out_of_the_study_are_no_images(study, path):
    (study.path.parent / "x.png").write_bytes(b"x")
    stimuli = read_table(study.stimuli_table, STIMULI)
    stimuli.loc[0, "path"] = path
    write_table(stimuli, STIMULI, study.stimuli_table)
    page = shown(study)
    assert len(page.gone) == 1
    assert path not in [image["src"] for image in page.images]


def test_a_study_that_is_half_made(study, capsys):
    for path in (study.pool_table, study.histogram_table, study.synthetic_report):
        path.unlink()
    page = shown(study)
    assert "stimuli/pool.csv is not there: no activations over the pool can be shown." in page.words
    assert "stimuli/synthetic_report.csv is not there" in page.words
    assert len(page.images) == len(read_table(study.stimuli_table, STIMULI))
    assert "<svg" not in page.text
    assert capsys.readouterr().out.count("warning: ") == 3


@pytest.mark.parametrize("kinds", [["natural", "blurred"], ["synthetic"], []])
def test_a_study_with_some_kinds_only(study, kinds, capsys):
    stimuli = read_table(study.stimuli_table, STIMULI)
    write_table(stimuli[stimuli["name"].isin(kinds)], STIMULI, study.stimuli_table)
    study.synthetic_report.unlink()
    page = shown(study)
    assert len(page.images) == stimuli["name"].isin(kinds).sum()
    assert ("synthetic_report.csv" in page.words) == ("synthetic" in kinds)
    said = "stimuli/stimuli.csv has no images of 9 units" in " ".join(
        capsys.readouterr().out.split()
    )
    assert said == (not kinds)


def test_a_study_without_images_says_how_to_make_them(study):
    study.stimuli_table.unlink()
    with pytest.raises(StudyError, match=r"no images to show yet; make them with `python -m sti"):
        write_preview(study)


def test_units_and_images_that_do_not_know_each_other(study):
    units = read_table(study.units_table, UNITS)
    stimuli = read_table(study.stimuli_table, STIMULI)
    pool = read_table(study.pool_table, POOL)
    write_table(units[1:], UNITS, study.units_table)
    write_table(stimuli[stimuli["unit"] != units["unit"][1]], STIMULI, study.stimuli_table)
    write_table(pool[3:], POOL, study.pool_table)
    page = shown(study)
    assert "units.csv does not have; they are not shown: block01_0000." in page.words
    assert "no images The table of stimuli has no images" in page.section("block01_0001")
    assert "Pool:" not in page.section(units["unit"][2])
