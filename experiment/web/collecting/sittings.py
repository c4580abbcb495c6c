"""Runs of one participant, put together from all texts that tell of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from conditions.errors import StudyError
from conditions.tables.session_facts import moment
from experiment.web.collecting.answers import EndRecord, Line, RunRecord

Key = tuple[int, int, datetime]


@dataclass(frozen=True)
class Sitting:
    """A run: its record, and what was told in it."""

    lines: tuple[Line, ...]

    @cached_property
    def run(self) -> RunRecord:
        """What the run began with."""
        record = self.lines[0].record
        assert isinstance(record, RunRecord)
        return record

    @cached_property
    def began(self) -> datetime:
        """When it began."""
        return moment(self.run.started_at)

    @property
    def key(self) -> Key:
        """Whose it is, and when it began: two browsers do not begin in one millisecond."""
        return self.run.participant, self.run.session, self.began

    @property
    def end(self) -> EndRecord | None:
        """How it ended; None where it was killed, or is not over."""
        ends = (line.record for line in reversed(self.lines))
        return next((record for record in ends if isinstance(record, EndRecord)), None)

    @property
    def contents(self) -> list[str]:
        """What each line says."""
        return [line.content for line in self.lines]


Sittings = tuple[Sitting, ...]


def joined(known: Sittings, more: Iterable[Sitting]) -> Sittings:
    """Runs of one participant and those of another text; of a run that both hold, the longer.

    Returns
    -------
    tuple of Sitting
        By session and time.

    Raises
    ------
    StudyError
        Where the two tell one run differently.
    """
    runs = {sitting.key: sitting for sitting in known}
    for sitting in more:
        there = runs.get(sitting.key)
        if there is None or _goes_on(there, sitting):
            runs[sitting.key] = sitting
    return tuple(runs[key] for key in sorted(runs))


def _goes_on(there: Sitting, sitting: Sitting) -> bool:
    """Whether a run goes on in another text, and is not merely the beginning of what is there."""
    for old, new in zip(there.lines, sitting.lines, strict=False):
        if old.content != new.content:
            raise StudyError(
                f"{new.place}: not what {old.place} says of the same run: one of the two was "
                "changed"
            )
    return len(sitting.lines) > len(there.lines)
