"""Feature visualisations as a kind: optimised in sets of a unit and pole."""

from stimgen.kinds.making import Making
from stimgen.synthetic.plan import plan_synthetic
from stimgen.synthetic.step import make_synthetic
from stimgen.work.planned import PlannedStep


def make(making: Making) -> None:
    """See :class:`stimgen.kinds.making.Maker`."""
    make_synthetic(making.folder, making.model, making.name, making.by)


def plan(making: Making) -> list[PlannedStep]:
    """See :class:`stimgen.kinds.making.Maker`."""
    return plan_synthetic(making.folder, making.model, making.name)
