"""Whether questions and exclusions are those that were declared before the data were there."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.data.sessions.files import Recorded
from conditions.commands.participants import in_ranges
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.study import Study, load_study

# The blocks of a study file that say what is done with the data.
BLOCKS = ("analysis", "exclusions")

Change = tuple[str, object, object]
Changes = dict[Change, list[Recorded]]


def changed_since(folder: StudyFolder, sessions: Iterable[Recorded]) -> Changes:
    """What the study file declares otherwise than the copies of it that sessions keep.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    sessions : iterable of Recorded
        Its sessions; those without a readable copy of the study file say nothing.

    Returns
    -------
    dict
        For each field, with its value then and now: the sessions of then.
    """
    found: Changes = {}
    # Most copies are the same: each is read once.
    read: dict[bytes, list[Change]] = {}
    now = folder.study.fingerprint()
    for session in sessions:
        path = session.path / "study.yaml"
        if session.facts.get("study_sha256") == now or not path.is_file():
            continue
        content = path.read_bytes()
        if content not in read:
            read[content] = list(_changes(_study(path), folder.study))
        for change in read[content]:
            found.setdefault(change, []).append(session)
    return found


def in_words(folder: StudyFolder, changes: Changes) -> list[str]:
    """A sentence for each change, for whoever reads the results."""
    sentences = []
    for (field, then, now), sessions in changes.items():
        numbers = sorted(session.participant for session in sessions)
        who = f"participant{'s' if len(numbers) > 1 else ''} {in_ranges(numbers, ', ')}"
        sentences.append(
            f"Changed since the data: the study file now says {field}: {_told(now)}; when {who} "
            f"came it said {_told(then)} ({folder.relative(sessions[0].path / 'study.yaml')})."
        )
    return sentences


def _study(path: Path) -> Study | None:
    try:
        return load_study(path)
    except StudyError:
        return None


def _changes(then: Study | None, now: Study) -> Iterator[Change]:
    if then is None:
        return
    for block in BLOCKS:
        before, after = (getattr(study, block).model_dump(mode="json") for study in (then, now))
        for field, value in after.items():
            if before[field] != value:
                yield f"{block}.{field}", _hashable(before[field]), _hashable(value)


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _told(value: object) -> str:
    if value is None:
        return "nothing"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else f"{value}"
