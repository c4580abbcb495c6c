"""What a page asks, and what ends it."""

from collections.abc import Callable
from dataclasses import dataclass

from experiment.keyboard.listener import Press
from experiment.keyboard.observer import Kind, Question

Draw = Callable[[], object]


@dataclass(frozen=True)
class Asked:
    """What is asked: what is drawn meanwhile, and what ends it.

    Attributes
    ----------
    draw : callable
        Draws, for each flip.
    keys : tuple of str
        The first of them to be pressed ends it.
    kind : str
        What the observer is told of it.
    clicks : bool
        Whether a click ends it too.
    until : callable
        It ends where this comes true.
    heard : callable
        Is told of every press; whether it means something there.
    to_press : tuple of str, optional
        Keys to tell the observer in place of ``keys``.
    name : str
        What the page is called among the events of the session.
    """

    draw: Draw
    keys: tuple[str, ...] = ()
    kind: Kind = "page"
    clicks: bool = False
    until: Callable[[], bool] = lambda: False
    heard: Callable[[Press], bool] = lambda press: False
    to_press: tuple[str, ...] | None = None
    name: str = ""

    @property
    def question(self) -> Question:
        """As the observer is told of it."""
        keys = self.keys if self.to_press is None else self.to_press
        return Question("focus" if self.clicks else self.kind, keys)
