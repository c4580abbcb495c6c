"""The units of a study as the engine needs them: by role, by block, with what a row says."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from conditions.errors import StudyError

FACTS = ("layer", "branch", "channel", "pick")


@dataclass(frozen=True)
class Roster:
    """Units by role and block, and the facts of each that every trial repeats."""

    facts: dict[str, dict]
    by_role: dict[str, list[str]]
    by_block: dict[str, list[str]]

    @property
    def catch(self) -> list[str]:
        """Units of catch trials: those of that role, practice units where there are none."""
        return self.of("catch") or self.of("practice")

    def of(self, role: str, block: str | None = None) -> list[str]:
        """Units of a role, in the order of the table; of one block where it is named."""
        if block is None:
            return self.by_role.get(role, [])
        return self.by_block[block]

    def catch_like(self, units: list[str]) -> list[str]:
        """The catch units of the layers and branches that some units have, each once.

        Raises
        ------
        StudyError
            Where a layer and branch has none.
        """
        found: dict[str, None] = {}
        for unit in units:
            layer, branch = self._place(unit)
            alike = self.catch_by_place.get((layer, branch))
            if not alike:
                raise StudyError(
                    f"matched_catch: unit {unit} wants a catch unit of layer {layer}, branch "
                    f"{branch or 'empty'}; there is none"
                )
            found |= dict.fromkeys(alike)
        return list(found)

    @cached_property
    def catch_by_place(self) -> dict[tuple, list[str]]:
        """Catch units by layer and branch."""
        places: dict[tuple, list[str]] = {}
        for name in self.catch:
            places.setdefault(self._place(name), []).append(name)
        return places

    def _place(self, unit: str) -> tuple:
        return self.facts[unit]["layer"], self.facts[unit]["branch"]


def roster_of(units: pd.DataFrame) -> Roster:
    """The roster of a table of units."""
    plain = units.astype(object).where(units.notna(), None).to_dict("records")
    by_role: dict[str, list[str]] = {}
    by_block: dict[str, list[str]] = {}
    for row in plain:
        by_role.setdefault(row["role"], []).append(row["unit"])
        if row["block"] is not None:
            by_block.setdefault(row["block"], []).append(row["unit"])
    facts = {row["unit"]: {name: row[name] for name in FACTS} for row in plain}
    return Roster(facts, by_role, by_block)
