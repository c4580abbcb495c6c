"""The tables of sessions: what condition files decide, and what is recorded."""

from conditions.tables.schema import Column, Table
from conditions.tables.stimuli import BRANCH, CHANNEL, LAYER, PICK, UNIT

GRID = 9


LEFT_COLUMNS = tuple(f"left_{i}" for i in range(1, GRID + 1))


RIGHT_COLUMNS = tuple(f"right_{i}" for i in range(1, GRID + 1))


PHASES = ("intuitiveness", "practice", "main", "repeat")


CONDITIONS = ("natural", "synthetic", "mixed", "blurred", "none")


REFERENCE_TITLES = ("min", "max", "natural", "synthetic")


ANSWERS = ("upper", "lower")


LOWEST_RATING, HIGHEST_RATING = -100, 100


_TRIAL = Column(
    "trial",
    "int",
    "Number of the trial in the session, counted from 0: practice and main trials in the order of "
    "their presentation, then repeats, then intuitiveness trials, whenever they are shown.",
    minimum=0,
)


_DECIDED = (
    _TRIAL,
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
        "Kind of the reference images: photographs, feature visualisations, half of each, blurred "
        "photographs, or none; empty for intuitiveness trials.",
        levels=CONDITIONS,
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
        "Batch of natural images that queries and natural references come from; empty for "
        "intuitiveness trials.",
        required=False,
        minimum=0,
    ),
)


_TITLES_AND_QUERIES = (
    Column(
        "left_title",
        "str",
        "What the left grid shows: min or max (activating), natural or synthetic.",
        levels=REFERENCE_TITLES,
        required=False,
    ),
    Column(
        "right_title", "str", "What the right grid shows.", levels=REFERENCE_TITLES, required=False
    ),
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


_SHOWN_BEFORE = Column(
    "shown_before",
    "int",
    "How many times the images had been on the screen before, without an answer: the session was "
    "killed, or the trial was interrupted by Escape. Empty in data from before this was recorded.",
    unit="onsets",
    minimum=0,
    required=False,
    optional=True,
)


CONDITION_FILE = Table(
    "conditions",
    "All trials of one participant, fully decided before the session, one row each.",
    _DECIDED + _grid(LEFT_COLUMNS, "left") + _grid(RIGHT_COLUMNS, "right") + _TITLES_AND_QUERIES,
    key=("trial",),
)


TRIALS = Table(
    "trials",
    "The trials of one session in the order of their presentation, one row each.",
    (
        Column("participant", "int", "Number of the participant, from 1.", minimum=1),
        Column("session", "int", "Number of the participant's session, from 1.", minimum=1),
        *_DECIDED,
        *_TITLES_AND_QUERIES,
        Column(
            "response",
            "str",
            "The query that the participant chose; empty if the deadline passed.",
            levels=ANSWERS,
            required=False,
        ),
        Column(
            "correct",
            "bool",
            "Whether the response is the correct one; empty if the deadline passed.",
            required=False,
        ),
        Column(
            "confidence",
            "int",
            "Confidence, from 1 (not confident) to 3 (very confident).",
            minimum=1,
            maximum=3,
            required=False,
        ),
        Column(
            "rt",
            "float",
            "Reaction time: from the flip that showed the trial to the press that chose a query.",
            unit="s",
            minimum=0,
            required=False,
        ),
        Column(
            "confidence_rt",
            "float",
            "From the press that chose a query to the press that gave the confidence; empty where "
            "one press said both.",
            unit="s",
            minimum=0,
            required=False,
        ),
        Column("timed_out", "bool", "Whether the deadline passed without an answer."),
        Column("onset", "float", "Flip that showed the trial.", unit="s since session start"),
        Column(
            "dropped_frames",
            "int",
            "Frame intervals of the trial longer than 1.5 refresh periods.",
            unit="frames",
            minimum=0,
        ),
        Column(
            "max_frame_ms", "float", "Longest frame interval of the trial.", unit="ms", minimum=0
        ),
        Column(
            "repeat_of",
            "int",
            "Number of the trial that this one repeats; empty otherwise.",
            required=False,
            minimum=0,
        ),
        Column("started_at", "str", "Date and time of the onset, ISO 8601 with UTC offset."),
        _SHOWN_BEFORE,
    ),
    key=("participant", "session", "trial"),
)


RATINGS = Table(
    "ratings",
    "Intuitiveness ratings of one session, one row each.",
    (
        Column("participant", "int", "Number of the participant, from 1.", minimum=1),
        Column("session", "int", "Number of the participant's session, from 1.", minimum=1),
        Column("moment", "str", "Part of the session.", levels=("beginning", "end")),
        _TRIAL,
        UNIT,
        Column(
            "rating",
            "int",
            "How intuitive the explanation is, from -100 (not intuitive) to 100.",
            minimum=LOWEST_RATING,
            maximum=HIGHEST_RATING,
        ),
        Column("rt", "float", "From the onset to the confirmed rating.", unit="s", minimum=0),
        _SHOWN_BEFORE,
    ),
    key=("participant", "session", "trial"),
)


PARTICIPANTS = Table(
    "participants",
    "Who took part; kept apart from the trials.",
    (
        Column("participant_id", "str", "sub- and the participant's number, as in sub-001."),
        Column("age", "int", "Age.", unit="years", required=False, minimum=0, maximum=130),
        Column("gender", "str", "Gender, as told by the participant.", required=False),
        Column(
            "handedness",
            "str",
            "Preferred hand.",
            levels=("right", "left", "ambidextrous"),
            required=False,
        ),
        Column("vision", "str", "Vision, normal or corrected to normal.", required=False),
        Column("expertise", "str", "Experience with CNNs.", required=False),
        Column("date", "str", "Day of the session, ISO 8601."),
    ),
    key=("participant_id",),
)


FRAMES = Table(
    "frames",
    "Frame intervals of one session, one row a frame of a trial from onset to answer.",
    (
        _TRIAL,
        Column("frame", "int", "Number of the frame in the trial, from 1.", minimum=1),
        Column("interval_ms", "float", "Since the frame before.", unit="ms", minimum=0),
    ),
    key=("trial", "frame"),
)


ONSETS = Table(
    "onsets",
    "Every time that the images of a trial came on the screen, in order, one row each, also where "
    "no answer followed.",
    (
        _TRIAL,
        Column(
            "onset", "float", "Flip that showed the trial.", unit="s since session start", minimum=0
        ),
        Column("started_at", "str", "Date and time of the onset, ISO 8601 with UTC offset."),
    ),
)


PRESSES = Table(
    "presses",
    "Key presses that the scripted observer made, in order, one row each.",
    (
        Column(
            "trial",
            "int",
            "Number of the trial; empty on pages between trials.",
            required=False,
            minimum=0,
        ),
        Column(
            "question",
            "str",
            "What was on the screen.",
            levels=("page", "choice", "confidence", "combined", "rating"),
        ),
        Column("key", "str", "Key by PsychoPy's name."),
        Column("rt", "float", "From the flip that showed the question to the press.", unit="s"),
    ),
)
