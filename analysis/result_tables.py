"""The tables of results: their columns, and how they are written."""

from analysis.result_columns import (
    CONDITION,
    ESTIMATE,
    EXPERIMENT,
    EXPERTISE,
    MEASURE,
    N_PARTICIPANTS,
    N_TRIALS,
    SCHEME,
)
from conditions.tables.schema import Column, Table

ACCURACY_TABLE = Table(
    "accuracy",
    "Proportion of correct answers in main trials without catch trials.",
    (
        EXPERIMENT,
        SCHEME,
        CONDITION,
        EXPERTISE,
        N_PARTICIPANTS,
        N_TRIALS,
        Column("n_correct", "int", "Correct trials.", minimum=0),
        Column("accuracy", "float", "Mean of the participants' proportions correct.", unit="0–1"),
        *ESTIMATE,
    ),
    key=("experiment", "scheme", "condition", "expertise"),
)

MEASURES_TABLE = Table(
    "measures",
    "Every measure by condition and one further factor at a time: means over participants.",
    (
        EXPERIMENT,
        MEASURE,
        CONDITION,
        Column("factor", "str", "What the trials are divided by besides the condition."),
        Column("level", "str", "Level of the factor."),
        N_PARTICIPANTS,
        N_TRIALS,
        Column("mean", "float", "Mean of the participants' averages, in the measure's unit."),
        *ESTIMATE,
    ),
    key=("experiment", "measure", "condition", "factor", "level"),
)

PARTICIPANTS_TABLE = Table(
    "participant_averages",
    "Every measure for each participant, scheme and condition.",
    (
        EXPERIMENT,
        Column("participant", "int", "Number of the participant."),
        Column(
            "expertise",
            "str",
            "Experience with CNNs, as recorded; empty where it was not.",
            required=False,
        ),
        SCHEME,
        CONDITION,
        MEASURE,
        N_TRIALS,
        Column("value", "float", "Mean or median of the participant's trials."),
    ),
    key=("experiment", "participant", "scheme", "condition", "measure"),
)

TESTS_TABLE = Table(
    "tests",
    "All tests over participants, two-sided: exploratory beside the questions of the study, which "
    "stand in questions.csv, and about other participants with these units. Holm's correction is "
    "over the tests of the same experiment, measure and question (the words in brackets, and "
    "single schemes apart from all).",
    (
        EXPERIMENT,
        SCHEME,
        MEASURE,
        Column("comparison", "str", "First minus second; in brackets: among which trials."),
        Column("test", "str", "Name of the test, and how its p value was found."),
        Column(
            "n", "int", "Participants who enter the test; ties of a signed-rank test are dropped."
        ),
        Column(
            "statistic",
            "float",
            "Signed-rank: the smaller sum of ranks. Mann-Whitney: U of the first group.",
            required=False,
        ),
        Column("p", "float", "Two-sided p value.", minimum=0, maximum=1, required=False),
        Column("p_holm", "float", "The same after Holm.", minimum=0, maximum=1, required=False),
        Column(
            "effect",
            "float",
            "Rank-biserial correlation, positive where the first is larger.",
            minimum=-1,
            maximum=1,
            required=False,
        ),
    ),
)

UNITS_TABLE = Table(
    "units",
    "Each unit over participants.",
    (
        EXPERIMENT,
        CONDITION,
        Column("unit", "str", "Name of the unit."),
        Column("layer", "str", "Its layer.", required=False),
        Column("branch", "str", "Its branch.", required=False),
        Column("pick", "str", "How it was chosen.", required=False),
        N_PARTICIPANTS,
        N_TRIALS,
        Column("n_correct", "int", "Correct trials."),
        Column("accuracy", "float", "Proportion correct.", unit="0–1"),
        Column(
            "ci_low", "float", "Lower end of the 95 % Wilson interval over trials.", required=False
        ),
        Column("ci_high", "float", "Upper end of that interval.", required=False),
        Column(
            "agreement",
            "float",
            "Proportion of pairs of participants who are both right or both wrong.",
            required=False,
        ),
        Column("mean_rt", "float", "Mean reaction time.", unit="s", required=False),
        Column("mean_confidence", "float", "Mean confidence, 1–3.", required=False),
    ),
    key=("experiment", "condition", "unit"),
)

