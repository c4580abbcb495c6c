"""Names of units: a layer and a channel in one word that is also a folder name."""

import re
from urllib.parse import quote, unquote

from conditions.errors import StudyError

# A readout, as layers are called here too: what folders cannot be called is written as =XX.
_UNIT = re.compile(r"(?P<layer>[A-Za-z0-9_=][A-Za-z0-9_.=-]*)_(?P<channel>[0-9]{4,})")
# Windows takes a name for a device whatever follows the first dot.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\.", re.IGNORECASE)


def unit_name(layer: str, channel: int) -> str:
    """The name of a unit of a layer or readout.

    What a folder's name cannot hold everywhere is written as = and two hexadecimal digits for
    each byte, so that the layer can be read from it again.

    >>> unit_name("mixed4a", 427)
    'mixed4a_0427'
    >>> unit_name("post:layer1.0.relu", 3)
    'post=3Alayer1.0.relu_0003'
    >>> unit_name("aux.conv", 3)
    'aux=2Econv_0003'
    """
    return f"{_written(layer)}_{channel:04d}"


def parse_unit(name: str) -> tuple[str, int]:
    """Layer (or readout) and channel of a unit's name.

    >>> parse_unit("mixed4a_0427")
    ('mixed4a', 427)
    >>> parse_unit("post=3Alayer1.0.relu_0003")
    ('post:layer1.0.relu', 3)

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
            f"{_hint(name)}"
        )
    layer, channel = (
        unquote(match["layer"].replace("=", "%"), errors="replace"),
        int(match["channel"]),
    )
    if name != unit_name(layer, channel):
        raise StudyError(f"unit {name!r}: wanted its one spelling, {unit_name(layer, channel)}")
    return layer, channel


def _written(layer: str) -> str:
    quoted = quote(layer, safe="").replace("~", "%7E").replace("%", "=")
    if _DEVICE.match(layer):
        return quoted.replace(".", "=2E", 1)
    # No file is hidden, and none looks like an option of a command.
    return f"={ord(layer[0]):02X}{quoted[1:]}" if layer[:1] in (".", "-") else quoted


def _hint(name: str) -> str:
    """The name as it is written, where it is one but for letters that folders cannot hold."""
    layer, _, channel = name.rpartition("_")
    if layer and channel.isascii() and channel.isdigit() and len(channel) >= 4:
        return f"; the layer {layer} is written {_written(layer)}"
    return ""
