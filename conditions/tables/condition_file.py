"""The table of a condition file: every trial of a participant, fully decided."""

from conditions.tables.schema import Column, Table
from conditions.tables.stimuli import BRANCH, CHANNEL, LAYER, PICK, UNIT

GRID = 9
LEFT_COLUMNS = tuple(f"left_{i}" for i in range(1, GRID + 1))
RIGHT_COLUMNS = tuple(f"right_{i}" for i in range(1, GRID + 1))
PHASES = ("intuitiveness", "practice", "main", "repeat")
ANSWERS = ("upper", "lower")


TRIAL = Column(
    "trial",
    "int",
    "Number of the trial in the session, counted from 0: practice and main trials in the order of "
    "their presentation, then repeats, then intuitiveness trials, whenever they are shown.",
    minimum=0,
)


DECIDED = (
    TRIAL,
    Column(
        "block",
        "int",
        "Number of the block in the session, counted from 0, practice blocks included; empty for "
        "intuitiveness trials.",
        required=False,
        minimum=0,
    ),
    Column("phase", "str", "Part of the session.", levels=PHASES),
    Column(
        "condition",
        "str",
        "The study's name for the kind of the reference images, or none; empty for intuitiveness "
        "trials.",
        required=False,
    ),
    Column(
        "scheme",
        "str",
        "Which references are shown, as in Min-Max-9: nine minimally and nine maximally "
        "activating ones; empty without references and for intuitiveness trials.",
        required=False,
    ),
    Column(
        "n_references",
        "int",
        "Number of references a side.",
        minimum=0,
        maximum=GRID,
        unit="images",
    ),
    Column("catch", "bool", "Catch trial: both queries are copies of shown references."),
    UNIT,
    LAYER,
    BRANCH,
    CHANNEL,
    PICK,
    Column(
        "batch",
        "int",
        "Batch of natural images that the queries come from, and references that are photographs "
        "or made of them; empty for intuitiveness trials.",
        required=False,
        minimum=0,
    ),
)


TITLES_AND_QUERIES = (
    Column(
        "left_title",
        "str",
        "What the left grid shows: min or max (activating), or in intuitiveness trials the name "
        "of a kind.",
        required=False,
    ),
    Column("right_title", "str", "What the right grid shows.", required=False),
    Column("upper", "str", "Upper query image, relative to the study folder.", required=False),
    Column("lower", "str", "Lower query image, relative to the study folder.", required=False),
    Column(
        "correct_response",
        "str",
        "Place of the query that activates the unit more; empty for intuitiveness trials.",
        levels=ANSWERS,
        required=False,
    ),
)


def _grid(columns: tuple[str, ...], side: str) -> tuple[Column, ...]:
    return tuple(
        Column(
            name,
            "str",
            f"Reference image {i} of the {side} grid (row by row from the top left), relative to "
            "the study folder; empty where the scheme shows fewer.",
            required=False,
        )
        for i, name in enumerate(columns, start=1)
    )


CONDITION_FILE = Table(
    "conditions",
    "All trials of one participant, fully decided before the session, one row each.",
    DECIDED + _grid(LEFT_COLUMNS, "left") + _grid(RIGHT_COLUMNS, "right") + TITLES_AND_QUERIES,
    key=("trial",),
)
