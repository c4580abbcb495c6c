"""What of a design cannot be told apart, in sentences."""

from collections.abc import Iterable, Sequence
from numbers import Integral

from conditions.commands.participants import in_ranges
from conditions.study.kinds.kind import NONE
from conditions.trials.told.confounds import Association

# Of more levels that tell something only the number is said.
_NAMED = 30
# Two things that go together so much cannot be told apart well.
_MUCH = 0.5
_WORDS = {
    "batch": ("batch", "batches"),
    "branch": ("branch", "branches"),
    "place": ("place in the session", "places in the session"),
    "scheme place": ("place of the scheme in the session", "places"),
    "order": ("order of conditions", "orders of conditions"),
    "part order": ("order of schemes", "orders of schemes"),
    "side": ("side of the correct query", "sides"),
}
# What a study compares: whatever tells it may be what makes the difference.
_COMPARED = ("condition", "scheme")
# Of units it is known how they were chosen, and parts have the conditions that they have.
_KNOWN = (("condition", "scheme"), ("pick", "layer"), ("pick", "branch"))
# Parts say where trials without references stand.
_PLACES = ("place", "session")


def confounded(found: Iterable[Association]) -> list[str]:
    """A sentence for each thing that tells another where it should not, without exception."""
    return [text for one in found for text in _told(one)]


def to_be_changed(found: Iterable[Association]) -> list[str]:
    """The same, and what nearly tells another, each with the field of the study file."""
    sentences, partly = [], set()
    for one in found:
        pair, said = one.pair, _told(one)
        much = one.v >= _MUCH and pair.tells in _COMPARED
        if much and not (one.told or one.values or (pair.what, pair.tells) in partly):
            partly.add((pair.what, pair.tells))
            said = [
                f"Partly confounded{_where(one)}: the {_word(pair.what)} goes with the "
                f"{_word(pair.tells)} (Cramer's V {one.v:.2f}).{_so(one)}"
            ]
        sentences += [f"{text} Study file: {pair.field}." for text in said]
    return sentences


def as_designed(found: Iterable[Association]) -> list[str]:
    """A sentence for each thing that tells another because that is what the study is about.

    Trials without references stand where the parts put them; conditions belong to schemes; units
    that were picked by hand are of their layers and branches.
    """
    return [
        f"By design: {_levels(one.pair.what, levels)}: only {_word(one.pair.tells)} {value}."
        for one in found
        for value, levels in _by_design(one, known=True).items()
    ]


def _told(one: Association) -> list[str]:
    pair, values = one.pair, _by_design(one, known=False)
    what, tells = _word(pair.what), _word(pair.tells)
    if not one.told:
        said = [
            f"{_levels(pair.what, levels)}: only {tells} {value}"
            for value, levels in values.items()
        ]
    elif values or pair.within:
        said = [f"the {what} tells the {tells}{_how(one, values)}"]
    else:
        said = []
    return [f"Confounded{_where(one)}: {text}.{_so(one)}" for text in said]


def _where(one: Association) -> str:
    return f", within each {one.pair.within}" if one.pair.within else ""


def _by_design(one: Association, known: bool) -> dict[object, list]:
    """What is told by design, or what is not."""
    pair = one.pair
    return {
        value: levels
        for value, levels in one.values.items()
        if known == ((pair.what, pair.tells) in _KNOWN or (pair.what in _PLACES and value == NONE))
    }


def _how(one: Association, values: dict[object, list]) -> str:
    if one.pair.within or one.pair.what == "unit":
        return f" (each {one.pair.what} has one only)"
    return f": {'; '.join(f'{value} ({_in_short(levels)})' for value, levels in values.items())}"


def _so(one: Association) -> str:
    if one.pair.tells not in _COMPARED:
        return ""
    several = _several(one.pair.what)
    return f" A difference between {one.pair.tells}s may be one between {several}."


def _levels(what: str, levels: Sequence) -> str:
    return f"{_word(what) if len(levels) == 1 else _several(what)} {_in_short(levels)}"


def _in_short(levels: Sequence) -> str:
    """Levels of one thing: odd or even numbers, ranges, or names."""
    if all(isinstance(level, Integral) for level in levels):
        odd = {level % 2 for level in levels}
        if len(levels) > 2 and len(odd) == 1 and max(levels) - min(levels) == 2 * len(levels) - 2:
            parity = "odd" if odd == {1} else "even"
            return f"{parity} from {min(levels)} to {max(levels)}"
        return in_ranges(levels, ", ")
    if len(levels) > _NAMED:
        return f"({len(levels)} of them)"
    return ", ".join(str(level) for level in levels)


def _word(name: str) -> str:
    return _WORDS.get(name, (name, ""))[0]


def _several(name: str) -> str:
    return _WORDS.get(name, ("", f"{name}s"))[1]
