"""``python -m experiment status``: a line a participant."""

from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    console,
)
from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import open_study
from conditions.next_step import as_typed, command, start
from conditions.strays import condition_files, name_strays, session_folders, withdrawals
from experiment.records.people.coming import next_session
from experiment.records.progress import is_of_web, progress
from experiment.records.rescues import rescues_of


def tell_status(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> NextStep:
    """Say which participants have done what, and how far; reads only."""
    folder = open_study(study, root, make=False)
    name_strays(folder)
    numbers = sorted({*condition_files(folder), *session_folders(folder.data)})
    if not numbers:
        build = typed_command("conditions", "build", *folder.typed, "--participants", "N")
        console.print(f"{folder.conditions}: no condition files; write them with `{build}`")
    for participant in numbers:
        name = folder.condition_file(participant).stem
        try:
            done, wanted, state = progress(folder, participant)
        except StudyError as error:
            # What is wrong with one says nothing of the others.
            console.print(f"{name}: {error}")
        else:
            where = " (web)" if is_of_web(folder, participant) else ""
            console.print(f"{name}: {state}{where}, {done} of {wanted} trials answered")
    for rescue in rescues_of(folder):
        then = f"bring them back with `{typed_command('experiment', 'join', folder.path)}`"
        if rescue.participant in withdrawals(folder):
            again = ("withdraw", folder.path, "--participant", rescue.participant)
            then = f"who was withdrawn: move them with `{typed_command('experiment', *again)}`"
        console.print(
            f"{rescue.path}: holds {rescue.held} answers of participant {rescue.participant}, the "
            f"study {rescue.have}; {then}"
        )
    typed = as_typed(study, root)
    if any(rescue.participant not in withdrawals(folder) for rescue in rescues_of(folder)):
        return command("experiment", "join", *typed)
    return next_session(folder, typed) if numbers else start(folder, typed)
