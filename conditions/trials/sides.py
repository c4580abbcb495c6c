"""Which of the two queries is on top: balanced within every block of a participant."""

from collections import Counter, defaultdict

from conditions.seeds import named_rng

Row = dict[str, object]

_OTHER = {"upper": "lower", "lower": "upper"}


def balanced(rows: list[Row], study_seed: int, participant: int) -> list[Row]:
    """The same trials, with the correct query on top in half of those of each block.

    Practice, main and catch trials of a block are each halved for themselves; which of them have
    it on top is drawn. Of an odd number one more is on a side that alternates from one block of
    the condition to its next, begins with the other side for catch trials than for main trials
    (so that a block with an odd number of both is even as a whole), and begins with the other side
    for the second of two successive participants than for the first.

    Parameters
    ----------
    rows : list of dict
        Trials of one session in order, without intuitiveness trials: ``block``, ``phase``,
        ``catch``, ``condition``, ``upper``, ``lower``, ``correct_response``.
    study_seed : int
        Of the study.
    participant : int
        From 1.

    Returns
    -------
    list of dict
        In the same order; nothing else about them is another.
    """
    together: dict[tuple, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        together[row["block"], _kind(row), row["condition"]].append(i)
    placed = list(rows)
    blocks: Counter[tuple] = Counter()
    odd_blocks: Counter[tuple] = Counter()
    for (_, kind, condition), members in together.items():
        what = f"sides/{condition}/{kind}"
        upper = len(members) // 2
        if len(members) % 2:
            first = _begins_above(study_seed, participant, str(condition), kind)
            upper += first != bool(odd_blocks[kind, condition] % 2)
            odd_blocks[kind, condition] += 1
        name = f"participant-{participant:03d}/{what} {blocks[kind, condition]}"
        blocks[kind, condition] += 1
        order = named_rng(study_seed, name).permutation(len(members))
        for turn, i in enumerate(order):
            placed[members[i]] = _with(rows[members[i]], "upper" if turn < upper else "lower")
    return placed


def swapped(row: Row) -> Row:
    """The same trial with the other query on top."""
    return row | {
        "upper": row["lower"],
        "lower": row["upper"],
        "correct_response": _OTHER[str(row["correct_response"])],
    }


def _with(row: Row, side: str) -> Row:
    return row if row["correct_response"] == side else swapped(row)


def _kind(row: Row) -> str:
    return "catch" if row["catch"] else str(row["phase"])


def _begins_above(study_seed: int, participant: int, condition: str, kind: str) -> bool:
    """Whether the first odd block of a condition has one more correct query on top."""
    pair, second = divmod(participant - 1, 2)
    drawn_for = "practice" if kind == "practice" else "main"
    rng = named_rng(study_seed, f"pair-{pair + 1:03d}/sides/{condition}/{drawn_for}")
    return bool((rng.random() < 0.5) ^ bool(second) ^ (kind == "catch"))
