"""Read the published data of both experiments into the tidy table."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.data.confounds import confounds_of
from analysis.data.dataset import Dataset, no_ratings, tidy
from analysis.data.implausible import implausible
from analysis.data.kinds import Kinds, kinds_of
from analysis.data.released_format import (
    PHOTOGRAPHS,
    RATINGS_COLUMNS,
    RATINGS_FILES,
    REPEATED_COLUMNS,
    SCHEME_COLUMNS,
    TRIALS_COLUMNS,
    TRIALS_FILES,
    VISUALISATIONS,
    WITHOUT_AFTER,
    WITHOUT_BEFORE,
    read_released,
)
from analysis.data.tidy_table import AFTER, BEFORE, TIDY
from conditions.errors import StudyError
from conditions.folder import find_study_file
from conditions.study.exclusions import Exclusions
from conditions.study.kinds.kind import NONE
from conditions.study.study import load_study
from conditions.tables.files import typed
from conditions.tables.sessions import RATINGS

LAYERS = tuple(f"mixed{name}" for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"))
BRANCHES = ("1x1", "3x3", "5x5", "pool")
_DESIGNS = {"I": "experiment_1", "II": "experiment_2"}
_BASELINES = {WITHOUT_BEFORE: BEFORE, WITHOUT_AFTER: AFTER}
_PHASES = {"practice": "practice", "main": "main", "repeated": "repeat"}
_PICKS = {"channel_0": "random", "channel_1": "hand_picked"}


def load_published(directory: Path) -> list[Dataset]:
    """The experiments whose trials a folder holds, by their released file names.

    Returns
    -------
    list of Dataset
        Experiments I and II, as far as their trials are there. Their ratings are joined where
        they are there too.

    Raises
    ------
    StudyError
        Where no trials are there, or a file does not fit (file, row, column).
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise StudyError(
            f"{directory}: no such folder; wanted the folder of the released CSV files"
        )
    datasets = [
        _load(directory, experiment, directory / name)
        for experiment, name in TRIALS_FILES.items()
        if (directory / name).is_file()
    ]
    if not datasets:
        raise StudyError(
            f"{directory}: no released trials; wanted {' or '.join(TRIALS_FILES.values())}"
        )
    return datasets


def _load(directory: Path, experiment: str, path: Path) -> Dataset:
    extra = REPEATED_COLUMNS if experiment == "I" else SCHEME_COLUMNS
    raw = read_released(path, TRIALS_COLUMNS + extra)
    _check_units(raw, path)
    ratings, remarks = _ratings(directory, experiment)
    kinds = design_of(experiment)
    trials = tidy(_translated(raw, experiment, kinds))
    return Dataset(
        experiment=experiment,
        title=f"Experiment {experiment}",
        trials=trials,
        ratings=ratings,
        remarks=(*remarks, *_oddities(raw), *_slow(raw, ratings), *confounds_of(trials)),
        kinds=kinds,
    )


def design_of(experiment: str) -> Kinds:
    """The kinds of an experiment, by the names that its design gives them."""
    return kinds_of(load_study(find_study_file(_DESIGNS[experiment])))


def _conditions(kinds: Kinds) -> dict[str, str]:
    """Names of the design by the released words."""
    # The design rates its visualisations, on the left, against its photographs.
    assert kinds.rated is not None
    made, photographs = kinds.rated
    released = {VISUALISATIONS: made, PHOTOGRAPHS: photographs}
    return released | dict.fromkeys((WITHOUT_BEFORE, WITHOUT_AFTER), NONE)


def _check_units(raw: pd.DataFrame, path: Path) -> None:
    """Check that of each unit layer, branch and channel are numbers, or none of them is."""
    of_unit = raw[["layer", "kernel_size", "channel"]]
    numbers = of_unit.apply(lambda column: column.str.fullmatch(r".*\d")).sum(axis=1)
    odd = raw.index[numbers % of_unit.shape[1] > 0]
    if len(odd):
        row = odd[0]
        found = ", ".join(f"{name} {value}" for name, value in of_unit.loc[row].items())
        raise StudyError(
            f"{path}: row {row + 2}: found {found}, wanted numbers in all three, or letters"
        )


