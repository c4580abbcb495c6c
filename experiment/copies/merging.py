"""Two copies of a study made one: what the other holds is added, and what collides is refused.

All is looked at before anything is written. Sessions come under a name of their own first and are
renamed; ``participants.tsv`` comes last: a merge that was cut off goes on when it is done again.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import condition_files, session_folders, withdrawals
from experiment.copies.joining import Joining, check_tables_equal, join, plan_joining
from experiment.copies.refused import add_refusals, lacking_refusals
from experiment.copies.rows import Rows
from experiment.copies.same_study import (
    check_same_images,
    check_same_trials,
    check_session_belongs,
    check_two_copies,
    starts_of,
)
from experiment.copies.withdrawing import belongings
from experiment.records.copying import copy_folder, write_whole
from experiment.records.lock import is_held, only_one
from experiment.records.people.enrolling import people_path
from experiment.records.people.file import PeopleFile, read_people
from experiment.records.same_session import n_answers

NAMED = 10


@dataclass(frozen=True)
class Copy:
    """A session or a condition file that only the other study holds."""

    source: Path
    target: Path


@dataclass
class Plan:
    """What is to be done; ``said`` are lines on what is left as it is."""

    condition_files: list[Copy] = field(default_factory=list)
    sessions: dict[str, Copy | Joining] = field(default_factory=dict)
    people: PeopleFile | None = None
    refusals: Rows | None = None
    said: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the study holds all that the other does."""
        return not (self.condition_files or self.sessions or self.people or self.refusals)


def merge(folder: StudyFolder, other: StudyFolder, report: Callable[[str], None]) -> Plan:
    """Add to a study what only another copy of it holds; the other stays as it is.

    Parameters
    ----------
    folder, other : StudyFolder
        The study that grows, and the other one.
    report : callable
        Is told a line for each participant, when it has been done.

    Returns
    -------
    Plan
        What has been done.

    Raises
    ------
    StudyError
        Where they are not copies of one study, a session runs in one of them, or something
        collides (the first ten collisions are named): nothing has been written then.
    """
    check_two_copies(folder, other)
    _check_nothing_runs(folder, other)
    plan = _plan(folder, other)
    if not plan.is_empty:
        with ExitStack() as locks:
            for lock in _locks(folder, plan):
                locks.enter_context(only_one(lock, f"{lock.stem} is being written"))
            # Once more, now that nobody else writes.
            plan = _plan(folder, other)
            _carry_out(plan, report)
    for line in plan.said:
        report(line)
    return plan


def _plan(folder: StudyFolder, other: StudyFolder) -> Plan:
    plan, collisions = Plan(), _Collisions()
    with collisions.noted():
        check_same_images(folder, other)
    there = condition_files(folder)
    for participant, source in condition_files(other).items():
        if participant not in there:
            plan.condition_files.append(Copy(source, folder.condition_file(participant)))
        else:
            with collisions.noted():
                check_same_trials(there[participant], source)
    starts = starts_of(folder)
    gone = withdrawals(folder)
    plan.said += _withdrawn_in_one(folder, other)
    for participant, session in session_folders(other.data).items():
        if participant in gone:
            continue
        with collisions.noted():
            check_session_belongs(folder, starts, session, participant)
            _plan_session(plan, session, folder.session(participant), participant)
    for observer in (path for path in other.machine.glob("*") if path.is_dir()):
        # When a machine answered does not matter: what it answered does.
        for participant, session in session_folders(observer).items():
            target = folder.machine_session(observer.name, participant)
            with collisions.noted():
                if target.exists():
                    check_tables_equal(target, session)
                else:
                    plan.sessions[f"{observer.name}, {participant}"] = Copy(session, target)
    with collisions.noted():
        plan.people = _people(folder, other)
    with collisions.noted():
        plan.refusals = lacking_refusals(folder, other)
    collisions.refuse()
    return plan


