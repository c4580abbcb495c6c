"""The files of the published data: their names and columns."""

from pathlib import Path

import pandas as pd

from conditions.tables.files import read_table
from conditions.tables.schema import Column, Table

TRIALS_FILES = {
    "I": "experiment_I_main_practice_catch_repeated_trials_preprocessed.csv",
    "II": "experiment_II_main_practice_catch_trials_preprocessed.csv",
}
RATINGS_FILES = {
    ("I", "beginning"): "experiment_I_intuitiveness_beginning_preprocessed.csv",
    ("II", "beginning"): "experiment_II_intuitiveness_beginning_preprocessed.csv",
    ("II", "end"): "experiment_II_intuitiveness_end_preprocessed.csv",
}

# What the released tables call the conditions: photographs, visualisations, and no references.
PHOTOGRAPHS, VISUALISATIONS = "natural", "optimized"
WITHOUT_BEFORE, WITHOUT_AFTER = "none_pre", "none_post"

# `subject_id_within_expert_type` is left aside: experts and lay people share its numbers.
_SUBJECT = Column("subject_id", "int", "Number of the participant.", minimum=1)

TRIALS_COLUMNS = (
    _SUBJECT,
    Column("trial_nr", "int", "Number of the trial.", minimum=0),
    Column("block_nr", "int", "Number of the block.", minimum=0),
    Column(
        "instr_type",
        "str",
        "Kind of references.",
        levels=(PHOTOGRAPHS, VISUALISATIONS, WITHOUT_BEFORE, WITHOUT_AFTER),
    ),
    Column("trial_type", "str", "Part of the session.", levels=("practice", "main", "repeated")),
    Column("catch_trial", "bool", "Catch trial."),
    Column("batch", "int", "Batch of natural images.", minimum=0),
    Column(
        "layer",
        "str",
        "layer_ and a number, or a letter (practice units).",
        pattern="layer_([0-8]|[a-z])",
        pattern_in_words="layer_0 … layer_8, or layer_ and a letter",
    ),
    Column(
        "kernel_size",
        "str",
        "0–3 for 1x1, 3x3, 5x5, pool, or a letter.",
        pattern="[0-3]|[a-z]",
        pattern_in_words="0, 1, 2, 3 or a letter",
    ),
    Column(
        "channel",
        "str",
        "channel_0 random, channel_1 picked by hand, or a letter.",
        pattern="channel_([01]|[a-z])",
        pattern_in_words="channel_0, channel_1, or channel_ and a letter",
    ),
    Column("correct", "bool", "Whether the answer is correct.", required=False),
    Column(
        "conf_rating",
        "int",
        "Confidence; the sign tells the image.",
        minimum=-3,
        maximum=3,
        required=False,
    ),
    Column("RT", "float", "Reaction time (s).", required=False),
    Column("timeout", "bool", "Whether a deadline passed.", required=False),
    Column("response", "str", "The image that was chosen.", levels=("a", "b"), required=False),
)
REPEATED_COLUMNS = (
    Column("old_trial_nr", "int", "The trial that is repeated.", required=False, minimum=0),
)
SCHEME_COLUMNS = (
    Column("batch_block", "str", "Block of units.", pattern="[a-z]", pattern_in_words="a letter"),
    Column(
        "condition_name",
        "str",
        "Reference scheme.",
        levels=("Max-1", "Min-Max-1", "Max-9", "Min-Max-9"),
    ),
    Column("expert_level", "str", "Experience with CNNs.", levels=("expert", "naive")),
)
RATINGS_COLUMNS = (
    _SUBJECT,
    Column("trial_name", "str", "Name of the unit.", pattern=r"\S.*", pattern_in_words="a name"),
    Column("trial_nr", "int", "Number of the trial.", minimum=0),
    Column("rating", "int", "How intuitive.", minimum=-100, maximum=100, required=False),
    Column("rt", "float", "Time to the rating (s).", required=False),
)


def read_released(path: Path, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Read a released file; further columns are left aside.

    Returns
    -------
    DataFrame
        The named columns in order; whole numbers ``Int64``, truth values ``boolean``.

    Raises
    ------
    StudyError
        Where the file cannot be read, lacks a column, or a cell does not fit, as
        :func:`conditions.tables.files.read_table` says; and where a trial is there twice.
    """
    table = Table(
        "released",
        "A file of the published data.",
        columns,
        key=tuple(column.name for column in columns if column.name in ("subject_id", "trial_nr")),
    )
    return read_table(path, table, keep_extra=True)[table.column_names]
