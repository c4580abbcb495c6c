"""How far a participant is, in numbers and a word."""

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import withdrawals
from conditions.tables.session_facts import WEB, read_session_facts
from conditions.tables.sessions import RATINGS, TRIALS
from experiment.records.facts import KILLED, RUNNING
from experiment.records.lock import is_held
from experiment.records.recorder import whole_rows
from experiment.records.standing import WITHDRAWN, is_begun, known_facts, load_trials, standing
from experiment.records.start import session_lock


def is_of_web(folder: StudyFolder, participant: int) -> bool:
    """Whether a participant's session was given in a browser, and collected."""
    return known_facts(folder.session(participant)).get("place") == WEB


def progress(folder: StudyFolder, participant: int) -> tuple[int, int, str]:
    """Answered and wanted trials and ratings of a participant, and the state of the session.

    Reads only. A session that says that it runs and that no process holds was killed.
    """
    trials, data = load_trials(folder, participant), folder.session(participant)
    wanted = len(trials) + folder.study.n_repeats
    done = sum(whole_rows(data / f"{table.name}.csv") for table in (TRIALS, RATINGS))
    if not is_begun(folder, participant):
        return done, wanted, WITHDRAWN if participant in withdrawals(folder) else "not begun"
    if is_held(session_lock(folder, participant)):
        return done, wanted, RUNNING
    now = standing(folder, participant)
    if now.waits:
        return (
            done,
            wanted,
            f"between sessions {now.session - 1} and {now.session} of {now.sessions}",
        )
    try:
        facts = read_session_facts(data / "session.json")
    except StudyError as error:
        return done, wanted, f"session.json is damaged ({error}); it can be resumed"
    state = facts.get("state", "without session.json; it can be resumed")
    return done, wanted, KILLED if state == RUNNING else state
