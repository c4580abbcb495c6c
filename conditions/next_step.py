"""What comes after a command, told by what a study folder holds: the last line of each command."""

from pathlib import Path

from conditions.commands.command_line import DEFAULT_ROOT, NextStep
from conditions.commands.typed import quoted, typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import condition_files, session_folders, withdrawals
from conditions.tables.session_facts import read_session_facts

__all__ = [
    "NextStep",
    "after_images",
    "after_trials",
    "as_typed",
    "command",
    "has_sessions",
    "images_or_sheet",
    "look_at",
    "quoted",
    "sessions_or_report",
    "start",
]

# How many participants an example has.
EXAMPLE = "1-24"


def command(room: str, name: str, *words: object) -> NextStep:
    """A command of a room, to be typed as it is.

    >>> command("stimgen", "preview", "studies/my study")
    "python -m stimgen preview 'studies/my study'"
    """
    return NextStep(typed_command(room, name, *words))


def look_at(path: Path, then: NextStep | None = None) -> NextStep:
    """A file or folder that a person looks at, and what they do then."""
    return NextStep(f"look at {quoted([path])}" + (f", then {then}" if then else ""))


def as_typed(study: str, root: Path) -> list[str]:
    """A study as it was named to a command, for the next one: STUDY, and --root where it counts."""
    is_folder = (Path(study) / "study.yaml").is_file()
    return [study] if is_folder or root == DEFAULT_ROOT else [study, "--root", str(root)]


def start(folder: StudyFolder, typed: list[str]) -> NextStep:
    """What comes next in a study of which nothing else is known: images, trials, or sessions."""
    if _kinds_to_make(folder):
        return command("stimgen", "all", *typed)
    return after_trials(folder, typed) if _prepared(folder) else after_images(folder, typed)


def after_images(folder: StudyFolder, typed: list[str]) -> NextStep:
    """What comes after some images: those that the study still lacks, or else its trials."""
    missing = _kinds_to_make(folder)
    if folder.study.photographs in missing:
        return command("stimgen", "natural", *typed)
    if missing:
        return command("stimgen", "references", *typed)
    if _prepared(folder):
        return command("conditions", "check", *typed)
    return command("conditions", "build", *typed, "--participants", EXAMPLE)


def images_or_sheet(folder: StudyFolder, typed: list[str]) -> NextStep:
    """The images that the study still lacks, or a sheet of all that there are."""
    if _kinds_to_make(folder):
        return after_images(folder, typed)
    return command("stimgen", "preview", *typed)


def after_trials(folder: StudyFolder, typed: list[str]) -> NextStep:
    """What comes after condition files: the images, where there are none yet, or a check."""
    if _kinds_to_make(folder):
        return command("stimgen", "all", *typed)
    return command("conditions", "check", *typed)


def sessions_or_report(folder: StudyFolder, typed: list[str], *options: object) -> NextStep:
    """The next session, or where all participants are complete the report."""
    wanted = _prepared(folder)
    if wanted and all(_is_complete(folder, number) for number in wanted):
        return command("analysis", "report", *typed)
    return command("experiment", "run", *typed, *options)


def has_sessions(folder: StudyFolder) -> bool:
    """Whether any person has been in a session."""
    try:
        return bool(session_folders(folder.data))
    except OSError:
        return False


def _prepared(folder: StudyFolder) -> list[int]:
    """Who has a condition file and has not withdrawn.

    A command that has done what it was asked does not fail because of what comes next: where that
    cannot be told, the next command tells why.
    """
    try:
        gone = withdrawals(folder)
        return [number for number in condition_files(folder) if number not in gone]
    except OSError:
        return []


def _is_complete(folder: StudyFolder, participant: int) -> bool:
    try:
        facts = read_session_facts(folder.session(participant) / "session.json")
    except (StudyError, OSError):
        # Whoever goes on with that session is told; the command that was asked for is done.
        return False
    return facts.get("state") == "complete"


def _kinds_to_make(folder: StudyFolder) -> list[str]:
    """Kinds that trials show and of which there is no image; queries are photographs."""
    from conditions.stimuli import read_stimuli

    wanted = list(dict.fromkeys([folder.study.photographs, *folder.study.kinds_shown]))
    if not folder.stimuli_table.is_file():
        return wanted
    try:
        there = set(read_stimuli(folder)["name"])
    except (StudyError, OSError):
        # Whoever uses the table is told what is wrong with it; here it is there.
        return []
    return [name for name in wanted if name not in there]
