"""Condition files: every trial of every participant, decided in advance."""

from pathlib import Path

import numpy as np
import pandas as pd

from conditions.counterbalance import (
    batch_of,
    condition_order,
    deal_practice_lists,
    deal_units,
)
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder, natural_image, synthetic_image
from conditions.seeds import named_rng
from conditions.study import Part, Study, parse_scheme
from conditions.tables import (
    CONDITION_FILE,
    LEFT_COLUMNS,
    RIGHT_COLUMNS,
    UNITS,
    cells,
    read_table,
    write_table,
)

PRACTICE_BATCH = 0


def build_participant(study: Study, units: pd.DataFrame, participant: int) -> pd.DataFrame:
    """All trials of one participant.

    Parameters
    ----------
    study : Study
        The design.
    units : DataFrame
        The table of units.
    participant : int
        From 1; the result depends on nothing but these three.

    Returns
    -------
    DataFrame
        One row a trial, columns of :data:`conditions.tables.CONDITION_FILE`.
    """
    facts = units.set_index("unit")
    practice = deal_practice_lists(study, _rng(study, participant, "practice lists"))
    main = _main_units(study, participant)
    trials: list[dict] = []
    block = 0
    for part in study.parts:
        order = condition_order(part, participant)
        for condition in order if part.practice else []:
            rng = _rng(study, participant, f"{part.name}/{condition}/practice")
            for unit in practice[part.name, condition]:
                trials.append(
                    _trial(study, part, condition, "practice", unit, PRACTICE_BATCH, rng)
                    | {"block": block}
                )
            block += 1
        for turn in range(part.blocks):
            for condition in order:
                rng = _rng(study, participant, f"{part.name}/{condition}/block {turn}")
                batch = batch_of(study, condition, participant)
                rows = [
                    _trial(study, part, condition, "main", unit, batch, rng)
                    for unit in main[part.name, condition, turn]
                ]
                for unit in rng.choice(study.units.practice, part.catch, replace=False):
                    rows.append(_catch_trial(study, part, condition, str(unit), rng))
                trials += [rows[i] | {"block": block} for i in rng.permutation(len(rows))]
                block += 1
    frame = pd.DataFrame(trials)
    frame.insert(0, "trial", range(len(frame)))
    for column in ("layer", "branch", "channel", "pick"):
        frame[column] = frame["unit"].map(facts[column])
    return frame.reindex(columns=CONDITION_FILE.column_names)


def build_all(folder: StudyFolder, participants: list[int]) -> list[Path]:
    """Write the condition files of the given participants; existing equal ones are left alone.

    Returns
    -------
    list of Path
        The files that were written now.

    Raises
    ------
    StudyError
        Where a file exists with other content: nothing is written then.
    """
    units = read_table(folder.units_table, UNITS)
    frames, changed = {}, []
    for participant in participants:
        frame = build_participant(folder.study, units, participant)
        path = folder.condition_file(participant)
        if not path.exists():
            frames[path] = frame
        elif path.read_text(encoding="utf-8") != _as_csv(frame):
            changed.append(path.name)
    if changed:
        raise StudyError(
            f"{folder.conditions}: {', '.join(changed)} would change, because the study file or "
            "the units changed since; condition files are never overwritten. Use a new study "
            "folder (--root)"
        )
    for path, frame in frames.items():
        write_table(frame, CONDITION_FILE, path)
    return list(frames)


def condition_files(folder: StudyFolder) -> dict[int, Path]:
    """Existing condition files by participant."""
    found = folder.conditions.glob("participant-*.csv")
    return dict(sorted((int(path.stem.removeprefix("participant-")), path) for path in found))


def file_hashes(folder: StudyFolder) -> dict[str, str]:
    """SHA-256 of every condition file, by name."""
    return {path.name: sha256_of(path) for path in condition_files(folder).values()}


def _as_csv(frame: pd.DataFrame) -> str:
    return cells(frame, CONDITION_FILE).to_csv(index=False, lineterminator="\n")


def _rng(study: Study, participant: int, what: str) -> np.random.Generator:
    return named_rng(study.seed, f"participant-{participant:03d}/{what}")


def _main_units(study: Study, participant: int) -> dict[tuple[str, str, int], list[str]]:
    dealt = {}
    for condition in study.conditions:
        blocks = [
            (part.name, condition, turn)
            for part in study.parts
            if condition in part.conditions
            for turn in range(part.blocks)
        ]
        sizes = [p.main for p in study.parts if condition in p.conditions for _ in range(p.blocks)]
        rng = _rng(study, participant, f"{condition}/units")
        dealt |= zip(blocks, deal_units(study.units.main, sizes, rng), strict=True)
    return dealt


def _references(
    study: Study, condition: str, scheme: str, unit: str, batch: int
) -> dict[str, list[str]]:
    """Reference images of a trial by pole, the most extreme last for max and first for min."""
    if condition == "none":
        return {}
    poles, count = parse_scheme(scheme)
    if condition == "natural":
        n_images = study.natural.bins
        images = {p: [natural_image(unit, batch, p, i) for i in range(n_images)] for p in poles}
    else:
        n_images = study.synthetic.images
        images = {p: [synthetic_image(unit, p, i) for i in range(n_images)] for p in poles}
    # The outermost image of each pole is never a reference: it is the query (natural images).
    shown = {"min": slice(1, 1 + count), "max": slice(n_images - 1 - count, n_images - 1)}
    return {pole: images[pole][shown[pole]] for pole in poles}


def _trial(
    study: Study,
    part: Part,
    condition: str,
    phase: str,
    unit: str,
    batch: int,
    rng: np.random.Generator,
) -> dict:
    references = _references(study, condition, part.scheme, unit, batch)
    last = study.natural.bins - 1
    queries = {
        "min": natural_image(unit, batch, "min", 0),
        "max": natural_image(unit, batch, "max", last),
    }
    return _row(part, condition, phase, unit, batch, references, queries, rng) | {"catch": False}


def _catch_trial(
    study: Study, part: Part, condition: str, unit: str, rng: np.random.Generator
) -> dict:
    references = _references(study, condition, part.scheme, unit, PRACTICE_BATCH)
    queries = {pole: str(rng.choice(images)) for pole, images in references.items()}
    if "min" not in queries:
        queries["min"] = natural_image(unit, PRACTICE_BATCH, "min", 0)
    row = _row(part, condition, "main", unit, PRACTICE_BATCH, references, queries, rng)
    return row | {"catch": True}


def _row(
    part: Part,
    condition: str,
    phase: str,
    unit: str,
    batch: int,
    references: dict[str, list[str]],
    queries: dict[str, str],
    rng: np.random.Generator,
) -> dict:
    upper, lower = ("max", "min") if rng.random() < 0.5 else ("min", "max")
    row = {
        "phase": phase,
        "condition": condition,
        "scheme": part.scheme if references else None,
        "n_references": len(references["max"]) if references else 0,
        "unit": unit,
        "batch": batch,
        "upper": queries[upper],
        "lower": queries[lower],
        "correct_response": "upper" if upper == "max" else "lower",
    }
    for pole, side, columns in (("min", "left", LEFT_COLUMNS), ("max", "right", RIGHT_COLUMNS)):
        if pole in references:
            row[f"{side}_title"] = pole
            row |= zip(columns, references[pole], strict=False)
    return row
