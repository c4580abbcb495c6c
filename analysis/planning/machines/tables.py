"""The tables of machines against people."""

from conditions.tables.schema import Column, Table

COMPARISON_TABLE = Table(
    "comparison",
    "Machine observers against people: rank correlation of accuracy over units.",
    (
        Column("observer", "str", "Folder of the observer in STUDY/machine."),
        Column("condition", "str", "Condition; all: every condition with references together."),
        Column("n_units", "int", "Units that both have answered.", minimum=0),
        Column("n_participants", "int", "People whose trials both have answered.", minimum=0),
        Column("machine_accuracy", "float", "Mean predicted accuracy.", unit="0–1"),
        Column("human_accuracy", "float", "Mean accuracy of people.", unit="0–1"),
        Column(
            "rho",
            "float",
            "Spearman's correlation of predicted and human accuracy over units (all: units and "
            "conditions); empty where one of them does not vary.",
            required=False,
            minimum=-1,
            maximum=1,
        ),
        Column(
            "ci_low",
            "float",
            "Lower end of its 95 % bootstrap interval over units (percentiles, expanded "
            "for the number of units); empty with fewer than ten, and where too many resamples are "
            "undefined.",
            required=False,
        ),
        Column("ci_high", "float", "Upper end of that interval.", required=False),
        Column(
            "n_undefined",
            "int",
            "Resamples without a correlation, because accuracy does not vary in them: they count "
            "as -1 at the lower end and as 1 at the upper end; where they would be the ends there "
            "is no interval.",
            minimum=0,
        ),
        Column(
            "ceiling",
            "float",
            "Noise ceiling: the highest correlation to be expected with accuracies of so many "
            "people, the square root of their split-half reliability (Spearman-Brown).",
            required=False,
        ),
        Column(
            "reliability",
            "float",
            "Mean Spearman correlation between random halves of the people, stepped up to all of "
            "them (Spearman-Brown).",
            required=False,
        ),
    ),
    key=("observer", "condition"),
)

PAIRS_TABLE = Table(
    "units",
    "Accuracy of machine observers and of people for each unit and condition.",
    (
        Column("observer", "str", "Folder of the observer in STUDY/machine."),
        Column("unit", "str", "Name of the unit."),
        Column("condition", "str", "The study's name for the kind of the reference images."),
        Column("n_trials", "int", "Trials of people.", minimum=1),
        Column("machine", "float", "Predicted accuracy, mean over the same trials.", unit="0–1"),
        Column("human", "float", "Share of correct answers of people.", unit="0–1"),
    ),
    key=("observer", "unit", "condition"),
)
