"""A page of the preview, read as a browser and a screen reader do."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from conditions.folder import StudyFolder
from stimgen.preview import write_preview

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


def shown(folder: StudyFolder) -> Page:
    return Page(write_preview(folder))
