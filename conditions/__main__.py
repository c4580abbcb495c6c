"""``python -m conditions``: write, check and describe every participant's trials."""

import time

from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    command_line,
    console,
    run,
)
from conditions.commands.participants import ParticipantsOption, parse_participants
from conditions.errors import StudyError
from conditions.folder import StudyFolder, find_study_file, open_study
from conditions.next_step import after_trials, as_typed, sessions_or_report, start
from conditions.provenance.runs import (
    add_run,
    begun_run,
    finished_run,
    known_runs,
    several_versions,
)
from conditions.strays import all_prepared, condition_files, name_strays
from conditions.study.study import load_study

PACKAGES = ("numpy", "pandas", "pandera", "pydantic")

app = command_line("conditions", "Write and check every participant's trials.")


@app.command()
def build(
    study: StudyArgument,
    participants: ParticipantsOption,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Write participant-001.csv … for the given participants.

    The same study gives the same bytes each time; existing files are never overwritten.
    """
    from conditions.trials.build import build_all, file_hashes

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    name_strays(folder)
    numbers = parse_participants(participants, lambda: all_prepared(folder))
    provenance = folder.conditions / "provenance.json"
    continues = bool(condition_files(folder))
    run = begun_run(folder.study, PACKAGES, "conditions", continues)
    # Before anything is written: a damaged file is not written over.
    versions = several_versions([*known_runs(provenance), run])
    written = build_all(folder, numbers)
    if written:
        seconds = time.monotonic() - started
        add_run(provenance, finished_run(run, seconds, condition_files=file_hashes(folder)))
    if written and versions:
        console.print(
            "warning: condition files that were there were written by another version than these "
            f"({versions}); that they are alike was checked for those among the participants given"
        )
    console.print(
        f"{folder.conditions}: condition files: {len(written)} written, "
        f"{len(numbers) - len(written)} already there, {len(condition_files(folder))} in all"
    )
    return after_trials(folder, as_typed(study, root))


@app.command()
def check(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> NextStep:
    """Print what trials balance and what they confound; verify their images and catch trials."""
    from conditions.check import check_study, confounds, read_conditions
    from conditions.trials.told.balance import balance_tables
    from conditions.trials.told.balance_in_words import with_participants
    from conditions.trials.told.sessions_in_words import sessions_in_words

    folder = open_study(study, root, make=False)
    name_strays(folder)
    frames = read_conditions(folder)
    for title, table in balance_tables(frames).items():
        console.print(f"{title}\n{table.to_string(index=False)}\n", markup=False)
    if words := sessions_in_words(folder.study):
        console.print(words, markup=False)
    for sentence in with_participants(folder.study, list(frames)):
        console.print(sentence, markup=False)
    for line in confounds(folder, frames):
        console.print(line, markup=False)
    counts = check_study(folder, frames)
    console.print(
        f"{folder.path}: good: {counts['participants']} participants, {counts['trials']} trials, "
        f"{counts['images']} images with the right sha256"
    )
    return sessions_or_report(folder, as_typed(study, root))


@app.command()
def describe(study: StudyArgument) -> NextStep:
    """Print the design in words and numbers, for a methods section. Writes nothing."""
    from conditions.describe import describe as in_words

    source = find_study_file(study)
    design = load_study(source)
    try:
        words = in_words(design)
    except StudyError as error:
        raise StudyError(f"{source}: {error}") from error
    console.print(words)
    path = source.parent if source.name == "study.yaml" else DEFAULT_ROOT / design.name
    return start(StudyFolder(path, design), as_typed(study, DEFAULT_ROOT))


if __name__ == "__main__":
    run(app, "conditions")
