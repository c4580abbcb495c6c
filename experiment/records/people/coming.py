"""Whose session comes next: who can begin, who goes on, and who is not to be asked any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.next_step import NextStep, command
from conditions.strays import condition_files, withdrawals
from conditions.tables.session_facts import WEB
from conditions.tables.sessions import RATINGS, TRIALS
from conditions.trials.course import n_sessions
from experiment.records.facts import COMPLETE
from experiment.records.lock import is_held
from experiment.records.recorder import whole_rows
from experiment.records.standing import Standing, is_begun, known_facts, standing
from experiment.records.start import session_lock


@dataclass(frozen=True)
class Coming:
    """A session that can be run now.

    Attributes
    ----------
    participant : int
        Whose.
    now : Standing
        Which of the participant's sessions it is.
    done, wanted : int
        Trials and ratings, answered and in all.
    """

    participant: int
    now: Standing
    done: int = 0
    wanted: int = 0

    @property
    def resume(self) -> bool:
        """Whether it goes on, rather than begins."""
        return self.now.begun

    @property
    def words(self) -> str:
        """What there is to choose, as in ``Participant 7 stopped at trial 23 of 81: resume``."""
        of_several = self.now.sessions > 1
        if self.resume:
            where = f", {self.now.words}" if of_several else ""
            stopped = f"stopped at trial {min(self.done + 1, self.wanted)} of {self.wanted}"
            return f"Participant {self.participant} {stopped}{where}: resume"
        return f"Participant {self.participant}: begin" + (
            f" {self.now.words}" if of_several else ""
        )


@dataclass(frozen=True)
class Survey:
    """All who have a condition file, by what can be done for them now.

    Attributes
    ----------
    coming : tuple of Coming
        What can be run: first the lowest number that nobody has had, then those that were stopped,
        those that wait for a further session, and the other free numbers.
    complete, running, withdrawn, elsewhere : tuple of int
        Numbers of those for whom there is nothing to run; elsewhere are those who have answered
        a part in a browser, where alone it goes on.
    damaged : dict
        What is wrong with the files of the others, by number.
    """

    coming: tuple[Coming, ...]
    complete: tuple[int, ...]
    running: tuple[int, ...]
    withdrawn: tuple[int, ...]
    elsewhere: tuple[int, ...]
    damaged: dict[int, str]


def survey(folder: StudyFolder, prepared: Sequence[int]) -> Survey:
    """Look at all who have a condition file; reads only."""
    gone = withdrawals(folder)
    new, stopped, waiting = [], [], []
    complete, running, elsewhere, damaged = [], [], [], {}
    for participant in prepared:
        if participant in gone:
            continue
        if is_held(session_lock(folder, participant)):
            running.append(participant)
            continue
        try:
            if not is_begun(folder, participant):
                new.append(Coming(participant, Standing(sessions=n_sessions(folder.study))))
                continue
            # Most of a study's participants: their trials need not be read.
            facts = known_facts(folder.session(participant))
            if facts.get("state") == COMPLETE:
                complete.append(participant)
                continue
            if facts.get("place") == WEB:
                elsewhere.append(participant)
                continue
            now = standing(folder, participant)
            if now.waits:
                waiting.append(Coming(participant, now))
            else:
                stopped.append(Coming(participant, now, *_answered(folder, participant)))
        except StudyError as error:
            damaged[participant] = str(error)
    return Survey(
        (*new[:1], *stopped, *waiting, *new[1:]),
        tuple(complete),
        tuple(running),
        tuple(number for number in prepared if number in gone),
        tuple(elsewhere),
        damaged,
    )


def require_coming(folder: StudyFolder, found: Survey) -> None:
    """Check that there is anybody to run a session for.

    Raises
    ------
    StudyError
        Where all are complete, running or in a browser, or there is no condition file.
    """
    if found.coming:
        return
    n = sum(map(len, (found.complete, found.running, found.damaged, found.elsewhere)))
    done = f"all {n} sessions are complete" if n else "no condition files"
    if found.elsewhere:
        done = f"all {n} sessions are complete, or go on in a browser alone"
    if found.running:
        others = "cannot be read" if found.damaged and not found.complete else "are complete"
        others += " or on the web" if found.elsewhere else ""
        done = f"of {n} sessions {len(found.running)} are running, and all others {others}"
    elif found.damaged:
        done = "; ".join(found.damaged.values())
    raise StudyError(
        f"{folder.conditions}: {done}; write more condition files with "
        f"`{typed_command('conditions', 'build', *folder.typed, '--participants', 'N')}`"
    )


def next_session(
    folder: StudyFolder, typed: list[str], *options: object, by_dialog: bool = False
) -> NextStep:
    """The command that comes after a session: the next one, or when all are complete the report.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    typed : list of str
        How it was named to the command.
    *options
        What the next command is to have too, as ``--rig lab_a``.
    by_dialog : bool
        Whether the operator is asked for the number, as before.
    """
    try:
        found = survey(folder, list(condition_files(folder)))
    except OSError:
        # The session is over, and its disk may be gone: that command tells.
        return command("experiment", "status", *typed)
    if not found.coming:
        if found.running:
            return command("experiment", "monitor", *typed)
        # What is wrong with a condition file is told by the command that reads them all.
        then = ("conditions", "check") if found.damaged else ("analysis", "report")
        return command(*then, *typed)
    first = found.coming[0]
    who = () if by_dialog else ("--participant", first.participant)
    again = ("--resume",) if first.resume and not by_dialog else ()
    return command("experiment", "run", *typed, *who, *again, *options)


def after_session(
    folder: StudyFolder, participant: int, typed: list[str], *options: object
) -> NextStep:
    """What comes after a session that is complete: a look at it, or after the last the report."""
    step = next_session(folder, typed, *options)
    if step == command("analysis", "report", *typed):
        return step
    return command("analysis", "session", *typed, "--participant", participant)


def _answered(folder: StudyFolder, participant: int) -> tuple[int, int]:
    """Trials and ratings of a participant, answered and in all; rows are counted, not checked."""
    data, decided = folder.session(participant), folder.condition_file(participant)
    done = sum(whole_rows(data / f"{table.name}.csv") for table in (TRIALS, RATINGS))
    return done, whole_rows(decided) + folder.study.n_repeats