AGREEMENT_TABLE = Table(
    "agreement",
    "Whether participants find the same units easy.",
    (
        EXPERIMENT,
        CONDITION,
        Column("n_units", "int", "Units."),
        Column("raters", "float", "Mean number of participants a unit."),
        Column(
            "agreement",
            "float",
            "Mean agreement of pairs of participants on a unit.",
            required=False,
        ),
        Column("expected", "float", "The same if all units were equally hard.", required=False),
        Column(
            "kappa",
            "float",
            "Fleiss' kappa of being correct, over units; 0: no more agreement than if all units "
            "were equally hard.",
            required=False,
        ),
    ),
)

CONFIDENCE_TABLE = Table(
    "calibration",
    "Accuracy at each level of confidence.",
    (
        EXPERIMENT,
        CONDITION,
        Column("confidence", "int", "Confidence, 1–3."),
        N_PARTICIPANTS,
        N_TRIALS,
        Column("accuracy", "float", "Mean of the participants' proportions correct.", unit="0–1"),
        *ESTIMATE,
    ),
)

TYPE2_TABLE = Table(
    "type2_auroc",
    "How well confidence tells correct from wrong answers (area under the type-2 ROC curve).",
    (
        EXPERIMENT,
        CONDITION,
        Column(
            "n_participants",
            "int",
            "Participants with both correct and wrong answers; the others have no AUROC.",
        ),
        Column("auroc", "float", "Mean over participants; 0.5: confidence tells nothing."),
        *ESTIMATE,
        Column("pooled_auroc", "float", "AUROC of all trials together.", required=False),
    ),
)

REPEATS_TABLE = Table(
    "repeats",
    "Trials seen a second time: is the same image chosen, with the same confidence? Those of least "
    "and most confidence are repeated, so that the mean is not that of all trials, and confidence "
    "regresses to its mean even where nothing changes.",
    (
        EXPERIMENT,
        CONDITION,
        Column("measure", "str", "same_choice, same_confidence (0–1), or confidence_change."),
        N_PARTICIPANTS,
        N_TRIALS,
        Column("mean", "float", "Mean over participants; change: second minus first."),
        *ESTIMATE,
        Column(
            "adjusted",
            "float",
            "The same at each participant's mean confidence in all main trials of the condition, "
            "by regression on the first confidence: free of the choice of trials, as far as it is "
            "linear. Empty for same_confidence, which is not, and where confidence does not vary.",
            required=False,
        ),
        Column(
            "adjusted_low", "float", "Lower end of its 95 % jackknife interval.", required=False
        ),
        Column("adjusted_high", "float", "Upper end of that interval.", required=False),
        Column("caveat", "str", "What the mean is not."),
    ),
)

RATINGS_TABLE = Table(
    "intuitiveness",
    "Intuitiveness ratings, −100 to 100; unit all: mean over a participant's units.",
    (
        EXPERIMENT,
        Column("unit", "str", "Unit, or all."),
        Column("moment", "str", "beginning, end, or change (end minus beginning)."),
        EXPERTISE,
        N_PARTICIPANTS,
        Column("mean", "float", "Mean over participants."),
        *ESTIMATE,
    ),
)

CATCH_TABLE = Table(
    "catch_trials",
    "Catch trials of each participant.",
    (
        EXPERIMENT,
        Column("participant", "int", "Number of the participant."),
        N_TRIALS,
        Column("n_correct", "int", "Correct catch trials."),
        Column("accuracy", "float", "Proportion correct.", unit="0–1"),
    ),
)
