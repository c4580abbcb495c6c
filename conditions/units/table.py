"""The table of units, from the study file alone: listed units, and drawn ones."""

from collections import Counter

import pandas as pd

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.seeds import named_rng
from conditions.study.study import Study
from conditions.study.units.lists import ROLES, Role, UnitSample
from conditions.study.units.names import parse_unit, unit_name
from conditions.tables.files import read_table
from conditions.tables.stimuli import UNITS
from conditions.units.architectures import check_readouts, check_unit, layers_of


def unit_table(study: Study) -> pd.DataFrame:
    """All units of a study with role, block and pick.

    Returns
    -------
    DataFrame
        Rows of :data:`conditions.tables.stimuli.UNITS`, by role, listed units before drawn ones.
        Branches are empty for models whose layers :mod:`conditions.units.architectures` does not
        list.

    Raises
    ------
    StudyError
        Where a unit or the layer of a readout does not exist, or a layer has fewer channels than
        are to be drawn.
    """
    check_readouts(study)
    units = study.units
    named: list[tuple[str, Role, str | None]] = [
        (name, role, None) for role in ROLES for name in getattr(units, role)
    ]
    for block, content in units.blocks.items():
        named += [(name, content.role, block) for name in content.units]
    hand_picked = set(units.hand_picked)
    rows = [
        _row(study, name, role, block, "hand_picked" if name in hand_picked else units.pick)
        for name, role, block in named
    ]
    taken = {name for name, *_ in named}
    for sample in units.sample:
        drawn = draw_units(study, sample, taken)
        taken |= set(drawn)
        rows += [_row(study, name, sample.role, sample.block, "random") for name in drawn]
    _check_folders(taken)
    rows.sort(key=lambda row: ROLES.index(row["role"]))
    return pd.DataFrame(rows, columns=UNITS.column_names)


def draw_units(study: Study, sample: UnitSample, taken: set[str]) -> list[str]:
    """Draw the units of a sample, in the order of its layers and branches.

    Parameters
    ----------
    study : Study
        Its model says what can be drawn.
    sample : UnitSample
        Layers, branches, number, what is excluded, seed.
    taken : set of str
        Units that have a role already.

    Returns
    -------
    list of str
        Names. Each layer and branch has its own seed by name, and a smaller number of units is a
        selection of a larger one: a study that grows keeps its units.
    """
    known = layers_of(study)
    seed = study.seed if sample.seed is None else sample.seed
    names: list[str] = []
    for layer in sample.layers:
        if layer not in known:
            raise StudyError(
                f"units.sample: the channels of layer {layer!r} of model {study.model.name} are "
                f"not known; known layers: {', '.join(known) or 'none'}; give their number as "
                "model.channels, or list the units"
            )
        branches: list[str | None] = [*sample.branches] or [None]
        for branch in branches:
            channels = known[layer].channels_of(branch)
            where = f"{layer}/{branch or 'all'}"
            rng = named_rng(seed, f"units/{sample.role}/{sample.block or ''}/{where}")
            shuffled = [unit_name(layer, channels[i]) for i in rng.permutation(len(channels))]
            free = [n for n in shuffled if n not in taken and n not in sample.exclude]
            if len(free) < sample.n:
                raise StudyError(
                    f"units.sample: {sample.n} units of {where} are wanted; of its "
                    f"{len(channels)} channels {len(channels) - len(free)} are excluded or taken, "
                    f"{len(free)} are left"
                )
            names += free[: sample.n]
    return names


def units_for(folder: StudyFolder) -> pd.DataFrame:
    """A folder's units: of its table where it has been written, else of the study file.

    Raises
    ------
    StudyError
        Where the table is not what the study file says.
    """
    try:
        wanted = unit_table(folder.study)
    except StudyError as error:
        raise StudyError(f"{folder.file}: {error}") from error
    if not folder.units_table.exists():
        return wanted
    found = read_table(folder.units_table, UNITS)
    # Branches of a model that only torch knows may stand in the table alone.
    columns = [c for c in UNITS.column_names if c != "branch" or wanted["branch"].notna().any()]
    ours, theirs = (_comparable(frame, columns) for frame in (wanted, found))
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            raise StudyError(
                f"{folder.units_table}: unit {name}: found {_said(columns, theirs.get(name))}, "
                f"but {folder.study_file} says {_said(columns, ours.get(name))}; a changed study "
                "needs a new study folder (--root)"
            )
    return found


def _check_folders(names: set[str]) -> None:
    """Check that units have folders of their own also where upper and lower case are the same."""
    counts = Counter(name.lower() for name in names)
    alike = sorted(name for name in names if counts[name.lower()] > 1)
    if alike:
        raise StudyError(
            f"units: {', '.join(alike)} differ in upper and lower case only, so that their images "
            "would share a folder on some systems: give readouts other names, or draw other units"
        )


def _row(study: Study, name: str, role: str, block: str | None, pick: str) -> dict:
    layer, channel = parse_unit(name)
    try:
        check_unit(study, layer, channel)
    except StudyError as error:
        raise StudyError(f"units: {name}: {error}") from error
    known = layers_of(study).get(layer)
    return {
        "unit": name,
        "layer": layer,
        "branch": known.branch_of(channel) if known else None,
        "channel": channel,
        "pick": pick,
        "role": role,
        "block": block,
    }


def _comparable(frame: pd.DataFrame, columns: list[str]) -> dict[str, tuple]:
    plain = frame[columns].astype(object).where(frame[columns].notna(), None)
    return {row[0]: tuple(row) for row in plain.itertuples(index=False)}


def _said(columns: list[str], row: tuple | None) -> str:
    if row is None:
        return "no such unit"
    return ", ".join(
        f"{c} {'empty' if v is None else v}" for c, v in zip(columns, row, strict=True)
    )
