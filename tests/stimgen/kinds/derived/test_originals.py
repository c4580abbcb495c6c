"""Which images something is made of: those that trials show what is made of them for."""

import pandas as pd

from conditions.check import images_of
from conditions.folder import DESIGNS
from conditions.study.kinds.paths import renamed
from conditions.study.study import load_study
from conditions.trials.build import build_participant
from conditions.units.table import unit_table
from stimgen.kinds.derived.originals import original_paths


def test_all_that_trials_show_is_made_and_hardly_more():
    study = load_study(DESIGNS / "template.yaml")
    units = unit_table(study)
    made = {
        renamed(path, "blurred")
        for unit in units[units["role"] != "intuitiveness"].itertuples()
        for path in original_paths(study, "natural", unit.unit, unit.role)
    }
    trials = pd.concat([build_participant(study, units, p) for p in range(1, 21)])
    shown = {path for path in images_of(trials) if path.startswith("stimuli/blurred/")}
    assert shown <= made
    assert len(shown) > 0.9 * len(made)
