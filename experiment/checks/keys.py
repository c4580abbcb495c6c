"""Checks of the keys: that something hears them, and that this keyboard has those of the study."""

from pathlib import Path

from experiment.checks.check import Check
from experiment.keyboard.listener import KeyListener
from experiment.keyboard.placed import Placed


def key_checks(placed: Placed, listener: KeyListener, study_file: Path) -> list[Check]:
    """Whether keys are heard, and those of the study are there.

    Parameters
    ----------
    placed : Placed
        The study's keys on this keyboard.
    listener : KeyListener
        Hears them.
    study_file : Path
        Named in messages.
    """
    there = "; ".join(dict.fromkeys(listener.keyboards.devices))
    found = f"back end {listener.backend}; {there}"
    of_box = []
    if listener.box is not None:
        found = f"{found}; response box: {listener.box.name}"
        of_box = [_box(placed, listener.box.name)]
    keyboard = Check("keyboard", True, found, vital=True)
    return [keyboard, *of_box, _keys(placed, listener, study_file)]


def _keys(placed: Placed, listener: KeyListener, study_file: Path) -> Check:
    by = placed.study.keys.by
    where = f"{study_file}: keys"
    if by == "cap" and placed.caps is None:
        found = "the layout of this keyboard cannot be read, wanted position"
        return Check("keys", False, f"{where}.by: found cap: {found}", vital=True)
    lacking = [name for name, position in placed.positions.items() if position is None]
    if lacking:
        found = f"found {', '.join(lacking)}, which this keyboard lacks; it prints"
        return Check("keys", False, f"{where}: {found} {_caps(placed)}", vital=True)
    unheard = [p for p in placed.positions.values() if p not in listener.keyboards.known]
    if unheard:
        found = f"found {', '.join(map(str, unheard))}, which cannot be heard on this system"
        return Check("keys", False, f"{where}: {found}", vital=True)
    positions = list(placed.positions.values())
    twice = [
        f"{name} and {list(placed.positions)[positions.index(position)]}"
        for i, (name, position) in enumerate(placed.positions.items())
        if position in positions[:i]
    ]
    if twice:
        found = f"found {', '.join(twice)}, which are one key on this keyboard"
        return Check("keys", False, f"{where}: {found}", vital=True)
    return Check("keys", True, _found(placed, by))


def _box(placed: Placed, name: str) -> Check:
    """Whether answers come from the response box at all: a rig may have been made for others."""
    answers, of_box = placed.study.keys.answers, placed.box.keys.values() if placed.box else ()
    given = [key for key in answers if key in of_box or not of_box]
    found = f"{name}: gives {' '.join(given) or 'none of the answers'}"
    rest = [key for key in answers if key not in given]
    if not rest:
        return Check("response box", True, found)
    found += f", not {' '.join(rest)}" if given else f" ({' '.join(rest)})"
    more = "the rig's response_box.keys says which of its keys are which of the study's"
    return Check("response box", bool(given), found if given else f"{found}; {more}")


def _found(placed: Placed, by: str) -> str:
    names = " ".join(placed.positions)
    if placed.caps is None:
        return f"by {by}: {names}; the system does not tell what is printed on them"
    caps = [placed.caps.cap(str(p)) or str(p) for p in placed.positions.values()]
    if by == "position":
        return f"by position: {names}, on this keyboard {' '.join(caps)}"
    places = " ".join(map(str, placed.positions.values()))
    return f"by cap: {names}, on this keyboard at {places} of a US one"


def _caps(placed: Placed) -> str:
    caps = [] if placed.caps is None else [placed.caps.cap(p) for p in placed.caps.typed]
    return " ".join(caps)
