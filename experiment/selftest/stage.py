"""What a self-test plays on: the rig's window with a trial in it, and the keys that are heard."""

from conditions.rig.response_box import KeyboardBox
from conditions.rig.rig import Rig
from conditions.rig.selftest import Presses
from experiment.checks.check import Check
from experiment.keyboard.listener import KeyListener
from experiment.screen.focus import watched
from experiment.screen.pages import EscapedError
from experiment.screen.sizes import layouts_of
from experiment.screen.trials.images import decode
from experiment.screen.trials.patch import Patch
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import Window, size_of, text
from experiment.selftest.material import Material
from experiment.selftest.presses import Heard, Presser, hear_presses
from experiment.selftest.wording import KEYBOARD, PRESS

PRESSES = 20
# The patch changes with every so manieth flip: twice a second at 60 Hz.
PATCH_FLIPS = 30
# A script presses several times a second.
PATIENCE_WITH_A_SCRIPT = 3.0


class Stage:
    """The screen of trials, the patch and the keyboard, as a session has them.

    Parameters
    ----------
    window : psychopy.visual.Window
    listener : KeyListener
        Hears the keys, of the rig's response box if it has one.
    rig, material
        The rig, and what is shown.
    texts : dict
        Texts of the study by key.
    """

    def __init__(
        self,
        window: Window,
        listener: KeyListener,
        rig: Rig,
        material: Material,
        texts: dict[str, str],
    ) -> None:
        self.window, self._listener, self._rig, self._material = window, listener, rig, material
        self.keyboard = watched(listener, window)
        references = {int(row["n_references"]) for row in material.rows}
        layouts, _ = layouts_of(material.study, material.on(rig), size_of(window), references)
        self._patch = Patch(window, rig)
        self.screen = TrialScreen(window, layouts, texts, material.study.keys, self._patch)

    def load_heaviest(self) -> None:
        """Have the heaviest trial drawn from now on."""
        row, screen = self._material.rows[0], self.screen
        screen.load(row, decode(self._material.encoded, row, screen.image, self.window.correction))
        screen.ask_choice(row)

    def each_frame(self, number: int) -> None:
        """What a session does for each frame of a trial, and a change of the patch now and then.

        Raises
        ------
        EscapedError
            On Escape.
        """
        self.keyboard.presses()
        if self.keyboard.escaped:
            raise EscapedError
        self._patch.set(number // PATCH_FLIPS % 2 == 1)
        self.screen.draw()

    def darken_patch(self) -> None:
        """Make the patch black with the next flip."""
        self._patch.set(False)

    def hear(self, scripted: bool) -> tuple[list[Heard], list[float] | None]:
        """Presses, and when a script pressed, if one does.

        Raises
        ------
        EscapedError
            On Escape.
        """
        box = self._listener.box
        where = KEYBOARD if box is None else f"the response box {box.name}"
        words = text(self.window, "")

        def draw(heard: int) -> None:
            said = PRESS.format(wanted=PRESSES, where=where, heard=heard)
            # Letters take time to set: once a press, not once a frame.
            if said != words.text:
                words.text = said
            words.draw()

        self.window.callOnFlip(self.keyboard.start)
        draw(0)
        self.window.flip()
        if not scripted:
            return hear_presses(self.window, self.keyboard, PRESSES, draw), None
        presser = Presser(self.keyboard, PRESSES)
        presser.start()
        heard = hear_presses(self.window, self.keyboard, PRESSES, draw, PATIENCE_WITH_A_SCRIPT)
        presser.join()
        return heard, presser.pressed

    def checks(self, keys: Presses) -> list[Check]:
        """Whether the window kept the keyboard, and the presses came from the response box."""
        losses = len(self.keyboard.losses())
        focus = Check("focus", not losses, f"another window had the keyboard {losses} ×")
        return [focus, *box_check(self._rig, self._listener, keys)]


def box_check(rig: Rig, listener: KeyListener, keys: Presses) -> list[Check]:
    """Whether all presses came from the rig's response box.

    None without a box, and where the system does not tell keyboards apart (Windows).
    """
    box, named = listener.box, rig.response_box
    if box is None:
        return []
    if isinstance(named, KeyboardBox):
        if not listener.keyboards.told_apart:
            return []
        from_box = [
            n for name, n in keys.devices.items() if named.device.casefold() in name.casefold()
        ]
    else:
        from_box = [n for name, n in keys.devices.items() if name == box.name]
    found = f"{sum(from_box)} of {keys.heard} presses came from {box.name}"
    return [Check("response box", sum(from_box) == keys.heard, found)]
