"""The columns of the tidy table: one row a trial, whatever the source."""

from conditions.study.kinds.kind import NONE
from conditions.tables.schema import Column, Table
from conditions.tables.session_facts import PLACES
from conditions.tables.sessions import TRIALS

BEFORE, AFTER, BETWEEN = "before", "after", "between"
NO_SCHEME = NONE

_FROM_TRIALS = {column.name: column for column in TRIALS.columns}

TIDY = Table(
    "trials",
    "All practice, main and repeated trials of an experiment, one row each: what participants "
    "saw and answered, with what follows from the order of their trials.",
    (
        Column("experiment", "str", "Name of the experiment or study."),
        _FROM_TRIALS["participant"],
        _FROM_TRIALS["session"],
        Column(
            "place",
            "str",
            "Where the participant sat: in the laboratory or, on the web, at a browser of their "
            "own, whose reaction times are not to be pooled with the laboratory's; empty if "
            "unknown.",
            levels=PLACES,
            required=False,
        ),
        Column(
            "expertise",
            "str",
            "Experience with CNNs, as recorded; empty where it was not.",
            required=False,
        ),
        _FROM_TRIALS["trial"],
        _FROM_TRIALS["block"],
        Column("phase", "str", "Part of the session.", levels=("practice", "main", "repeat")),
        _FROM_TRIALS["condition"],
        Column(
            "scheme",
            "str",
            "Which references are shown, as in Min-Max-9; none where no references are.",
        ),
        _FROM_TRIALS["catch"],
        Column("unit", "str", "Name of the unit."),
        Column("layer", "str", "Layer of the unit; empty if unknown.", required=False),
        _FROM_TRIALS["branch"],
        Column(
            "pick",
            "str",
            "How the unit was chosen; empty if unknown.",
            levels=("random", "hand_picked"),
            required=False,
        ),
        _FROM_TRIALS["batch"],
        _FROM_TRIALS["response"],
        _FROM_TRIALS["correct"],
        _FROM_TRIALS["confidence"],
        Column(
            "rt",
            "float",
            "Reaction time; the published data has values below 0, because its clock started "
            "before the first flip.",
            unit="s",
            required=False,
        ),
        _FROM_TRIALS["timed_out"],
        Column(
            "onset", "float", "Onset of the trial.", unit="s since session start", required=False
        ),
        _FROM_TRIALS["repeat_of"],
        Column(
            "baseline",
            "str",
            "Trials without references: before, after or between the trials with references.",
            levels=(BEFORE, BETWEEN, AFTER),
            required=False,
        ),
        Column(
            "turn",
            "int",
            "Main trials: how many blocks of this scheme and condition the participant has met, "
            "this one included.",
            required=False,
            minimum=1,
        ),
        Column(
            "first_condition",
            "str",
            "The condition with references that the participant met first in this scheme.",
            required=False,
        ),
        Column(
            "scheme_turn",
            "int",
            "Main trials with references: place of the scheme among those of the participant.",
            required=False,
            minimum=1,
        ),
    ),
    key=("experiment", "participant", "session", "trial"),
)
