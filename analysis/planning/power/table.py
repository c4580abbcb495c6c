"""The table of power before a study."""

from analysis.planning.power.primary_tests import POPULATIONS
from conditions.tables.schema import Column, Table

POWER_TABLE = Table(
    "power",
    "Power and precision of the comparison of two conditions, over simulated studies: the "
    "two-sided tests of the report's primary question, 5 % level.",
    (
        Column("n_participants", "int", "Participants.", minimum=3),
        Column("n_trials", "int", "Main trials of a participant in each condition.", minimum=1),
        Column("n_units", "int", "Units, the same in both conditions.", minimum=1),
        Column(
            "over",
            "str",
            "Whom the test is about: other participants and units, the accuracies being those on "
            "all possible units; or other participants, those on the units of the study.",
            levels=POPULATIONS,
        ),
        Column("accuracy_first", "float", "Simulated accuracy, first condition.", unit="0–1"),
        Column("accuracy_second", "float", "Simulated accuracy, second condition.", unit="0–1"),
        Column("simulations", "int", "Simulated studies.", minimum=1),
        Column("power", "float", "Share of studies with p < 0.05.", minimum=0, maximum=1),
        Column("power_low", "float", "Lower end of its 95 % Clopper-Pearson interval.", minimum=0),
        Column("power_high", "float", "Upper end of that interval.", maximum=1),
        Column(
            "half_width",
            "float",
            "Mean half width of the 95 % interval of the difference in accuracy.",
            unit="0–1",
        ),
        Column(
            "false_alarms",
            "float",
            "Share of studies with p < 0.05 where both conditions have the second one's accuracy.",
            minimum=0,
            maximum=1,
        ),
        Column(
            "equivalent",
            "float",
            "Share of those studies that show the difference to be below the smallest effect that "
            "the study file declares.",
            minimum=0,
            maximum=1,
            required=False,
        ),
    ),
    key=("n_participants", "n_trials", "over"),
)
