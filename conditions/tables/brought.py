"""The tables of images that another tool has made: what comes with them, what became of them."""

from dataclasses import replace

from conditions.tables.schema import Column, Table
from conditions.tables.stimuli import POLES, UNIT

_MADE_BY = (
    Column("tool", "str", "What made the image.", required=False, optional=True),
    Column("version", "str", "Version of the tool.", required=False, optional=True),
    Column("prompt", "str", "What the tool was told.", required=False, optional=True),
)
_POLE = Column("pole", "str", "Made to drive the unit least (min) or most (max).", levels=POLES)
_RANK = Column("rank", "int", "Place among the images of its unit and pole, from 0.", minimum=0)
_FILE = Column("file", "str", "The image file, relative to the folder of the manifest.")


MANIFEST = Table(
    "manifest",
    "Images that another tool has made for the units of a study, one row each.",
    (replace(UNIT, description="Name of a unit of the study."), _POLE, _RANK, _FILE, *_MADE_BY),
)


BRING_REPORT = Table(
    "bring_report",
    "Images that were brought into a study from another tool, one row each.",
    (
        UNIT,
        _POLE,
        _RANK,
        replace(
            _FILE,
            description="The file, relative to the folder that was brought. Bytes that are no "
            r"UTF-8, control characters, blanks at the ends and backslashes stand as \xe9, \n, "
            r"\x20 and \\.",
        ),
        Column("file_sha256", "str", "SHA-256 of that file."),
        Column("width", "int", "Width of the upright image.", unit="px", minimum=1),
        Column("height", "int", "Height of the upright image.", unit="px", minimum=1),
        Column(
            "changed",
            "str",
            "What was done to it: its mode or orientation, as in CMYK; resized and cropped. Empty "
            "where it is shown pixel by pixel.",
            required=False,
        ),
        Column(
            "activation",
            "float",
            "Activation of the unit for the image as it is shown.",
            unit="arbitrary (the network's own)",
        ),
        Column(
            "median",
            "float",
            "Median of the unit's activation over the pool.",
            unit="arbitrary (the network's own)",
        ),
        Column(
            "doubts",
            "str",
            "What speaks against showing it, as an activation on the other side of the median.",
            required=False,
        ),
        *_MADE_BY,
    ),
    key=("unit", "pole", "rank"),
)
