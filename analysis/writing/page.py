"""What the HTML pages share: templates, filters, and figures as bytes."""

import io
from dataclasses import dataclass
from pathlib import Path

import jinja2
from matplotlib.figure import Figure

from analysis import wording
from analysis.figures.style.drawing import STYLE, styled
from conditions.files import atomic_path

PAGE_INCHES = 7.2
KINDS = ("png", "pdf", "svg")
# A date in the file would make two reports of the same data differ.
_UNDATED: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
}


@dataclass(frozen=True)
class Shown:
    """A figure on the page.

    Attributes
    ----------
    title, caption, shows : str
        As of a ``Drawing``.
    image : str
        PNG, in base 64.
    width : int
        Percent of the page.
    """

    title: str
    caption: str
    shows: str
    image: str
    width: int


def page_environment() -> jinja2.Environment:
    """The templates, with the filters percent, number, p_cell and scheme_word."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis.writing"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    for word in (wording.percent, wording.number, wording.p_cell, wording.scheme_word):
        environment.filters[word.__name__] = word
    return environment


def rendered(figure: Figure, kind: str) -> bytes:
    """A figure as PNG, PDF or SVG, the same bytes for the same figure."""
    stream = io.BytesIO()
    if (engine := figure.get_layout_engine()) is not None:
        # The layout takes most of the time; a figure that is written thrice needs it once.
        engine.execute(figure)
        figure.set_layout_engine("none")
    with styled():
        figure.savefig(stream, format=kind, dpi=STYLE["savefig.dpi"], metadata=_UNDATED[kind])
    return stream.getvalue()


def write_figure(figure: Figure, path: Path) -> bytes:
    """Write a figure as PNG to a path, and as PDF and SVG beside it.

    Returns
    -------
    bytes
        The PNG.
    """
    images = {kind: rendered(figure, kind) for kind in KINDS}
    for kind, content in images.items():
        with atomic_path(path.with_suffix(f".{kind}")) as temporary:
            temporary.write_bytes(content)
    return images["png"]
