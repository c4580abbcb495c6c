"""``events.csv``: all that happened in a session, in time, to align other recordings with."""

from typing import Literal, get_args

from conditions.tables.schema import Column, Table

Kind = Literal[
    "session",
    "page",
    "block",
    "fixation",
    "images",
    "choice",
    "confidence",
    "feedback",
    "blank",
    "press",
    "release",
    "pause",
    "focus",
    "stall",
    "marker",
]
KINDS: tuple[str, ...] = get_args(Kind)

# What lasts long has a row at its begin and one at its end: a kill leaves the first.
BEGIN, END = "begin", "end"
# A question without an answer whose trial began again, or whose session was stopped.
INTERRUPTED = "interrupted"
# What a press was that did not count, the second word of its detail; see the column.
EARLY, EXTRA, LATE, OTHER, HELD, AWAY = "early", "extra", "late", "other", "held", "away"
UNCOUNTED = (EARLY, EXTRA, LATE, OTHER, HELD, AWAY)
# Which key was typed into another window is nobody's business: it may be of a password.
UNNAMED = "key"
# Seconds for which nothing is drawn that was due.
STALL_S = 0.1
# What eight lines of a parallel port, or a byte at a serial one, can say besides 0, their rest.
LOWEST_CODE, HIGHEST_CODE = 1, 255

EVENTS = Table(
    "events",
    "All that happened in a session, one row an event, in the order of writing: sort by run and "
    "onset. It is on disk with the answer of the trial, and what follows an answer with the next "
    "page or trial. A trial that was interrupted, or whose session was killed, is shown again: its "
    "events stand here each time; those of its answer are the last ones, whose images have the "
    "onset that the table of trials has. Nothing stands here of the pages before a run (arriving, "
    "consent), nor of sessions without a window.",
    (
        Column("participant", "int", "Number of the participant, from 1.", minimum=1),
        Column("session", "int", "Number of the participant's session, from 1.", minimum=1),
        Column(
            "run",
            "int",
            "Number of the run, from 1: each start of the program is one, as when a session that "
            "was stopped or killed goes on.",
            minimum=1,
        ),
        Column(
            "onset",
            "float",
            "When it happened, on the clock of the table of trials: of what is shown, the flip "
            "that showed it; of keys, their own time stamp; of a stall, the last flip before it; "
            "of focus, when it was found.",
            unit="s since session start",
            minimum=0,
        ),
        Column(
            "duration",
            "float",
            "How long it lasted. Of page, blank, fixation and feedback, until the flip that showed "
            "the next; of images, until the answer was complete or the deadline had passed (they "
            "stay in sight during the feedback); of choice and confidence, until the press that "
            "answered (of a choice this is the reaction time). Empty for what is a moment "
            "(session, block, pause, press, release, focus, marker). What was on the screen when a "
            "session was killed is missing.",
            unit="s",
            minimum=0,
            required=False,
        ),
        Column(
            "kind",
            "str",
            "What happened: session, block and pause begin and end, each with a row of its own; "
            "page, blank, fixation, images and feedback come on the screen; choice and confidence "
            "are asked while images are there; a key goes down (press) and up (release); focus: "
            "another window gets the keyboard; stall: for more than 0.1 s nothing was drawn that "
            "was due; marker: an outlet for markers opens, is lost, is back or is closed.",
            levels=KINDS,
        ),
        Column(
            "trial",
            "int",
            "Number of the trial that it belongs to; empty for what belongs to none, and in the "
            "example.",
            required=False,
            minimum=0,
        ),
        Column(
            "detail",
            "str",
            "Which one. session: begin, or end and how; block and pause: begin or end, and which; "
            "page: its name; images: the condition, and catch in a catch trial, or rated, or "
            "example; choice: the query (upper, lower), or rating and its value; confidence: 1 to "
            "3 (one press for both has no such row); both are empty where the deadline passed, and "
            "interrupted where the trial was; "
            "feedback: chosen (a mark alone, before it), correct, wrong or too_slow; focus: lost "
            "or back; release: the key. press: the key alone where the press counted, else a "
            "space and why not: early (before the question), late (after the answer or the "
            "deadline), extra (another answer to what had just been answered), other (a key that "
            "means nothing there), held (down already), away (another window had the keyboard: "
            "which key it was is not written down, it says key).",
            required=False,
        ),
        Column(
            "code",
            "int",
            "Number that was sent to the outlets for markers with it; empty where none was. The "
            "codes of answers stand with their presses.",
            required=False,
            minimum=LOWEST_CODE,
            maximum=HIGHEST_CODE,
        ),
    ),
)


# Where a rig lists an outlet of the kind file.
MARKERS = Table(
    "markers",
    "Every code that was sent to the outlets for markers, one row each, in the order of sending.",
    (
        Column("participant", "int", "Number of the participant, from 1.", minimum=1),
        Column("session", "int", "Number of the participant's session, from 1.", minimum=1),
        Column("run", "int", "Number of the run, from 1, as in the table of events.", minimum=1),
        Column(
            "code",
            "int",
            "The code; which event has which stands in session.json, in markers.",
            minimum=LOWEST_CODE,
            maximum=HIGHEST_CODE,
        ),
        Column(
            "onset",
            "float",
            "When what it marks happened, as in the table of events.",
            unit="s since session start",
            minimum=0,
        ),
        Column(
            "sent",
            "float",
            "When it was written here: what the onset differs by is what a session needs to hand a "
            "code over (and of a key, until it was heard).",
            unit="s since session start",
            minimum=0,
        ),
    ),
)
