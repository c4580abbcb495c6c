"""Columns that tables of results share."""

from conditions.tables.schema import Column

ALL = "all"

EXPERIMENT = Column("experiment", "str", "Name of the experiment or study.")
SCHEME = Column(
    "scheme",
    "str",
    "Reference scheme; none where no references are shown; all for all schemes together.",
)
CONDITION = Column(
    "condition", "str", "The study's name for the kind of the reference images, or none."
)
EXPERTISE = Column(
    "expertise",
    "str",
    "Experience with CNNs, as recorded (naive: lay people); all for everybody together.",
)
N_PARTICIPANTS = Column("n_participants", "int", "Participants.", minimum=0)
N_TRIALS = Column("n_trials", "int", "Trials that count.", minimum=0)
MEASURE = Column("measure", "str", "What is measured.")
ESTIMATE = (
    Column(
        "sem",
        "float",
        "Standard error over participants, from the sample standard deviation (n − 1); empty for "
        "one participant.",
        required=False,
    ),
    Column(
        "ci_low",
        "float",
        "Lower end of the 95 % interval over participants: of proportions Wilson's with the "
        "effective number of trials, of all else Student's t (of times on the mean's logarithm).",
        required=False,
    ),
    Column("ci_high", "float", "Upper end of that interval.", required=False),
)
