"""The pages themselves: addresses, headings, contrast, many units, what earlier ones left."""

import re

import pytest

from conditions.tables.files import read_table, write_table
from conditions.tables.stimuli import STIMULI, UNITS
from stimgen.preview import units as dealing
from stimgen.preview.in_words import number
from tests.stimgen.preview.reading import Page, shown


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
    assert [len(Page(page).images) for page in pages] == [128, 128, 128, 128, 64]


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
