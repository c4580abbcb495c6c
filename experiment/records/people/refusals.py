"""What is left where a participant does not consent: a count, and a line for the operator."""

from dataclasses import dataclass

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables.refusals import REFUSALS
from experiment.records.facts import now
from experiment.records.lock import forget
from experiment.records.recorder import TableRecorder, mend
from experiment.records.start import is_begun, session_lock


@dataclass(frozen=True)
class Refusal:
    """Which version of the text was refused, and in which language it was read."""

    version: str
    language: str


def end_without_consent(folder: StudyFolder, participant: int, refusal: Refusal | None) -> str:
    """Count a refusal, and leave nothing else of a session that has not begun.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    participant : int
        Whose session was to begin, or to go on.
    refusal : Refusal or None
        What was refused; None where the page was left without an answer, as by Escape.

    Returns
    -------
    str
        A line for the operator: what happened, and what was written.
    """
    began = is_begun(folder, participant)
    if not began:
        # Its name would tell who was asked.
        forget(session_lock(folder, participant))
    if refusal is None:
        what, counted = "was neither given nor refused", ""
    else:
        what, counted = f"was refused (version {refusal.version})", f"; {_count(folder, refusal)}"
    if not began:
        return f"consent {what}: no data were written, and no folder was made{counted}"
    withdraw = typed_command("experiment", "withdraw", folder.path, "--participant", participant)
    return (
        f"{folder.session(participant)}: consent {what}: nothing was added, and what was answered "
        f"before stays; `{withdraw}` would move it away{counted}"
    )


def _count(folder: StudyFolder, refusal: Refusal) -> str:
    """Add a row; whoever has the file open elsewhere does not make an error of a refusal."""
    path = folder.data / f"{REFUSALS.name}.csv"
    row = {"refused_at": now(), "version": refusal.version, "language": refusal.language}
    try:
        mend(path)
        recorder = TableRecorder(path, REFUSALS)
        try:
            recorder.append(row)
        finally:
            recorder.close()
    except (OSError, StudyError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return (
            f"{path} could not count it ({reason or error}): add the row {','.join(row.values())}"
        )
    return f"{path} counts it"
