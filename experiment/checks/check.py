"""A check's result, and what a failed one means for the session."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from conditions.errors import StudyError

# What a good check found that the operator is to know nevertheless.
TO_READ = ("calibration", "transfer", "refresh", "size", "self-test", "markers", "answers")


@dataclass(frozen=True)
class Check:
    """One result.

    Attributes
    ----------
    name : str
        What was checked, in a word or two.
    good : bool
        Whether it is as it should be.
    found : str
        What was found, and what is wanted or to be done where that is something else.
    vital : bool
        Without it there can be no session, whatever the operator says.
    excused : str
        Why a session goes on where it is not good; empty where nothing excuses it.
    """

    name: str
    good: bool
    found: str
    vital: bool = False
    excused: str = ""

    @property
    def failed(self) -> bool:
        """Whether it stops a session that nobody overrides."""
        return not (self.good or self.excused)

    def line(self) -> str:
        """The result in a line (or more, where there is more to say)."""
        if self.good or self.failed:
            return f"{'✓' if self.good else '✗'} {self.name}: {self.found}"
        return f"– {self.name}: {self.found} (goes on: {self.excused})"


def excuse(check: Check, why: str) -> Check:
    """A check whose failure does not stop the session, for a reason; as it is without one."""
    return replace(check, excused=why)


def summary(checks: list[Check]) -> str:
    """A page of them: what is not as it should be, what is to be read, and the rest by name."""
    in_lines = [check for check in checks if not check.good or check.name in TO_READ]
    lines = [check.line() for check in sorted(in_lines, key=lambda check: check.good)]
    rest = [check.name for check in checks if check not in in_lines]
    return "\n".join([*lines, f"✓ {', '.join(rest)}"] if rest else lines)


def require(checks: Iterable[Check], override: bool) -> None:
    """Stop where a check failed, unless the operator overrides it.

    Raises
    ------
    StudyError
        Lists what failed, a line each.
    """
    failed = [check for check in checks if check.failed]
    stops = [check for check in failed if check.vital or not override]
    if not stops:
        return
    can = all(not check.vital for check in failed)
    hint = "\n--override goes on nevertheless, and says so in the data" if can else ""
    raise StudyError("\n".join(check.found for check in stops) + hint)


class Checks:
    """The checks of a session so far.

    Parameters
    ----------
    report, tell : callable
        Are told of each check, and of all when they were made.
    override : bool
        Whether the session goes on where one fails that is not vital.
    """

    def __init__(
        self,
        report: Callable[[Check], None],
        tell: Callable[[list[Check]], None],
        override: bool,
    ) -> None:
        self._report, self._tell, self._override = report, tell, override
        self.made: list[Check] = []

    def tell(self) -> None:
        """Tell of all of them."""
        self._tell(self.made)

    def add(self, checks: list[Check]) -> None:
        """Tell of more of them, and stop where one fails that nothing overrides."""
        for check in checks:
            self._report(check)
        require(checks, self._override)
        self.made += checks
