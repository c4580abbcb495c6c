"""The sheet of all images: what is marked, what is outlined, what is said of what is not there."""

import html
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from conditions.errors import StudyError
from conditions.folder import StudyFolder, natural_image, open_study
from conditions.tables.files import read_table, write_table
from conditions.tables.machine import DIFFICULTY, UNIT_FLAGS
from conditions.tables.stimuli import POOL, STIMULI, SYNTHETIC_REPORT, UNITS
from conditions.trials.references import queries
from stimgen.preview import units as dealing
from stimgen.preview import write_preview
from stimgen.preview.facts import read_facts
from stimgen.preview.in_words import number
from stimgen.preview.sheets import Files, series_of
from tests.stimgen.preview.fabricated import fabricated

VOID = {"meta", "img", "input", "path", "br", "link"}


class Page(HTMLParser):
    """What a page holds, and whether each element is closed where it must be."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.text = path, path.read_text(encoding="utf-8")
        self.images: list[dict] = []
        self.gone: list[dict] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.open: list[tuple[str, dict]] = []
        self.feed(self.text)
        assert not self.open

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        if "id" in given:
            self.ids.append(given["id"])
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append(given["href"])
        inside = [name for name, _ in self.open]
        if tag == "img" or given.get("class") == "gone":
            figure = next(g for name, g in reversed(self.open) if name == "figure")
            given |= {"query": figure.get("class") == "query", "folded": "details" in inside}
            (self.images if tag == "img" else self.gone).append(given)
        if tag not in VOID:
            self.open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def place(self, address: str) -> Path:
        """The file that an address of the page leads to."""
        assert not re.match(r"[a-z]+:|/", address)
        return (self.path.parent / unquote(address.partition("#")[0])).resolve()

    def paths(self, folder: StudyFolder) -> set[str]:
        """Its images as the table of stimuli names them."""
        return {
            self.place(image["src"]).relative_to(folder.path.resolve()).as_posix()
            for image in self.images
        }

    @property
    def words(self) -> str:
        text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", self.text, flags=re.S)
        return " ".join(html.unescape(text).split())

    def section(self, unit: str) -> str:
        found = re.search(rf'<section [^>]*"{unit}">.*?</section>', self.text, re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> StudyFolder:
    """Nine units with batches, sets of two sizes and blurred copies."""
    root = tmp_path_factory.mktemp("made")
    return fabricated(root, 9, batches=3, bins=4, synthetic=2, other_set=2, blurred=True)


@pytest.fixture
def study(made, tmp_path) -> StudyFolder:
    """A copy to be changed: files are replaced, never written into."""
    shutil.copytree(made.path, tmp_path / "study", copy_function=os.link)
    return open_study(str(tmp_path / "study"), tmp_path)


def shown(folder: StudyFolder) -> Page:
    return Page(write_preview(folder))


def test_all_images_are_there_and_described_once(made):
    page = shown(made)
    stimuli = read_table(made.stimuli_table, STIMULI)
    assert page.paths(made) == set(stimuli["path"])
    assert len(page.images) == len(stimuli)
    assert all(image["alt"] == image["title"] for image in page.images)
    assert len({image["alt"] for image in page.images}) == len(stimuli)
    row = stimuli[stimuli["path"] == natural_image("block04_0004", 1, "min", 0)].iloc[0]
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
    kept = stimuli["path"].str.contains("sets_of_2") | (stimuli["kind"] == "synthetic")
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
    words = "loses The weakest minimally activating synthetic image (−"
    assert words in page.section("block01_0001")
    assert ") is less extreme than the most extreme natural one (−" in page.section("block01_0001")
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


def test_kinds_are_what_the_table_says(made):
    facts = read_facts(made)
    unit = "block01_0000"
    # A kind that nobody has thought of yet.
    rows = [
        row._replace(kind="painted by hand") if row.kind == "blurred" else row
        for row in facts.stimuli[unit]
    ]
    kinds = ["natural", "painted by hand", "synthetic"]
    series = series_of(made.study, unit, "main", rows, kinds, Files(made))
    names = [one.name for one in series]
    assert names == [*kinds, "natural, sets of 2", "painted by hand, sets of 2"]
    assert [len(one.others) for one in series] == [2, 2, 0, 3, 3]
    assert "painted by hand, maximally activating, batch 1" in series[1].shown.pictures[-1].words


def test_images_that_are_not_there_are_said_to_be(study, capsys):
    gone = [natural_image("block01_0000", 1, "max", rank) for rank in (1, 3)]
    (study.path / gone[0]).unlink()
    (study.path / gone[1]).unlink()
    (study.path / gone[1]).symlink_to("nowhere.png")
    page = shown(study)
    assert [one["query"] for one in page.gone] == [True, False]
    assert all(one["aria-label"].startswith("not there: block01_0000") for one in page.gone)
    assert all(page.place(image["src"]).is_file() for image in page.images)
    assert "missing Of 76 images in the table 2 are not there." in page.section("block01_0000")
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
    write_table(stimuli[stimuli["kind"].isin(kinds)], STIMULI, study.stimuli_table)
    study.synthetic_report.unlink()
    page = shown(study)
    assert len(page.images) == stimuli["kind"].isin(kinds).sum()
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


def test_odd_words_do_no_harm(study):
    odd = """"><script>alert(1)</script> \u202e {{ 1 }} 'größe' 50% #1"""
    stimuli = read_table(study.stimuli_table, STIMULI)
    stimuli.loc[0, "source"] = odd
    write_table(stimuli, STIMULI, study.stimuli_table)
    page = shown(study)
    assert any(image["title"].endswith(f"source: {odd}") for image in page.images)
    assert "<script" not in page.text


