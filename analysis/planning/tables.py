"""The tables of planning: power before a study, machines against people after it."""

from conditions.tables.schema import Column, Table

POWER_TABLE = Table(
    "power",
    "Power and precision of the comparison of two conditions, over simulated studies: two-sided "
    "exact Wilcoxon signed-rank test over participants, 5 % level.",
    (
        Column("n_participants", "int", "Participants.", minimum=2),
        Column("n_trials", "int", "Main trials of a participant in each condition.", minimum=1),
        Column("n_units", "int", "Units, the same in both conditions.", minimum=1),
        Column("accuracy_first", "float", "Simulated accuracy, first condition.", unit="0–1"),
        Column("accuracy_second", "float", "Simulated accuracy, second condition.", unit="0–1"),
        Column("simulations", "int", "Simulated studies.", minimum=1),
        Column("power", "float", "Share of studies with p < 0.05.", minimum=0, maximum=1),
        Column("power_low", "float", "Lower end of its 95 % Clopper-Pearson interval.", minimum=0),
        Column("power_high", "float", "Upper end of that interval.", maximum=1),
        Column(
            "half_width",
            "float",
            "Mean half width of the 95 % t interval of the difference in accuracy.",
            unit="0–1",
        ),
        Column(
            "false_alarms",
            "float",
            "Share of studies with p < 0.05 where both conditions have the second one's accuracy.",
            minimum=0,
            maximum=1,
        ),
    ),
    key=("n_participants", "n_trials"),
)

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
            "Lower end of its 95 % bootstrap interval over units (percentiles).",
            required=False,
        ),
        Column("ci_high", "float", "Upper end of that interval.", required=False),
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
