"""How hard units are for machine observers: table, flags, page."""

import numpy as np
import pandas as pd
import pytest

from analysis.data.machine import Machine, load_machines
from analysis.planning.machines.difficulty import difficulty_table, flags_table
from conditions.errors import StudyError
from conditions.tables.files import read_table, write_table
from conditions.tables.machine import DIFFICULTY, UNIT_FLAGS
from conditions.tables.stimuli import HISTOGRAM, POOL
from conditions.tables.stimuli import UNITS as UNIT_TABLE
from experiment.observers.machine import Settings, run_machine
from stimgen.preview import write_preview
from tests.conftest import in_process
from tests.experiment.rehearsed import tiny_study


def write_pool_tables(folder) -> None:
    """The pool's tables, which stand-ins have none of."""
    units = read_table(folder.units_table, UNIT_TABLE)["unit"]
    numbers = {"n_images": 100, "mean": 0.0, "sd": 30.0, "min": -100.0, "q25": -50.0}
    numbers |= {"median": 0.0, "q75": 50.0, "max": 10.0}
    pool = pd.DataFrame([{"unit": unit} | numbers for unit in units])
    write_table(pool, POOL, folder.pool_table)
    bins = [(unit, low, low + 10.0, 5) for unit in units for low in np.arange(-100.0, 10.0, 10)]
    histogram = pd.DataFrame(bins, columns=HISTOGRAM.column_names)
    write_table(histogram, HISTOGRAM, folder.histogram_table)


UNITS = ("easy", "hopeless", "between", "contradictory")


def machine(name: str, role: str, right: dict[str, float], condition: str = "natural") -> Machine:
    """Four trials a unit, of which a share speaks for the correct query, and a catch trial."""
    rows = []
    for unit, share in right.items():
        p = np.where(np.arange(4) < 4 * share, 0.9, 0.2)
        rows += [
            ("main", False, unit, "L1", condition, "Max-9", i, value) for i, value in enumerate(p)
        ]
        rows.append(("main", True, unit, "L1", condition, "Max-9", 9, 0.0))
    columns = ["phase", "catch", "unit", "layer", "condition", "scheme", "trial", "p_correct"]
    return Machine(name, role, pd.DataFrame(rows, columns=columns))


@pytest.fixture
def machines() -> list[Machine]:
    return [
        machine("pixels", "floor", dict(zip(UNITS, (1, 0.5, 0.25, 0), strict=True))),
        machine("net", "observer", dict(zip(UNITS, (0.75, 0.5, 0.75, 1), strict=True))),
        machine("oracle", "ceiling", dict(zip(UNITS, (1, 1, 1, 0.5), strict=True))),
    ]


def test_predicted_accuracy_is_the_mean_probability_of_main_trials(machines):
    table = difficulty_table(machines)
    row = table[(table["observer"] == "net") & (table["unit"] == "hopeless")].iloc[0]
    assert row["n_trials"] == 4
    assert row["predicted"] == pytest.approx((0.9 + 0.9 + 0.2 + 0.2) / 4)
    assert row["right"] == 0.5


def test_flags_say_who_solves_a_unit(machines):
    flags = flags_table(difficulty_table(machines)).set_index("unit")
    assert flags["flag"].to_dict() == {
        "easy": "easy",
        "hopeless": "hopeless",
        "contradictory": "contradictory",
    }
    assert flags.loc["easy", "solved_by"] == "pixels, net"
    assert (flags["n_observers"] == 2).all()
    stricter = flags_table(difficulty_table(machines), solved=1.0).set_index("unit")
    assert stricter.loc["between", "flag"] == "hopeless"
    assert "easy" not in stricter["flag"].tolist()


def test_trials_without_references_are_neither_easy_nor_hopeless(machines):
    none = machine("pixels", "floor", {"u": 0.0}, condition="none")
    assert flags_table(difficulty_table([none])).empty


def test_without_a_floor_nothing_is_easy(machines):
    flags = flags_table(difficulty_table(machines[1:]))
    assert "easy" not in flags["flag"].tolist()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tiny_study(tmp_path_factory.mktemp("studies"), participants=3)
    for name in ("oracle", "statistics", "pixels"):
        run_machine(folder, [1, 2, 3], name, Settings())
    return folder


def test_observers_come_from_the_floor_to_the_ceiling(folder):
    found = load_machines(folder)
    assert [machine.name for machine in found] == ["pixels", "statistics", "oracle"]
    oracle = found[-1].main
    assert (oracle[oracle["condition"] != "none"]["p_correct"] > 0.99).all()
    assert (oracle[oracle["condition"] == "none"]["p_correct"] == 0.5).all()
    assert len(oracle) == 3 * 12


def test_the_command_writes_tables_figure_and_text(folder):
    done = in_process("analysis", "difficulty", str(folder.path))
    assert done.returncode == 0, done.stderr
    table = read_table(folder.difficulty / "difficulty.csv", DIFFICULTY)
    read_table(folder.difficulty / "flags.csv", UNIT_FLAGS)
    assert set(table["role"]) == {"floor", "ceiling"}
    assert (folder.difficulty / "difficulty.png").stat().st_size > 10_000
    text = (folder.difficulty / "difficulty.txt").read_text(encoding="utf-8")
    assert "oracle (ceiling) 100.0 %" in text


def test_the_preview_shows_what_observers_predict(folder, tmp_path):
    before = tiny_study(tmp_path)
    for study in (before, folder):
        write_pool_tables(study)
    write_preview(before)
    assert "Predicted accuracy" not in before.preview.read_text(encoding="utf-8")
    in_process("analysis", "difficulty", str(folder.path))
    write_preview(folder)
    page = folder.preview.read_text(encoding="utf-8")
    assert page.count("natural, Min-Max-9") == 4
    assert "statistics</th>" in page


def test_a_study_without_machines_says_how_to_get_them(tmp_path):
    empty = tiny_study(tmp_path)
    with pytest.raises(StudyError, match="no sessions of machine observers; make them with"):
        load_machines(empty)
