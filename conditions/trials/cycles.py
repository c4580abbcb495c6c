"""After how many participants each rule of a design begins anew, and all of them together."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations, count
from math import gcd, lcm

from conditions.study.parts import Part
from conditions.study.study import Study
from conditions.trials.counterbalance import participants_an_order
from conditions.trials.orders import turns_of

# Beyond so many participants no combination of two rules is looked for.
_LOOKED_AT = 1_000_000


@dataclass(frozen=True)
class Cycle:
    """A rule by which participants get one of several things in turn.

    Attributes
    ----------
    what : str
        What they get, in words.
    turns : int
        How many things there are.
    every : int
        How many participants in a row get the same one.
    """

    what: str
    turns: int
    every: int = 1

    @property
    def length(self) -> int:
        """Participants after which it begins anew."""
        return self.turns * self.every

    def turn_of(self, participant: int) -> int:
        """Which of the things a participant gets, from 0."""
        return (participant - 1) // self.every % self.turns

    def missing(self, participants: Collection[int]) -> Counter[int]:
        """How many more participants each turn needs, to occur as often as the most frequent."""
        counts = Counter(self.turn_of(participant) for participant in set(participants))
        most = max(counts.values(), default=0)
        return +Counter({turn: most - counts[turn] for turn in range(self.turns)})

    def who_completes(self, participants: Collection[int]) -> list[int]:
        """Numbers of the next participants who make every turn occur equally often, rising."""
        there, missing = set(participants), self.missing(participants)
        wanted: list[int] = []
        for participant in count(1):
            if not missing:
                break
            turn = self.turn_of(participant)
            if participant not in there and turn in missing:
                missing -= Counter([turn])
                wanted.append(participant)
        return wanted


def order_cycle(part: Part) -> Cycle | None:
    """The cycle of the orders of a part's conditions; None where all have the same order."""
    every, k = participants_an_order(part), len(part.conditions)
    if every is None or k == 1:
        return None
    return Cycle(f"orders of conditions in part {part.name}", turns_of(part.order, k), every)


def cycles(study: Study) -> list[Cycle]:
    """The cycles of all rules of a design, without those of one turn.

    Parts whose orders move on together are one cycle.
    """
    orders: dict[tuple[int, int], list[str]] = {}
    for part in study.parts:
        cycle = order_cycle(part)
        if cycle:
            orders.setdefault((cycle.turns, cycle.every), []).append(part.name)
    found = [
        Cycle(f"orders of conditions in {_parts(names)}", turns, every)
        for (turns, every), names in orders.items()
    ]
    usable = study.natural.batches - 1
    found += [
        Cycle("orders of parts", len(study.part_orders)),
        Cycle("orders of sessions", len(study.session_orders)),
        Cycle("blocks of units", len(study.unit_blocks)),
        Cycle("batches", usable // gcd(usable, study.batches.step), study.batches.every),
        *(Cycle("blocks of a left-over unit", n) for n in sorted(_blocks_with_leftovers(study))),
    ]
    return [cycle for cycle in found if cycle.turns > 1]


def all_together(found: Iterable[Cycle]) -> int:
    """Participants after which all cycles begin anew at once."""
    return lcm(*(cycle.length for cycle in found))


def tied(found: Iterable[Cycle]) -> list[tuple[Cycle, Cycle, int]]:
    """Pairs of cycles whose turns do not occur in all combinations, and in how many they do.

    Two rules with cycles of 10 and 5 participants, say, always give the same things together.
    """
    pairs = []
    for first, second in combinations(found, 2):
        # Both turns are the same for so many participants in a row.
        step, end = gcd(first.every, second.every), all_together([first, second])
        if end // step > _LOOKED_AT:
            continue
        met = {(first.turn_of(p), second.turn_of(p)) for p in range(1, end + 1, step)}
        if len(met) < first.turns * second.turns:
            pairs.append((first, second, len(met)))
    return pairs


def _blocks_with_leftovers(study: Study) -> set[int]:
    """Numbers of blocks over which units that are left over go in turn."""
    if study.leftover == "refuse":
        return set()
    if study.unit_blocks:
        groups = [
            ([part], study.units.count("main", study.unit_blocks[0][part.name]))
            for part in study.parts
        ]
    else:
        groups = [
            (
                [part for part in study.parts if condition in part.conditions],
                study.units.count("main"),
            )
            for condition in study.conditions
        ]
    return {
        sum(part.blocks for part in parts)
        for parts, units in groups
        if units > sum(part.blocks * part.main for part in parts)
    }


def _parts(names: list[str]) -> str:
    return f"part {names[0]}" if len(names) == 1 else f"parts {', '.join(names)}"
