"""The table of a rig's calibration: every reading of the photometer."""

from conditions.rig.luminance import CHANNELS, TOP
from conditions.tables.schema import Column, Table

STAGES = ("sweep", "verification")


def _drawn(name: str) -> Column:
    return Column(
        f"{name}_level",
        "int",
        f"Level of {name} that was drawn.",
        minimum=0,
        maximum=TOP,
    )


READINGS = Table(
    "readings",
    "Every reading of a calibration, in order, one row each.",
    (
        Column("reading", "int", "Number of the reading, from 1.", minimum=1),
        Column(
            "stage",
            "str",
            "Sweep: levels as they are, for the fit. Verification: fresh pixel values after "
            "correction.",
            levels=STAGES,
        ),
        Column(
            "repetition", "int", "Which time the same patches were gone through, from 1.", minimum=1
        ),
        Column("channel", "str", "What was shown.", levels=(*CHANNELS, "grey")),
        Column(
            "value",
            "int",
            "Pixel value of the patch; of a sweep, the level that was drawn.",
            minimum=0,
            maximum=TOP,
        ),
        *(_drawn(name) for name in CHANNELS),
        Column("luminance", "float", "What the photometer said.", unit="cd/m²", minimum=0),
        Column("seconds", "float", "Since the first reading.", unit="s", minimum=0),
    ),
    key=("reading",),
)
