"""The response box that a rig names."""

from collections.abc import Sequence

from conditions.rig.response_box import KeyboardBox, ResponseBox
from experiment.keyboard.boxes.box import Box
from experiment.keyboard.boxes.cedrus_xid import CedrusXidBox
from experiment.keyboard.boxes.keyboard_box import KeyboardResponseBox
from experiment.keyboard.queues import Keyboards


def open_box(box: ResponseBox, keyboards: Keyboards, answers: Sequence[str]) -> Box:
    """Open a response box; ``answers`` are the keys that answer a trial.

    Raises
    ------
    StudyError
        Where it is not there.
    """
    if isinstance(box, KeyboardBox):
        return KeyboardResponseBox(box, keyboards, answers)
    return CedrusXidBox(box, keyboards.time)
