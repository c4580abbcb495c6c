"""README and docs/: blocks say their language, commands are run or excepted, links lead on."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.documents.blocks import (
    COMMAND,
    LANGUAGES,
    PAGES,
    ROOT,
    all_commands,
    blocks,
    commands,
    inline_commands,
    prose,
)
from tests.documents.listed import NOT_RUN, RUN
from tests.documents.parsing import fault

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$")
# What README may have at most, and what it shows first.
MOST_LINES = 255


def anchors(page: Path) -> set[str]:
    """Names of a page's headings, as GitHub makes them."""
    headings = [HEADING.match(line) for _, line in prose(page)]
    words = [re.sub(r"[`*]", "", found.group(1)).lower() for found in headings if found]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in words}


def test_every_command_is_run_or_excepted_with_a_reason():
    listed = {entry.command for entry in RUN} | set(NOT_RUN)
    unknown = [f"{found.place}: {found.text}" for found in all_commands()]
    unknown = [
        line
        for line, found in zip(unknown, all_commands(), strict=True)
        if found.text not in listed
    ]
    assert not unknown, "neither run nor excepted in tests/documents/listed.py"
    assert listed <= {found.text for found in all_commands()}, "no page has these any more"
    assert not {entry.command for entry in RUN} & set(NOT_RUN)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_one_that_its_program_takes(page):
    found = {one: fault(one.words) for one in commands(page)}
    found |= {one: fault(one.words, whole=False) for one in inline_commands(page)}
    assert not [(one.place, one.text, told) for one, told in found.items() if told]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_say_their_language_and_no_command_stands_outside(page):
    assert {block.language for block in blocks(page)} <= LANGUAGES
    assert not [line for line in prose(page) if COMMAND.match(line[1])]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page):
    for number, line in prose(page):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            there = (page.parent / unquote(file)).resolve() if file else page
            assert there.exists(), f"{page.name}:{number}: {target}"
            assert there.is_relative_to(ROOT), f"{page.name}:{number}: {target}"
            assert not anchor or anchor in anchors(there), f"{page.name}:{number}: {target}"


def test_every_page_is_reached_from_readme():
    linked = {
        (ROOT / target.partition("#")[0]).resolve()
        for _, line in prose(ROOT / "README.md")
        for target in LINK.findall(line)
    }
    assert set(PAGES[1:]) <= linked


def test_readme_is_short_and_shows_a_trial_then_a_result_then_the_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    first = [text.index(words) for words in ("docs/trial.png", "docs/result.png", "make demo")]
    assert first == sorted(first)