def test_addresses_survive_any_name_of_the_folder_and_copies(study):
    shown(study)
    other = study.path.parent / "50% #1 ?&größe"
    study.path.rename(other)
    moved = Page(other / "stimuli" / "preview.html")
    assert all(moved.place(image["src"]).is_file() for image in moved.images)


def test_a_name_with_marks_of_addresses_is_quoted(study):
    stimuli = read_table(study.stimuli_table, STIMULI)
    odd = "stimuli/natural/a#1 50%/b?.png"
    (study.path / odd).parent.mkdir()
    (study.path / stimuli["path"][0]).rename(study.path / odd)
    stimuli.loc[0, "path"] = odd
    write_table(stimuli, STIMULI, study.stimuli_table)
    page = shown(study)
    assert not page.gone
    assert "natural/a%231%2050%25/b%3F.png" in [image["src"] for image in page.images]


def test_headings_are_in_order_and_the_page_is_complete(made):
    page = shown(made)
    assert page.headings[0] == 1
    steps = [b - a for a, b in zip(page.headings, page.headings[1:], strict=False)]
    assert max(steps) == 1
    assert page.text.startswith('<!doctype html>\n<html lang="en">')
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert not re.search(r"https?:|<script|url\(", page.text)


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb (WCAG 2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_all_text_has_contrast(made):
    colours = re.findall(r"(?<![-\w])color: (#[0-9a-f]+)", shown(made).text)
    assert len(set(colours)) > 8
    # Of what text stands on, this is the darkest.
    ground = luminance("#f2f2f2") + 0.05
    for colour in colours:
        assert ground / (luminance(colour) + 0.05) >= 4.5, colour


def test_many_units_are_dealt_to_pages(study, monkeypatch, capsys):
    monkeypatch.setattr(dealing, "UNITS_A_PAGE", 4)
    index = shown(study)
    pages = [Page(study.stimuli / "preview" / f"page-00{i}.html") for i in (1, 2, 3)]
    assert not index.images
    stimuli = read_table(study.stimuli_table, STIMULI)
    assert set().union(*(page.paths(study) for page in pages)) == set(stimuli["path"])
    for unit in stimuli["unit"].unique():
        [link] = [link for link in index.links if link.endswith(f"#{unit}")]
        assert unit in Page(index.place(link)).ids
    for page in pages:
        assert page.headings[:2] == [1, 2]
        assert all(page.place(link).is_file() for link in page.links)
    assert "Page 2 of 3" in pages[1].words
    assert capsys.readouterr().out == ""


def test_images_limit_pages_too(study, monkeypatch):
    monkeypatch.setattr(dealing, "IMAGES_A_PAGE", 160)
    shown(study)
    pages = sorted((study.stimuli / "preview").iterdir())
    assert [len(Page(page).images) for page in pages] == [152, 152, 152, 152, 76]


def test_pages_of_an_earlier_preview_point_to_the_present_one(study, monkeypatch):
    monkeypatch.setattr(dealing, "UNITS_A_PAGE", 2)
    shown(study)
    pages = study.stimuli / "preview"
    kept = pages / "page-001 (copy).html"
    kept.write_text("mine", encoding="utf-8")
    monkeypatch.setattr(dealing, "UNITS_A_PAGE", 5)
    shown(study)
    left = [Page(pages / f"page-00{i}.html") for i in (3, 4, 5)]
    for page in left:
        assert "belonged to an earlier preview" in page.words
        assert [page.place(link) for link in page.links] == [study.preview.resolve()]
    assert "Page 2 of 2" in Page(pages / "page-002.html").words
    assert kept.read_text(encoding="utf-8") == "mine"
    monkeypatch.setattr(dealing, "UNITS_A_PAGE", 100)
    assert shown(study).images
    assert "belonged to an earlier preview" in Page(pages / "page-001.html").words


def test_the_index_has_units_by_role_block_and_layer(study):
    units = read_table(study.units_table, UNITS)
    # As they stand in the table, roles are mixed.
    units["role"] = ["main", "practice"] * 4 + ["main"]
    units["layer"] = ["b", "b", "a", "a", "b", "b", "a", "a", "b"]
    units["block"] = [None] * 8 + ["B"]
    write_table(units, UNITS, study.units_table)
    page = shown(study)
    names = re.findall(r'<h3 id="group-\d+">([^<]+) <small>(\d) unit', page.text)
    wanted = [("main, b", "2"), ("main, a", "2"), ("main, block B, b", "1")]
    assert names == [*wanted, ("practice, b", "2"), ("practice, a", "2")]
    sections = [unit for unit in page.ids if unit.startswith("block")]
    assert sections == [units["unit"][i] for i in (0, 4, 2, 6, 8, 1, 5, 3, 7)]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.14159, "3.14"),
        (-12.345, "−12.3"),
        (999.96, "1000"),
        (12345.6, "12346"),
        (0.012345, "0.0123"),
        (1.5e-7, "1.50e−07"),
        (-2.5e9, "−2.50e+09"),
        (float("nan"), "–"),
    ],
)
def test_numbers_have_three_digits_and_a_true_minus(value, words):
    assert number(value) == words
    assert "-" not in number(value, 4)
