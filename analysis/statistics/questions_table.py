"""The table of the questions of a study and their answers."""

from analysis.result_columns import EXPERIMENT, MEASURE
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS
from analysis.statistics.inference.differences import FEWEST
from conditions.tables.schema import Column, Table

PRIMARY, SECONDARY = "primary", "secondary"
LARGER, SMALLER, EQUIVALENT, UNDECIDED = "larger", "smaller", "equivalent", "undecided"

QUESTIONS_TABLE = Table(
    "questions",
    "The questions that the study file declares, or the usual ones, with their answers: a row for "
    "other people and these units, and one for other people and other units. Values are in the "
    "measure's unit (accuracy 0–1, reaction time s, confidence 1–3).",
    (
        EXPERIMENT,
        Column("role", "str", "primary or secondary.", levels=(PRIMARY, SECONDARY)),
        Column(
            "question",
            "str",
            "condition: two conditions differ; chance: the only condition differs from guessing, "
            "50 %; interaction: their difference depends on the "
            "scheme; learning: change from block to block, mean of both conditions; layers: "
            "change of their difference from one layer to the next.",
        ),
        MEASURE,
        Column("comparison", "str", "Conditions, or one and chance, first minus second."),
        Column(
            "scheme",
            "str",
            "all; of an interaction, the schemes whose difference is first, minus those whose "
            "difference is second.",
        ),
        Column(
            "over",
            "str",
            "Whom the interval and p are about: other participants with the same units, or other "
            "participants and units.",
            levels=(PARTICIPANTS, BOTH),
        ),
        Column("n_participants", "int", "Participants who have answers on both sides.", minimum=1),
        Column("n_units", "int", "Units.", minimum=1),
        Column("first", "float", "Mean of the first, over participants.", required=False),
        Column("second", "float", "Mean of the second.", required=False),
        Column("difference", "float", "First minus second; of learning and layers a slope."),
        Column("ci_low", "float", "Lower end of its 95 % interval.", required=False),
        Column("ci_high", "float", "Upper end of that interval.", required=False),
        Column("test", "str", "Name of the test."),
        Column("statistic", "float", "Student's t.", required=False),
        Column("df", "float", "Its degrees of freedom.", required=False),
        Column(
            "p",
            "float",
            f"Two-sided p value; empty for fewer than {FEWEST} participants or units.",
            minimum=0,
            maximum=1,
            required=False,
        ),
        Column(
            "p_corrected",
            "float",
            "The same corrected for the number of secondary questions, as declared (by default "
            "Holm's correction); declared ones count if they have no answer, too; empty for the "
            "primary question.",
            minimum=0,
            maximum=1,
            required=False,
        ),
        Column("effect", "float", "Standardised difference.", required=False),
        Column(
            "effect_name",
            "str",
            "What it is: d_z (d of chance), mean by SD of participants' differences; empty where "
            "all are equal.",
            required=False,
        ),
        Column("effect_low", "float", "Lower end of its 95 % interval.", required=False),
        Column("effect_high", "float", "Upper end of that interval.", required=False),
        Column(
            "bf10",
            "float",
            "Bayes factor of a difference against none (JZS, Cauchy prior of scale .707), over "
            "participants.",
            minimum=0,
            required=False,
        ),
        Column(
            "smallest_effect",
            "float",
            "The smallest difference in accuracy that matters, as declared.",
            unit="0–1",
            required=False,
        ),
        Column(
            "equivalence_p",
            "float",
            "P value of two one-sided tests: is the difference smaller than that?",
            minimum=0,
            maximum=1,
            required=False,
        ),
        Column(
            "equivalence_p_corrected",
            "float",
            "The same corrected for the number of secondary questions about differences in "
            "accuracy; empty for the primary question.",
            minimum=0,
            maximum=1,
            required=False,
        ),
        Column(
            "verdict",
            "str",
            "equivalent where equivalence_p < .05, whatever p is; else larger or smaller where p "
            "< .05; else undecided. Of secondary questions the corrected p values decide.",
            levels=(LARGER, SMALLER, EQUIVALENT, UNDECIDED),
        ),
        Column(
            "decides",
            "bool",
            "Whether the question is decided by this row or by the other: by that over "
            "participants and units, unless the study file declares the other.",
        ),
        Column("declared", "bool", "Whether the study file names the question."),
        Column("remark", "str", "Why there is no interval or test.", required=False),
    ),
    key=("experiment", "role", "question", "measure", "comparison", "scheme", "over"),
)