def _translated(raw: pd.DataFrame, experiment: str, kinds: Kinds) -> pd.DataFrame:
    layer = raw["layer"].str.removeprefix("layer_")
    layers = layer.map(_by_number(LAYERS)).astype("str")
    branches = raw["kernel_size"].map(_by_number(BRANCHES)).astype("str")
    scheme = raw["condition_name"] if experiment == "II" else "Min-Max-9"
    frame = pd.DataFrame(
        {
            "experiment": experiment,
            "participant": raw["subject_id"],
            "session": 1,
            "expertise": raw["expert_level"] if experiment == "II" else None,
            "trial": raw["trial_nr"],
            "block": raw["block_nr"],
            "phase": raw["trial_type"].map(_PHASES),
            "condition": raw["instr_type"].map(_conditions(kinds)),
            "scheme": scheme,
            "catch": raw["catch_trial"],
            "layer": layers,
            "branch": branches,
            "pick": raw["channel"].map(_PICKS),
            "batch": raw["batch"],
            # a is shown above b
            "response": raw["response"].map({"a": "upper", "b": "lower"}),
            "correct": raw["correct"],
            "confidence": raw["conf_rating"].abs().replace(0, pd.NA),
            "rt": raw["RT"],
            "timed_out": raw["timeout"].fillna(False),
            "onset": None,
            "repeat_of": raw["old_trial_nr"] if experiment == "I" else pd.NA,
            "baseline": raw["instr_type"].map(_BASELINES),
        }
    )
    frame["unit"] = _unit_names(raw, frame, layer)
    assert set(frame.columns) <= set(TIDY.column_names)
    return frame


def _by_number(names: tuple[str, ...]) -> dict[str, str]:
    return {str(number): name for number, name in enumerate(names)}


def _unit_names(raw: pd.DataFrame, frame: pd.DataFrame, layer: pd.Series) -> pd.Series:
    """Names in the paper's words; the channel's number is not in the released tables."""
    known = frame["layer"] + " " + frame["branch"]
    known += frame["pick"].map({"hand_picked": " hand-picked"}).astype("str").fillna("")
    if "batch_block" in raw:
        known += " (block " + raw["batch_block"] + ")"
    return known.fillna("unit " + layer)


def _ratings(directory: Path, experiment: str) -> tuple[pd.DataFrame, list[str]]:
    tables, remarks = [], []
    for (of, moment), name in RATINGS_FILES.items():
        path = directory / name
        if of != experiment:
            continue
        if not path.is_file():
            remarks.append(f"No intuitiveness ratings ({moment}): {name} is not in the folder.")
            continue
        raw = read_released(path, RATINGS_COLUMNS)
        given = raw["rating"].notna() & raw["rt"].notna()
        if not given.all():
            remarks.append(f"{(~given).sum()} trials of {name} have no rating; they are left out.")
        raw = raw[given]
        tables.append(
            pd.DataFrame(
                {
                    "participant": raw["subject_id"],
                    "session": 1,
                    "moment": moment,
                    "trial": raw["trial_nr"],
                    "unit": "unit " + raw["trial_name"],
                    "rating": raw["rating"],
                    "rt": raw["rt"],
                }
            )
        )
    if not tables:
        return no_ratings(), remarks
    joined = pd.concat(tables, ignore_index=True)
    return typed(joined.reindex(columns=RATINGS.column_names), RATINGS), remarks


def _slow(raw: pd.DataFrame, ratings: pd.DataFrame) -> Iterator[str]:
    # Those of 0 s or less have their own reason, and sentence.
    trials = raw[raw["RT"] > 0].rename(columns={"RT": "rt", "trial_nr": "trial"})
    yield from implausible(trials, ratings, Exclusions())


def _oddities(raw: pd.DataFrame) -> list[str]:
    remarks = []
    early = int((raw["RT"] <= 0).sum())
    if early:
        remarks.append(
            f"{early} of {len(raw)} trials have a reaction time of 0 s or less (the released clock "
            "started before the first flip); they are kept, except in log reaction times."
        )
    missed = int(raw["correct"].isna().sum())
    if missed:
        remarks.append(
            f"{missed} trials have no answer; they count neither as correct nor as wrong."
        )
    return remarks
