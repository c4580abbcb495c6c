"""README and docs/: blocks say their language, commands are run or excepted, links lead on."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.documents.blocks import (
    LANGUAGES,
    PAGES,
    ROOT,
    UNFENCED,
    all_commands,
    blocks,
    commands,
    inline_commands,
    prose,
)
from tests.documents.listed import NOT_RUN, RUN
from tests.documents.parsing import fault

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# A file or folder of ours between back ticks, from the top; capitals stand for several.
OWN = re.compile(
    r"`((?:conditions|stimgen|experiment|analysis|tests|benchmarks|tools|docs)/"
    r"[a-z0-9_./-]*(?:/|\.(?:py|yaml|sh|txt|md)))`"
)
HEADING = re.compile(r"^#+ (.*)$")
# What README may have at most, and what it shows first.
MOST_LINES = 255


def anchors(page: Path) -> set[str]:
    """Names of a page's headings, as GitHub makes them."""
    headings = [HEADING.match(line) for _, line in prose(page)]
    words = [re.sub(r"[`*]", "", found.group(1)).lower() for found in headings if found]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in words}


def links(page: Path) -> list[str]:
    """Where a page's links lead, also of those that go over the end of a line."""
    return LINK.findall("\n".join(line for _, line in prose(page)))


def test_every_command_is_run_or_excepted_with_a_reason():
    listed = {entry.command for entry in RUN} | set(NOT_RUN)
    typed = all_commands()
    unknown = [f"{one.place}: {one.text}" for one in typed if one.text not in listed]
    assert not unknown, "neither run nor excepted in tests/documents/listed.py"
    assert not listed - {one.text for one in typed}, "no page has these any more"
    assert not {entry.command for entry in RUN} & set(NOT_RUN)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_one_that_its_program_takes(page):
    found = {one: fault(one.words) for one in commands(page)}
    found |= {one: fault(one.words, whole=False) for one in inline_commands(page)}
    assert not [(one.place, one.text, told) for one, told in found.items() if told]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_say_their_language_and_no_command_stands_outside(page):
    assert {block.language for block in blocks(page)} <= LANGUAGES
    assert not [line for line in prose(page) if UNFENCED.match(line[1])]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page):
    for target in links(page):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / unquote(file)).resolve() if file else page
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_of_ours_that_is_named_is_there(page):
    named = {name for _, line in prose(page) for name in OWN.findall(line)}
    assert not [name for name in sorted(named) if not (ROOT / name).exists()]


def test_the_architecture_names_every_corner_and_what_lies_beside_them():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", page))
    rooms = [ROOT / room for room in ("conditions", "stimgen", "experiment", "analysis")]
    modules = [path for room in rooms for path in room.glob("*.py") if path.stem != "__init__"]
    corners = [path.parent for room in rooms for path in room.rglob("*/__init__.py")]
    found = {path.stem: path for path in [*modules, *corners]}
    assert not [str(path.relative_to(ROOT)) for name, path in found.items() if name not in named]


def test_every_page_is_reached_from_readme():
    linked = {(ROOT / target.partition("#")[0]).resolve() for target in links(ROOT / "README.md")}
    assert set(PAGES[1:]) <= linked


def test_readme_is_short_and_shows_a_trial_then_a_result_then_the_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    first = [text.index(words) for words in ("docs/trial.png", "docs/result.png", "make demo")]
    assert first == sorted(first)
