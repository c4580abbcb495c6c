"""How hard each unit is for machine observers: before the first participant."""

from pathlib import Path

import pandas as pd

from analysis.data.kinds import Kinds, kinds_of
from analysis.data.machine import CEILING, FLOOR, Machine
from analysis.data.tidy_table import NO_SCHEME
from analysis.figures.planning import difficulty as figure
from analysis.figures.style.drawing import styled
from analysis.planning.machines.solved import SOLVED
from analysis.wording import counted, listed, natural_key, percent
from analysis.writing.page import write_figure
from conditions.files import write_text
from conditions.folder import StudyFolder
from conditions.study.kinds.kind import NONE
from conditions.tables.files import write_table
from conditions.tables.machine import DIFFICULTY, UNIT_FLAGS

# Half-way between chance and certainty.


def difficulty_table(machines: list[Machine], kinds: Kinds | None = None) -> pd.DataFrame:
    """Each observer, unit, condition and scheme; columns of ``DIFFICULTY``.

    Parameters
    ----------
    machines : list of Machine
        Machine observers.
    kinds : Kinds, optional
        The study's kinds, whose order the rows of a unit have.
    """
    frames = []
    for machine in machines:
        main = machine.main
        p = main["p_correct"]
        main = main.assign(right=(p > 0.5) + 0.5 * (p == 0.5))
        groups = main.groupby(["unit", "condition", "scheme"], sort=False)
        frame = groups.agg(
            layer=("layer", "first"),
            n_trials=("trial", "size"),
            predicted=("p_correct", "mean"),
            right=("right", "mean"),
        ).reset_index()
        frames.append(frame.assign(observer=machine.name, role=machine.role))
    table = pd.concat(frames, ignore_index=True)
    places = {unit: i for i, unit in enumerate(sorted(table["unit"].unique(), key=natural_key))}
    turns = (kinds or Kinds()).in_order(table["condition"].unique().tolist())
    order = table.assign(place=table["unit"].map(places), turn=table["condition"].map(turns.index))
    order = order.sort_values(["place", "turn", "scheme"], kind="stable")
    return order[DIFFICULTY.column_names].reset_index(drop=True)


def flags_table(difficulty: pd.DataFrame, solved: float = SOLVED) -> pd.DataFrame:
    """Units that no observer solves, or every one does; columns of ``UNIT_FLAGS``.

    Parameters
    ----------
    difficulty : DataFrame
        Of :func:`difficulty_table`.
    solved : float
        Share of trials in which an observer is to be right, ½…1.
    """
    shown = difficulty[difficulty["condition"] != NONE]
    rows = []
    for (unit, condition, scheme), group in shown.groupby(
        ["unit", "condition", "scheme"], sort=False
    ):
        solves = group["right"] >= solved
        ceiling, judges = group["role"] == CEILING, group["role"] != CEILING
        solvers = group["observer"][solves & judges].tolist()
        flag = None
        if ceiling.any() and not solves[ceiling].any():
            flag = "contradictory"
        elif judges.any() and not solvers:
            flag = "hopeless"
        elif solves[judges].all() and (group["role"] == FLOOR).any():
            flag = "easy"
        if flag:
            rows.append((unit, condition, scheme, flag, int(judges.sum()), ", ".join(solvers)))
    table = pd.DataFrame(rows, columns=UNIT_FLAGS.column_names)
    return table.assign(solved_by=table["solved_by"].replace("", None))


def difficulty_sentences(difficulty: pd.DataFrame, flags: pd.DataFrame, solved: float) -> list[str]:
    """What the tables say, a paragraph a condition and scheme."""
    paragraphs = []
    shown = difficulty[difficulty["condition"] != NONE]
    for (condition, scheme), group in shown.groupby(["condition", "scheme"], sort=False):
        means = group.groupby(["observer", "role"], sort=False)["predicted"].mean()
        parts = [
            f"{observer}{'' if role == 'observer' else f' ({role})'} {percent(value)} %"
            for (observer, role), value in zip(means.index, means, strict=True)
        ]
        text = (
            f"{str(condition).capitalize()}, {scheme}: predicted accuracy over "
            f"{counted(group['unit'].nunique(), 'unit')}: {listed(parts)}."
        )
        of_group = flags[(flags["condition"] == condition) & (flags["scheme"] == scheme)]
        for flag, units in of_group.groupby("flag")["unit"]:
            text += f" {str(flag).capitalize()}: {listed(units.tolist())}."
        paragraphs.append(text)
    roles = set(difficulty["role"])
    missing = [role for role in (FLOOR, CEILING) if role not in roles]
    if missing:
        paragraphs.append(
            f"There is no {' and no '.join(missing)} yet: run the observers pixels and oracle too."
        )
    if difficulty["role"].ne(CEILING).groupby(difficulty["observer"]).first().sum() < 2:
        paragraphs.append("A flag says little with fewer than two observers besides the ceiling.")
    paragraphs.append(
        "Hopeless: no observer but the ceiling is right in at least "
        f"{percent(solved, 0)} % of the unit's trials; easy: all are, pixels too; contradictory: "
        "the references' own activations point to the wrong query."
    )
    return paragraphs


def write_difficulty(
    machines: list[Machine], folder: StudyFolder, solved: float = SOLVED
) -> list[str]:
    """Write tables, figure and text into ``STUDY/report/difficulty``; an earlier one is replaced.

    Returns
    -------
    list of str
        The paragraphs of the text.
    """
    out: Path = folder.difficulty
    table = difficulty_table(machines, kinds_of(folder.study))
    flags = flags_table(table, solved)
    write_table(table, DIFFICULTY, out / "difficulty.csv")
    write_table(flags, UNIT_FLAGS, out / "flags.csv")
    if (table["scheme"] != NO_SCHEME).any():
        with styled():
            write_figure(figure.draw(table, flags), out / "difficulty.png")
    paragraphs = difficulty_sentences(table, flags, solved)
    write_text(out / "difficulty.txt", "\n\n".join(paragraphs) + "\n")
    return paragraphs
