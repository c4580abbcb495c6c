"""A step of a walk, and how far it is."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


@dataclass(frozen=True)
class Step:
    """A command, and what is known of it beforehand.

    Attributes
    ----------
    title : str
        What it does, in a few words.
    command : tuple of str
        What stands after ``python -m``.
    seconds : float
        What it takes on two idle cores, measured; with a person, what is not counted.
    again : float
        What it takes where its result is there already.
    result : Path, optional
        A file that the command writes at its end; None for a command that always writes anew.
    holds : str
        What stands in the result once the command is done with it; nothing where being there is
        enough.
    phases : dict
        Seconds by the description of each progress bar that the command shows, in their order.
    window : bool
        Whether it opens a window.
    person : bool
        Whether a person answers: terminal and screen are theirs.
    """

    title: str
    command: tuple[str, ...]
    seconds: float
    again: float = 3.0
    result: Path | None = None
    holds: str = ""
    phases: dict[str, float] = field(default_factory=dict)
    window: bool = False
    person: bool = False

    def is_done(self) -> bool:
        """Whether its result is there."""
        if self.result is None or not self.result.is_file():
            return False
        return not self.holds or self.holds in self.result.read_text("utf-8", "replace")


@dataclass(frozen=True)
class Walk:
    """Steps through a study.

    Attributes
    ----------
    name : str
        As it is called: ``demo``.
    title : str
        What it is.
    folder : Path
        The study folder; the log is kept there.
    steps : tuple of Step
    look_at : tuple of str
        Where its results are, a line each.
    goes_on : bool
        Whether a walk that was stopped is gone on with: not where each has a folder of its own.
    """

    name: str
    title: str
    folder: Path
    steps: tuple[Step, ...]
    look_at: tuple[str, ...]
    goes_on: bool = True

    @property
    def log(self) -> Path:
        """What the commands have printed."""
        return self.folder / f"{self.name}.log"


class State(Enum):
    """How a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    WAS_THERE = "was there"
    FAILED = "failed"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass
class Walked:
    """How far a step is.

    Attributes
    ----------
    step : Step
    there : bool
        Whether its result was there when the walk began, and nothing says yet that more is to do.
    state : State
    seconds : float
        How long it runs, or has run.
    share : float, optional
        Of its work that is done, from 0 to 1, as it tells itself; None where it tells nothing.
    passed_over : float
        The part of that share that was there and took no time.
    """

    step: Step
    there: bool
    state: State = State.WAITING
    seconds: float = 0.0
    share: float | None = None
    passed_over: float = 0.0
    phase: str = ""

    def hear(self, phase: str, share: float) -> None:
        """Take in what the step tells: a phase of its, and the share of it that is done.

        Phases that it has passed over count as done. One that it does not name is left aside.
        """
        phases = self.step.phases
        if phase not in phases:
            return
        names = list(phases)
        whole = max(self.step.seconds, sum(phases.values()))
        before = sum(phases[name] for name in names[: names.index(phase)]) / whole
        # Whose result was there and who works all the same was not done.
        self.there = False
        if phase != self.phase:
            self.passed_over += max(0.0, before - (self.share or 0.0))
            self.phase = phase
        self.share = min(1.0, before + share * phases[phase] / whole)

    @property
    def expected(self) -> float:
        """Seconds that the step takes on the machine where it was measured; a person's none."""
        if self.there:
            return self.step.again
        return 0.0 if self.step.person else self.step.seconds

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state not in (State.WAITING, State.RUNNING, State.STOPPING)
