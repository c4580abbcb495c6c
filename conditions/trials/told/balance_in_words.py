"""What a design balances and what not: over a whole cycle, and with the participants there are."""

from collections import Counter
from collections.abc import Collection
from itertools import permutations

from conditions.commands.participants import in_ranges
from conditions.study.parts import Part
from conditions.study.study import Study
from conditions.trials.counterbalance import condition_order, participants_an_order
from conditions.trials.cycles import all_together, cycles, order_cycle, tied
from conditions.trials.orders import followers, orders_of

# Participants who are named one by one; of more there is only the number.
_NAMED = 50
# All orders of more conditions than these are not gone through: they are balanced.
_MOST_CONDITIONS = 7


def of_design(study: Study) -> str:
    """What is balanced over whole cycles, and how many participants those take."""
    sentences = [_of_parts(parts) for parts in _alike(study)]
    found = cycles(study)
    if found:
        lengths = ", ".join(f"{cycle.what} after {cycle.length}" for cycle in found)
        together = f"; all of them after {all_together(found)}" if len(found) > 1 else ""
        sentences.append(f"What begins anew, after how many participants: {lengths}{together}.")
    sentences += [
        f"{_capital(first.what)} and {second.what} are tied: {met} of their "
        f"{first.turns * second.turns} combinations occur."
        for first, second, met in tied(found)
    ]
    return f"Balance. {' '.join(sentences)}" if sentences else ""


def with_participants(study: Study, participants: Collection[int]) -> list[str]:
    """A sentence for each rule that these participants leave unbalanced.

    Parameters
    ----------
    study : Study
        The design.
    participants : collection of int
        Numbers of those whose trials there are.

    Returns
    -------
    list of str
        Empty where all is balanced.
    """
    people = sorted(set(participants))
    sentences = []
    for cycle in cycles(study):
        missing = cycle.missing(people).total()
        if missing:
            sentences.append(
                f"Not balanced: {cycle.what} ({cycle.turns} of them, a cycle of {cycle.length} "
                f"participants; there are {len(people)}): {missing} more "
                f"{'completes' if missing == 1 else 'complete'} it"
                + (f", {in_ranges(cycle.who_completes(people), ', ')}" if missing <= _NAMED else "")
            )
    for parts in _alike(study):
        part = parts[0]
        orders = [condition_order(part, participant) * part.blocks for participant in people]
        counts = _counts(orders, part.conditions)
        if not _even(counts):
            (seldom, least), (often, most) = (
                pick(counts.items(), key=lambda item: item[1]) for pick in (min, max)
            )
            sentences.append(
                f"Not balanced: what follows what in {_named(parts)}: {often[1]} follows "
                f"{often[0]} {_times(most)}, {seldom[1]} follows {seldom[0]} {_times(least)}"
            )
    return sentences


def _alike(study: Study) -> list[list[Part]]:
    """Parts of several conditions, those together that have the same ones in the same orders."""
    alike: dict[tuple, list[Part]] = {}
    for part in study.parts:
        if len(part.conditions) > 1:
            rule = (tuple(part.conditions), part.order, participants_an_order(part), part.blocks)
            alike.setdefault(rule, []).append(part)
    return list(alike.values())


def _named(parts: list[Part]) -> str:
    return f"part{'s' if len(parts) > 1 else ''} {', '.join(part.name for part in parts)}"


def _of_parts(parts: list[Part]) -> str:
    """What is balanced in parts of the same conditions, blocks and rule."""
    part = parts[0]
    where = _capital(_named(parts))
    cycle = order_cycle(part)
    if cycle is None:
        return (
            f"{where}: all participants meet the conditions in the same order, so that neither "
            "their places nor what follows what is balanced."
        )
    text = (
        f"{where}: over {cycle.length} participants, each of the {len(part.conditions)} conditions "
        "is at each place equally often"
    )
    if part.order == "all" and len(part.conditions) > _MOST_CONDITIONS:
        return f"{text}, and follows each other equally often."
    orders = orders_of(part.order, part.conditions)
    if _even(_counts([order * part.blocks for order in orders], part.conditions)):
        return f"{text}, and follows each other equally often."
    if not _even(_counts(orders, part.conditions)):
        return (
            f"{text}; what follows what is not balanced (order: latin_square or all would balance "
            "it)."
        )
    between = Counter((order[-1], order[0]) for order in orders)
    pairs = ", ".join(f"{first} after {last}" for last, first in sorted(between))
    return (
        f"{text}, and within a round of blocks follows each other equally often; from a round to "
        f"the next it does not, there {'are' if len(between) > 1 else 'is'} only {pairs}."
    )


def _counts(orders: list[list[str]], conditions: list[str]) -> Counter[tuple[str, str]]:
    """How often each condition follows each other, those included that never do."""
    counts = Counter(dict.fromkeys(permutations(conditions, 2), 0))
    counts.update(followers(orders))
    return counts


def _even(counts: Counter[tuple[str, str]]) -> bool:
    return len(set(counts.values())) == 1


def _times(n: int) -> str:
    return {0: "never", 1: "once"}.get(n, f"{n} times")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
