"""The files of the published data: their columns, and a reader that names what does not fit."""

from pathlib import Path

import pandas as pd

from conditions.errors import StudyError
from conditions.tables.schema import Column

TRIALS_FILES = {
    "I": "experiment_I_main_practice_catch_repeated_trials_preprocessed.csv",
    "II": "experiment_II_main_practice_catch_trials_preprocessed.csv",
}
RATINGS_FILES = {
    ("I", "beginning"): "experiment_I_intuitiveness_beginning_preprocessed.csv",
    ("II", "beginning"): "experiment_II_intuitiveness_beginning_preprocessed.csv",
    ("II", "end"): "experiment_II_intuitiveness_end_preprocessed.csv",
}

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
        levels=("natural", "optimized", "none_pre", "none_post"),
    ),
    Column("trial_type", "str", "Part of the session.", levels=("practice", "main", "repeated")),
    Column("catch_trial", "bool", "Catch trial."),
    Column("batch", "int", "Batch of natural images.", minimum=0),
    Column("layer", "str", "layer_ and a number, or a letter (practice units)."),
    Column("kernel_size", "str", "0–3 for 1x1, 3x3, 5x5, pool, or a letter."),
    Column("channel", "str", "channel_0 random, channel_1 picked by hand, or a letter."),
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
    Column("batch_block", "str", "Block of units."),
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
    Column("trial_name", "str", "Name of the unit."),
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
        Where the file cannot be read, lacks a column, or a cell does not fit: file, row, column,
        value and what is wanted (the first ten misfits).
    """
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=["", "nan"])
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: not a readable table: {str(error).strip()}") from error
    missing = [column.name for column in columns if column.name not in raw.columns]
    if missing:
        raise StudyError(
            f"{path}: columns {', '.join(missing)} are missing; found {', '.join(raw.columns)}"
        )
    frame = pd.DataFrame({column.name: _values(raw[column.name], column) for column in columns})
    misfits = [
        f"{path}: row {row + 2}, column {column.name}: found "
        f"{'empty' if pd.isna(raw[column.name][row]) else repr(raw[column.name][row])}, "
        f"wanted {column.wanted()}"
        for column in columns
        for row in _misfit_rows(raw[column.name], frame[column.name], column)
    ]
    if misfits:
        more = f"\n… and {len(misfits) - 10} more" if len(misfits) > 10 else ""
        raise StudyError("\n".join(misfits[:10]) + more)
    return frame


def _values(text: pd.Series, column: Column) -> pd.Series:
    if column.kind == "bool":
        return text.str.lower().map({"true": True, "false": False}).astype("boolean")
    if column.kind == "str":
        return text.str.strip().astype("object").where(text.notna(), None)
    numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    if column.kind == "float":
        return numbers
    return numbers.where(numbers == numbers.round()).astype("Int64")


def _misfit_rows(text: pd.Series, values: pd.Series, column: Column) -> pd.Index:
    bad = values.isna() & (text.notna() | column.required)
    if column.levels:
        bad |= values.notna() & ~values.isin(column.levels)
    if column.minimum is not None:
        bad |= (values < column.minimum).fillna(False)
    if column.maximum is not None:
        bad |= (values > column.maximum).fillna(False)
    return values.index[bad.astype(bool)]
