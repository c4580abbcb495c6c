"""Orders of k conditions: rotated, in a Latin square balanced for carry-over, or all there are.

A rule gives every turn (a participant, or some participants in a row) an order, and begins anew
after a cycle of them:

=============  ==================  =======================================================
rule           turns of a cycle    balanced over a cycle
=============  ==================  =======================================================
rotate         k                   places, but not who follows whom (for k above 2)
latin_square   k, or 2k for odd k  places, and each condition follows each other as often
all            k!                  everything: every order there is, once
=============  ==================  =======================================================
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import factorial

from conditions.study.parts import Order


def turns_of(rule: Order, k: int) -> int:
    """Turns after which the orders of k conditions begin anew.

    >>> [turns_of("latin_square", k) for k in range(1, 8)]
    [1, 2, 6, 4, 10, 6, 14]
    """
    if rule == "all":
        return factorial(k)
    doubled = rule == "latin_square" and k % 2 == 1 and k > 1
    return 2 * k if doubled else k


def order_at(rule: Order, names: Sequence[str], turn: int) -> list[str]:
    """The order of conditions at a turn.

    Parameters
    ----------
    rule : str
        ``rotate``: the order moves on by one. ``latin_square``: the row of a Williams square
        (Williams 1949, Australian Journal of Scientific Research A 2, 149-168), followed by the
        mirrored square where the number of conditions is odd, since no single square of odd size
        can be balanced by his construction. ``all``: every order, so dealt that any k successive
        turns, from a multiple of k on, are a Latin square.
    names : sequence of str
        The k conditions, each once.
    turn : int
        From 0, without end.

    Returns
    -------
    list of str
        The same names.
    """
    k = len(names)
    turn %= turns_of(rule, k)
    base, mirrored = list(range(k)), False
    if rule == "latin_square":
        base, mirrored = _zigzag(k), turn >= k
    elif rule == "all":
        base = [0, *(1 + i for i in _permutation(k - 1, turn // k))]
    order = [names[(place + turn) % k] for place in base]
    return order[::-1] if mirrored else order


def orders_of(rule: Order, names: Sequence[str]) -> list[list[str]]:
    """The orders of a whole cycle, turn by turn."""
    return [order_at(rule, names, turn) for turn in range(turns_of(rule, len(names)))]


def followers(orders: Iterable[Sequence[str]]) -> Counter[tuple[str, str]]:
    """How often one directly follows another, by (first, next).

    >>> followers([["a", "b", "c"], ["a", "b"]])[("a", "b")]
    2
    """
    return Counter(pair for order in orders for pair in pairwise(order))


def _zigzag(k: int) -> list[int]:
    """First row of Williams' square: 0, 1, k - 1, 2, k - 2 …: each distance around it once."""
    return [(place + 1) // 2 if place % 2 else -(place // 2) % k for place in range(k)]


def _permutation(k: int, number: int) -> list[int]:
    """The permutation of 0 … k - 1 with this number; the first place moves fastest."""
    left, order = list(range(k)), []
    while left:
        number, place = divmod(number, len(left))
        order.append(left.pop(place))
    return order
