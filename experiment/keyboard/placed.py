"""The keys of a study on the keyboard that is there: by position, with the caps it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from conditions.rig.response_box import ResponseBox
from conditions.study.answering import Keys
from conditions.study.study import Study
from experiment.keyboard.boxes.box import Box
from experiment.keyboard.boxes.open_box import open_box
from experiment.keyboard.layouts.caps import Caps, prints
from experiment.keyboard.listener import KeyListener
from experiment.keyboard.pad import is_pad
from experiment.keyboard.positions import canonical
from experiment.keyboard.queues import Keyboards


@dataclass(frozen=True)
class Placed:
    """A study whose keys are positions, and texts that name them by the caps of this keyboard.

    ``positions`` are the places of its keys by the names that it gives them, None where this
    keyboard has none; ``caps`` is None where the system does not tell its layout.
    """

    study: Study
    texts: dict[str, str]
    caps: Caps | None
    positions: Mapping[str, str | None]
    box: ResponseBox | None = None

    def listener(self) -> KeyListener:
        """A listener for these keys, at the response box if there is one.

        Raises
        ------
        StudyError
            Where psychtoolbox, a keyboard or the box is missing.
        """
        keys = self.study.keys
        own = [name for name in (*keys.answers, *keys.go_on) if is_pad(name)]
        make = partial(_opened, self.box, tuple(keys.answers)) if self.box is not None else None
        return KeyListener(own, make)


def placed(
    study: Study,
    texts: Mapping[str, str],
    caps: Caps | None,
    box: ResponseBox | None = None,
) -> Placed:
    """Find the keys of a study on a keyboard.

    Parameters
    ----------
    study : Study
        With keys by position or by cap.
    texts : mapping
        Those of the session.
    caps : Caps or None
        What this keyboard prints; without it no cap is known.
    box : ResponseBox, optional
        The rig's: what it alone gives is named by its buttons.
    """
    keys = study.keys
    positions = {name: _position(name, keys.by, caps) for name in (*keys.answers, *keys.go_on)}
    by_position = _renamed(keys, positions)
    used = {f"key_{name}" for name in (*by_position.answers, *by_position.go_on)}
    labels = {} if caps is None else caps.labels()
    if box is not None:
        # What a study calls its keys are positions from here on, also of the box.
        buttons = {key: positions.get(name) or name for key, name in box.keys.items()}
        box = box.model_copy(update={"keys": buttons})
        if not box.keyboard_too:
            labels |= _buttons(box, texts)
    return Placed(
        study.model_copy(update={"keys": by_position}),
        _relabelled(texts, {key: label for key, label in labels.items() if key in used}),
        caps,
        positions,
        box,
    )


def _relabelled(texts: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """The texts with other names of keys, which are alike in a sentence and alone."""
    gone = {label.replace("key_", "printed_") for label in labels}
    return {label: words for label, words in texts.items() if label not in gone} | dict(labels)


def _buttons(box: ResponseBox, texts: Mapping[str, str]) -> dict[str, str]:
    named = {name: str(button) for button, name in box.keys.items()}
    return {
        f"key_{name}": texts["key_of_box"].format(key=texts.get(f"key_{button}", button))
        for name, button in named.items()
    }


def _position(name: str, by: str, caps: Caps | None) -> str | None:
    if not prints(name):
        return name
    if by == "cap":
        return None if caps is None else caps.position(name)
    known = caps is None or canonical(name) in caps.typed
    return canonical(name) if known else None


def _renamed(keys: Keys, positions: Mapping[str, str | None]) -> Keys:
    def of(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(positions.get(name) or name for name in names)

    rows = ("confidence", "upper_confidence", "lower_confidence")
    return keys.model_copy(
        update={name: of(getattr(keys, name)) for name in ("upper", "lower", "go_on")}
        | {name: [of(names) for names in getattr(keys, name)] for name in rows}
    )


def _opened(box: ResponseBox, answers: tuple[str, ...], keyboards: Keyboards) -> Box:
    return open_box(box, keyboards, answers)
