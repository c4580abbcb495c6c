"""The commands that move answers: ``join`` those rescued, ``merge`` two copies, ``withdraw``."""

from pathlib import Path
from typing import Annotated

import typer

from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    console,
)
from conditions.commands.participants import ParticipantOption, participant_option
from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.next_step import as_typed, command, has_sessions
from conditions.strays import name_strays, withdrawals
from experiment.copies.joining import join, plan_joining
from experiment.copies.merging import merge
from experiment.copies.withdrawing import withdraw
from experiment.records.lock import only_one
from experiment.records.rescues import belongs, rescue_folders
from experiment.records.same_session import facts_in, identity, n_answers
from experiment.records.start import session_lock


def merge_copies(
    study: StudyArgument,
    other: Annotated[
        Path,
        typer.Argument(help="Another copy of the study's folder; it stays as it is."),
    ],
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Add to a study what only another copy of it holds, as from a second lab PC.

    Sessions, people, refusals, condition files. What collides is refused: nothing is written then.
    """
    folder = open_study(study, root, make=False)
    if not (other / "study.yaml").is_file():
        raise StudyError(f"{other}: no study.yaml in it; wanted another copy of the study's folder")
    copy = open_study(str(other), root, make=False)
    name_strays(folder)
    name_strays(copy)
    done = merge(folder, copy, _say)
    if done.is_empty:
        _say(f"{folder.path}: holds all that {other} does; nothing was written")
    else:
        _say(f"{folder.path}: merged with {other}, which stays as it is")
    return command("experiment", "status", *as_typed(study, root))


def join_rescued(
    study: StudyArgument,
    participant: Annotated[
        int | None, participant_option("by default the answers of all are brought back")
    ] = None,
    rescued: Annotated[
        Path | None,
        typer.Option(help="A rescue folder that lies elsewhere now.", metavar="DIR"),
    ] = None,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Bring back answers that could not be written into the study; the rescue folder stays."""
    folder = open_study(study, root, make=False)
    name_strays(folder)
    if not folder.study_file.is_file():
        raise StudyError(f"{folder.path}: no study.yaml in it; wanted the folder of a study")
    found = [rescued] if rescued else rescue_folders(folder.study.name)
    sources: list[tuple[int, Path]] = []
    gone = withdrawals(folder)
    for path in found:
        number = identity(path).participant
        if number in gone and identity(path).study == folder.study.fingerprint():
            if rescued or participant in (None, number):
                again = command("experiment", "withdraw", folder.path, "--participant", number)
                _say(f"{path}: passed over: participant {number} was withdrawn; `{again}` moves it")
        elif number is None or not facts_in(path).get("study_sha256"):
            _say(f"{path}: passed over: its session.json does not say whose answers it holds")
        elif participant in (None, number) and belongs(path, folder, number):
            sources.append((number, path))
        elif rescued:
            whose = f"of participant {number} in {folder.path}"
            raise StudyError(f"{path}: not a session {whose}; its session.json says what it is")
        elif participant in (None, number) and identity(path).study == folder.study.fingerprint():
            _say(f"{path}: passed over: another session than {folder.session(number)}")
    # The fullest first: it holds what the others do.
    sources.sort(key=lambda source: (source[0], -n_answers(source[1]), source[1]))
    # All is looked at before the first byte is written.
    waiting = [source for source in sources if not plan_joining(*_pair(folder, source)).is_empty]
    for source in waiting:
        _join(folder, source)
    if not waiting:
        whose = f" of participant {participant}" if participant else ""
        _say(f"{folder.path}: no rescued answers{whose} that it lacks; nothing was written")
    return command("experiment", "status", *as_typed(study, root))


def withdraw_participant(
    study: StudyArgument,
    participant: ParticipantOption,
    reason: Annotated[
        str | None, typer.Option(help="Recorded with the withdrawal.", metavar="TEXT")
    ] = None,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Move the data of a participant who withdraws to a place that no command reads.

    Nothing is deleted; the command says what is left to do. The number is not given again.
    """
    folder = open_study(study, root, make=False)
    for thing in withdraw(folder, participant, reason):
        _say(f"participant {participant}: moved {thing}")
    place = withdrawals(folder)[participant]
    _say(f"participant {participant}: withdrawn; {place} holds what was in the study")
    page = folder.session_page(participant)
    also = f" and {page}" if page.exists() else ""
    answers = _collected(place / folder.session(participant).name)
    from_web = f"the files that answers came in ({answers}), in inboxes and at servers, too; "
    _say(
        f"left to do, by whoever answers for the data: delete that folder{also}, or keep what the "
        "consent and the law say; do the same in copies of the study (other computers, merged "
        f"folders, backups) and in BIDS exports; {from_web if answers else ''}compute reports "
        "anew, for those that are there hold the answers"
    )
    anew = ("analysis", "report") if has_sessions(folder) else ("experiment", "status")
    return command(*anew, *as_typed(study, root))


def _collected(session: Path) -> str:
    """Names of the files in which a browser's answers came; none of the laboratory's."""
    told = facts_in(session).get("collected")
    files = [one.get("file") for one in told if isinstance(one, dict)] if told else []
    return ", ".join(dict.fromkeys(map(str, files)))


def _pair(folder: StudyFolder, source: tuple[int, Path]) -> tuple[Path, Path]:
    return folder.session(source[0]), source[1]


def _join(folder: StudyFolder, source: tuple[int, Path]) -> None:
    session, path = _pair(folder, source)
    running = f"the session of participant {source[0]} is running"
    with only_one(session_lock(folder, source[0]), running):
        joining = plan_joining(session, path)
        if joining.is_empty:
            # What came before held it too.
            return
        join(joining)
    _say(
        f"participant {source[0]}: {joining.n_answers} answers added, {n_answers(session)} in all; "
        f"{path} stays as it is"
    )


def _say(line: str) -> None:
    console.print(line, markup=False)
