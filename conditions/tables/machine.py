"""The tables of machine observers: what they leave, and how hard they find the units."""

from dataclasses import replace

from conditions.tables.schema import Column, Table
from conditions.tables.sessions import TRIALS

# No screen and no clock: the same observer leaves the same bytes each time.
_UNTIMED = ("onset", "dropped_frames", "max_frame_ms", "started_at")

MACHINE_TRIALS = replace(
    TRIALS,
    description="The trials of one participant as a machine observer answered them, in the order "
    "of their presentation, one row each. Times and frames are empty: there was no screen.",
    columns=tuple(
        replace(column, required=False, description=f"Empty. ({column.description})")
        if column.name in _UNTIMED
        else column
        for column in TRIALS.columns
    ),
)

_IDENTITY = tuple(
    column for column in TRIALS.columns if column.name in ("participant", "session", "trial")
)


def _similarity(query: str, references: str) -> Column:
    return Column(
        f"{query}_to_{references}",
        "float",
        f"Similarity of the {query} query to the {references}imally activating references; empty "
        "where none are shown.",
        required=False,
    )


JUDGEMENTS = Table(
    "judgements",
    "What the answers of a machine observer come from, one row a trial of trials.csv.",
    (
        *_IDENTITY,
        _similarity("upper", "max"),
        _similarity("upper", "min"),
        _similarity("lower", "max"),
        _similarity("lower", "min"),
        Column(
            "evidence",
            "float",
            "Δ(upper) − Δ(lower), where Δ of a query is its similarity to the max references minus "
            "that to the min references (0 where none are shown): above 0 it speaks for upper.",
        ),
        Column(
            "p_upper",
            "float",
            "Probability of the answer upper: 1 / (1 + exp(−alpha × evidence)).",
            minimum=0,
            maximum=1,
        ),
    ),
    key=("participant", "session", "trial"),
)

_UNIT = Column("unit", "str", "Name of the unit.")
_CONDITION = Column("condition", "str", "The study's name for the kind of the reference images.")
_SCHEME = Column("scheme", "str", "Which references are shown; none where no references are.")

DIFFICULTY = Table(
    "difficulty",
    "What machine observers make of each unit: main trials without catch trials.",
    (
        Column("observer", "str", "Folder of the observer in STUDY/machine."),
        Column(
            "role",
            "str",
            "floor: sees pixels or colours only; ceiling: knows the activations; else observer.",
            levels=("floor", "observer", "ceiling"),
        ),
        _UNIT,
        Column("layer", "str", "Its layer."),
        _CONDITION,
        _SCHEME,
        Column("n_trials", "int", "Trials, over the participants' condition files.", minimum=1),
        Column(
            "predicted",
            "float",
            "Predicted accuracy: mean probability of the correct answer.",
            unit="0–1",
            minimum=0,
            maximum=1,
        ),
        Column(
            "right",
            "float",
            "Share of trials whose evidence speaks for the correct query (no evidence counts one "
            "half); it does not depend on alpha.",
            unit="0–1",
            minimum=0,
            maximum=1,
        ),
    ),
    key=("observer", "unit", "condition", "scheme"),
)

UNIT_FLAGS = Table(
    "flags",
    "Units with references that are too easy or hopeless for machine observers.",
    (
        _UNIT,
        _CONDITION,
        _SCHEME,
        Column(
            "flag",
            "str",
            "hopeless: no observer solves it; easy: every observer does, the floor too; "
            "contradictory: not even the activations of references and queries solve it. To solve "
            "is to be right in at least the stated share of trials.",
            levels=("hopeless", "easy", "contradictory"),
        ),
        Column("n_observers", "int", "Observers besides the ceiling.", minimum=0),
        Column("solved_by", "str", "Those that solve it.", required=False),
    ),
    key=("unit", "condition", "scheme"),
)
