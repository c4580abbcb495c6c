"""Units that are constant over the pool are called dead, by name."""

import pytest

from conditions.tables.files import read_table
from conditions.tables.stimuli import STIMULI
from stimgen.natural.step import make_natural
from tests.stimgen.natural.scanning.broken import (
    BIASED,
    DEAD,
    HUGE,
    NAMES,
    WHOLE,
    network,
    study,
)


@pytest.mark.parametrize("channel", [DEAD, BIASED, HUGE])
def test_dead_units_are_named_and_still_shown(reddish, tmp_path, capsys, channel):
    folder = study(tmp_path, reddish, [WHOLE, channel])
    gives = {DEAD: "0", BIASED: "0.5", HUGE: "1e+20"}[channel]
    words = (
        f"warning: unit {NAMES[channel]} gives {gives} for every image of the pool: a dead unit, "
        "which nobody can predict; choose another in the study file"
    )
    for _ in range(2):
        make_natural(folder, network(), workers=0)
        assert words in capsys.readouterr().out
    rows = read_table(folder.stimuli_table, STIMULI)
    assert rows["unit"].value_counts().to_dict() == {NAMES[WHOLE]: 8, NAMES[channel]: 8}


def test_several_dead_units_are_named_in_one_line(reddish, tmp_path, capsys):
    make_natural(study(tmp_path, reddish, [DEAD, BIASED, WHOLE]), network(), workers=0)
    words = "warning: 2 units give the same for every image of the pool: units_0003 (0), units_0004"
    assert f"{words} (0.5); dead units" in capsys.readouterr().out
