"""Names of units: a layer and a channel in one word that is also a folder name."""

import re

from conditions.errors import StudyError

_UNIT = re.compile(r"(?P<layer>[A-Za-z0-9][A-Za-z0-9_.]*)_(?P<channel>[0-9]{4,})")


def unit_name(layer: str, channel: int) -> str:
    """The name of a unit.

    >>> unit_name("mixed4a", 427)
    'mixed4a_0427'
    """
    return f"{layer}_{channel:04d}"


def parse_unit(name: str) -> tuple[str, int]:
    """Layer and channel of a unit's name.

    >>> parse_unit("mixed4a_0427")
    ('mixed4a', 427)

    Raises
    ------
    StudyError
        Where the name is not LAYER_CHANNEL with a channel of four or more digits, or has more
        zeros than that: a unit has one name.
    """
    match = _UNIT.fullmatch(name)
    if match is None:
        raise StudyError(
            f"unit {name!r} is not LAYER_CHANNEL with at least four digits, as in mixed4a_0427"
        )
    layer, channel = match["layer"], int(match["channel"])
    if name != unit_name(layer, channel):
        raise StudyError(f"unit {name!r}: wanted its one spelling, {unit_name(layer, channel)}")
    return layer, channel