def _plan_session(plan: Plan, session: Path, target: Path, participant: int) -> None:
    name = f"participant {participant}"
    if not target.exists():
        plan.sessions[name] = Copy(session, target)
        return
    joining = plan_joining(target, session)
    if not joining.is_empty:
        plan.sessions[name] = joining
    elif joining.is_shorter:
        have, held = n_answers(target), n_answers(session)
        plan.said.append(f"{name}: {have} answers here, the first {held} of them there")
    else:
        plan.said.append(f"{name}: the same in both, {n_answers(target)} answers")


def _withdrawn_in_one(folder: StudyFolder, other: StudyFolder) -> list[str]:
    """Lines on participants who were withdrawn in one of the copies, and not in the other."""
    lines = []
    for one, copy in ((folder, other), (other, folder)):
        for participant in sorted({*withdrawals(one)} - {*withdrawals(copy)}):
            what = f"participant {participant}: withdrawn in {one.path}, and not in {copy.path}"
            if belongings(copy, participant, None).is_empty:
                lines.append(f"{what}, where the number is not to be given again")
            else:
                then = ("withdraw", copy.path, "--participant", participant)
                lines.append(
                    f"{what}: nothing of theirs was copied; to be done: "
                    f"`{typed_command('experiment', *then)}`"
                )
    return lines


def _people(folder: StudyFolder, other: StudyFolder) -> PeopleFile | None:
    """The list of people with those of the other study; None where it has nothing new."""
    if not people_path(other).exists():
        return None
    theirs = read_people(people_path(other)).without(withdrawals(folder))
    if not people_path(folder).exists():
        return replace(theirs, path=people_path(folder))
    ours = read_people(people_path(folder))
    everybody = ours.with_columns(theirs.columns)
    for _, cells in theirs.rows:
        everybody = everybody.with_person(cells)
    return None if everybody is ours else everybody


def _carry_out(plan: Plan, report: Callable[[str], None]) -> None:
    for copy in plan.condition_files:
        dictionary, theirs = (p.with_suffix(".json") for p in (copy.target, copy.source))
        if theirs.is_file() and not dictionary.exists():
            write_whole(dictionary, theirs.read_bytes())
        write_whole(copy.target, copy.source.read_bytes())
    if plan.condition_files:
        names = ", ".join(copy.target.name for copy in plan.condition_files)
        report(f"condition files copied: {names}")
    for name, step in plan.sessions.items():
        if isinstance(step, Joining):
            join(step)
            report(f"{name}: {step.n_answers} answers added, {n_answers(step.session)} in all")
        else:
            copy_folder(step.source, step.target)
            report(f"{name}: copied, {n_answers(step.target)} answers")
    if plan.people is not None:
        plan.people.write()
        report(f"{plan.people.path.name}: {len(plan.people.rows)} people")
    if plan.refusals is not None:
        add_refusals(plan.refusals)
        report(
            f"{plan.refusals.table.name}: {plan.refusals.n_rows} more of those who did not consent"
        )


def _check_nothing_runs(*folders: StudyFolder) -> None:
    for folder in folders:
        for lock in sorted(folder.data.glob("*.lock")):
            if is_held(lock):
                raise StudyError(
                    f"{lock}: held by another process: a session runs, or the list of people is "
                    "being written; nothing is merged. Wait for its end"
                )


def _locks(folder: StudyFolder, plan: Plan) -> list[Path]:
    """Those of the sessions that are written, and of the list of people: one merge at a time."""
    steps = plan.sessions.values()
    sessions = [step.session if isinstance(step, Joining) else step.target for step in steps]
    in_data = [path.with_suffix(".lock") for path in sessions if path.parent == folder.data]
    return [people_path(folder).with_suffix(".lock"), *in_data]


class _Collisions:
    """What does not go together, gathered so that all of it is named at once."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        try:
            yield
        except StudyError as error:
            self._lines.append(str(error))

    def refuse(self) -> None:
        if self._lines:
            more = len(self._lines) - NAMED
            rest = [f"… and {more} more"] if more > 0 else []
            raise StudyError("\n".join([*self._lines[:NAMED], *rest]))
