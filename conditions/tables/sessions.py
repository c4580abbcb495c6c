"""The tables of a session: what is recorded while it runs, and who took part."""

from conditions.tables.condition_file import ANSWERS, DECIDED, TITLES_AND_QUERIES, TRIAL
from conditions.tables.schema import Column, Table
from conditions.tables.stimuli import UNIT

LOWEST_RATING, HIGHEST_RATING = -100, 100

_SHOWN_BEFORE = Column(
    "shown_before",
    "int",
    "How many times the images had been on the screen before, without an answer: the session was "
    "killed, or the trial was interrupted by Escape or by another window that took the keyboard. "
    "Empty in data from before this was recorded.",
    unit="onsets",
    minimum=0,
    required=False,
    optional=True,
)


TRIALS = Table(
    "trials",
    "The trials of one session in the order of their presentation, one row each.",
    (
        Column("participant", "int", "Number of the participant, from 1.", minimum=1),
        Column("session", "int", "Number of the participant's session, from 1.", minimum=1),
        *DECIDED,
        *TITLES_AND_QUERIES,
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
            "Reaction time: from the flip that showed the trial to the press that chose a query. "
            "In a browser (place web in session.json) from the frame for which the trial was drawn "
            "to the event's own time stamp, which lags by more, differently on each machine.",
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
        Column(
            "onset",
            "float",
            "Flip that showed the trial (in a browser: the frame for which it was drawn); of "
            "several sessions all count from the first one's start.",
            unit="s since session start",
        ),
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
        TRIAL,
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
        TRIAL,
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
        TRIAL,
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
            "Number of the trial; empty on pages between trials, and in the example.",
            required=False,
            minimum=0,
        ),
        Column(
            "question",
            "str",
            "What was on the screen.",
            levels=(
                *("page", "keys", "focus", "example"),
                *("choice", "confidence", "combined", "rating"),
            ),
        ),
        Column("key", "str", "Key by PsychoPy's name; click for a click of the mouse."),
        Column("rt", "float", "From the flip that showed the question to the press.", unit="s"),
    ),
)
