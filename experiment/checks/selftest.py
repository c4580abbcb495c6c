"""Whether the self-test beside the rig file is of this machine, is young enough, and claims."""

import platform
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.rig.selftest import SelfTest, read_selftest, selftest_file
from conditions.study.study import Study
from experiment.checks.check import Check
from experiment.checks.preflight import REFRESH_TOLERANCE
from experiment.plan import Trial
from experiment.rig import OWN_RIGS, RIGS
from experiment.screen.trials.images import IMAGE_COLUMNS
from experiment.screen.window import Refresh

DAY_S = 24 * 60 * 60


@dataclass(frozen=True)
class Machine:
    """What a session runs on, and the most that it draws.

    Attributes
    ----------
    renderer : str
        Name of what draws.
    screen : int
        Number of the screen.
    screen_px : tuple of int
        Its width and height.
    refresh : Refresh
        Its refreshes.
    images, image_px : int
        Images of the trial with the most, and their side.
    host : str, optional
        Name of the computer; by default that of this one.
    """

    renderer: str
    screen: int
    screen_px: tuple[int, int]
    refresh: Refresh
    images: int
    image_px: int
    host: str = platform.node()


@dataclass(frozen=True)
class Tested:
    """The check, and the self-test that a session runs under: its file, and what is recorded.

    ``file`` and ``facts`` are None where there is no self-test of this machine.
    """

    check: Check
    file: Path | None = None
    facts: dict[str, object] | None = None


def n_images(trial: Trial) -> int:
    """How many images a trial shows."""
    return sum(bool(trial.get(column)) for column in IMAGE_COLUMNS)


def check_selftest(
    study: Study, rig_file: Path, machine: Machine, excuse: str, now: datetime | None = None
) -> Tested:
    """Look for the self-test of a rig, and judge whether it is one of this machine.

    Parameters
    ----------
    study : Study
        Says how old it may be. Where it says nothing, no self-test is wanted, and what is wrong
        with one is only told.
    rig_file : Path
        The rig; the self-test lies beside it.
    machine : Machine
        What the session runs on.
    excuse : str
        Why a session may do without (:func:`~.rehearsals.excuse_for`); empty where it may not.
    now : datetime, optional
        By default the computer's clock.
    """
    limit = study.calibration.selftest_max_age_days
    path = selftest_file(rig_file, OWN_RIGS, RIGS)
    wanted = "" if limit is None else f"; the study wants one of at most {limit} days"

    def judged(good: bool, found: str) -> Check:
        why = "the study asks for none" if limit is None else excuse
        return Check("self-test", good, f"{found}{wanted}", excused=why)

    by_name = rig_file.parent in (OWN_RIGS, RIGS)
    rig = rig_file.stem if by_name else rig_file
    make = f"`{typed_command('experiment', 'selftest', rig, '--study', 'STUDY')}` makes one"
    if not path.exists():
        return Tested(judged(False, f"{path}: there is none; {make}"))
    try:
        test = read_selftest(path)
    except StudyError as error:
        return Tested(judged(False, f"cannot be read: {error}"))
    if other := _differences(test, machine):
        found = f"{path}: not of what is there now: {'; '.join(other)}; {make}"
        return Tested(judged(False, found))
    days = ((now or datetime.now().astimezone()) - test.measured_at).total_seconds() / DAY_S
    facts = {
        "file": path.name,
        "sha256": sha256_of(path),
        "measured_at": test.measured_at.isoformat(timespec="seconds"),
        "age_days": round(days, 2),
        "claim": test.claim,
    }
    when = f"{path}: {_ago(days)}"
    if days < 0:
        found = f"{path}: made on {test.measured_at:%Y-%m-%d}, a time to come: is the clock right?"
        return Tested(judged(False, found))
    if test.claim is None:
        found = f"{when}, claims nothing: {'; '.join(test.reasons)}"
        return Tested(judged(False, found), path, facts)
    young = limit is None or int(days) <= limit
    return Tested(judged(young, f"{when}: {test.claim}"), path, facts)


def _ago(days: float) -> str:
    whole = int(days)
    return {0: "less than a day ago", 1: "1 day ago"}.get(whole, f"{whole} days ago")


def _differences(test: SelfTest, machine: Machine) -> list[str]:
    """In what the machine of a self-test differs from that of a session."""
    pairs = [
        ("computer", test.host, machine.host),
        ("graphics", test.renderer, machine.renderer),
        ("screen", test.screen, machine.screen),
        ("pixels", "{} × {}".format(*test.screen_px), "{} × {}".format(*machine.screen_px)),
    ]
    found = [f"{what} {then}, now {now}" for what, then, now in pairs if then != now]
    hz = machine.refresh.measured_hz
    if hz is not None and abs(test.refresh_hz / hz - 1) > REFRESH_TOLERANCE:
        found.append(f"refresh {test.refresh_hz:.2f} Hz, now {hz:.2f} Hz")
    if test.images * test.image_px**2 < machine.images * machine.image_px**2:
        found.append(
            f"trials of {test.images} images of {test.image_px} px, now {machine.images} of "
            f"{machine.image_px} px"
        )
    return found
