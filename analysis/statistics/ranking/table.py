"""The table of the ranking: every kind of reference against a baseline, and against none."""

from conditions.study.kinds.kind import NONE
from conditions.tables.schema import Column, Table

YES, NO, UNDECIDED = "yes", "no", "not decided"
PEOPLE = "people"


def _compared(prefix: str, with_what: str, family: str) -> tuple[Column, ...]:
    return (
        Column(
            f"{prefix}_difference",
            "float",
            f"Mean minus that {with_what}, in the measure's unit, over cells (participant and "
            "unit) that both have.",
            required=False,
        ),
        Column(f"{prefix}_cells", "int", "Those cells.", required=False, minimum=0),
        Column(
            f"{prefix}_low",
            "float",
            "Lower end of the 95 % interval of the difference.",
            required=False,
        ),
        Column(f"{prefix}_high", "float", "Upper end of that interval.", required=False),
        Column(f"{prefix}_t", "float", "Difference by its standard error.", required=False),
        Column(
            f"{prefix}_df",
            "float",
            "Degrees of freedom (Satterthwaite).",
            required=False,
            minimum=0,
        ),
        Column(
            f"{prefix}_p",
            "float",
            "Two-sided p value.",
            required=False,
            minimum=0,
            maximum=1,
        ),
        Column(
            f"{prefix}_p_holm",
            "float",
            f"The same after Holm, over {family} of the same observer and measure.",
            required=False,
            minimum=0,
            maximum=1,
        ),
        Column(
            f"{prefix}_over",
            "str",
            "Whom interval and test speak of: other participants and units, or other participants "
            "with the same unit, or other units with the same participant.",
            required=False,
        ),
    )


RANKING_TABLE = Table(
    "ranking",
    "Kinds of reference images against a baseline and against none, paired over participants and "
    "units, both taken as samples: intervals and tests speak of other people and other units.",
    (
        Column("experiment", "str", "Name of the experiment or study."),
        Column("observer", "str", "people, or the folder of a machine observer in STUDY/machine."),
        Column(
            "measure",
            "str",
            "accuracy (0–1; of machine observers the predicted one), rt (s, answered trials) or "
            "confidence (1–3).",
        ),
        Column("condition", "str", "Name of the kind of reference images, or none."),
        Column(
            "place",
            "int",
            "Place by accuracy among the kinds with references; empty for other measures.",
            required=False,
            minimum=1,
        ),
        Column(
            "n_participants",
            "int",
            "Participants; of a machine observer: different sets of images, which is all that "
            "differs between participants for it.",
            minimum=0,
        ),
        Column("n_units", "int", "Units.", minimum=0),
        Column("n_trials", "int", "Main trials that count.", minimum=0),
        Column("mean", "float", "Mean over cells: a participant and a unit each."),
        Column(
            "mean_low",
            "float",
            "Lower end of its 95 % interval, not beyond the measure's range.",
            required=False,
        ),
        Column("mean_high", "float", "Upper end of that interval.", required=False),
        Column(
            "baseline",
            "str",
            "Kind that the others are compared with; empty in its own row.",
            required=False,
        ),
        *_compared("baseline", "of the baseline", "the other kinds with references"),
        *_compared(NONE, "without references", "all kinds with references"),
        Column(
            "better",
            "str",
            "Whether accuracy is higher than with the baseline: yes or no (that is, lower) where p "
            "after Holm is below 0.05, else not decided; never by one participant or unit alone.",
            levels=(YES, NO, UNDECIDED),
            required=False,
        ),
        Column(
            "would_take",
            "str",
            "Where not decided: the study in which a difference as large as the one found would "
            "be found in 90 of 100 simulated studies.",
            required=False,
        ),
    ),
    key=("experiment", "observer", "measure", "condition"),
)
