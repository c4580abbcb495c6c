"""Bring answers from browsers into a study: each participant's whole or not at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from experiment.records.facts import now
from experiment.records.lock import forget, only_one
from experiment.records.same_session import facts_in
from experiment.records.standing import check_not_withdrawn
from experiment.records.start import session_lock
from experiment.web.collecting.answers import read_runs
from experiment.web.collecting.fitting import Fitted, fit
from experiment.web.collecting.rows import facts_of, rows_of
from experiment.web.collecting.sittings import Sitting, Sittings, joined
from experiment.web.collecting.sources import Source, sources_of
from experiment.web.collecting.writing import (
    collected,
    go_on,
    is_whole,
    sha256,
    write_new,
)


@dataclass(frozen=True)
class Part:
    """What one text tells of one participant."""

    file: str
    sha256: str
    participant: int
    sittings: Sittings
    is_cut_off: bool


def collect(
    folder: StudyFolder, paths: Iterable[Path], say: Callable[[str], None]
) -> list[StudyError]:
    """Bring the answers of files into ``data/sub-NNN``; the files stay as they are.

    Parameters
    ----------
    folder : StudyFolder
        The study, with its condition files.
    paths : iterable of Path
        See :func:`experiment.web.collecting.sources.sources_of`.
    say : callable
        Is told a line for what was taken of each file, and what was not.

    Returns
    -------
    list of StudyError
        Why files, or the answers of a participant in one, were refused: nothing of them is
        written.
    """
    parts: list[Part] = []
    refused: list[StudyError] = []
    for source in sources_of(paths):
        if isinstance(source, StudyError):
            refused.append(source)
            continue
        try:
            parts += _parts(source)
        except StudyError as error:
            refused.append(error)
    # What began first comes first: a later run goes on from an earlier one, in whichever file.
    parts.sort(key=lambda part: (part.participant, *(s.key for s in part.sittings[:1])))
    for participant, of_one in groupby(parts, key=lambda part: part.participant):
        refused += _collect_one(folder, participant, list(of_one), say)
    return refused


def _parts(source: Source) -> list[Part]:
    """What a text tells, by participant: an export of a server holds all in one."""
    texts = read_runs(source.name, source.content)
    if not texts.runs:
        raise StudyError(f"{source.name}: found no answers in it")
    sittings = [Sitting(run) for run in texts.runs]
    numbers = dict.fromkeys(sitting.run.participant for sitting in sittings)
    last = sittings[-1].run.participant
    return [
        Part(
            source.name,
            sha256(source.content),
            number,
            joined((), (s for s in sittings if s.run.participant == number)),
            texts.is_cut_off and number == last,
        )
        for number in numbers
    ]


def _collect_one(
    folder: StudyFolder, participant: int, parts: list[Part], say: Callable[[str], None]
) -> list[StudyError]:
    data = folder.session(participant)
    taken: list[Part] = []
    known_before: list[Part] = []
    refused: list[StudyError] = []
    try:
        check_not_withdrawn(folder, participant)
        with only_one(session_lock(folder, participant), f"{data.name} is written"):
            there = known = collected(data)
            fitted = fit(folder, participant, known) if known else Fitted()
            for part in parts:
                try:
                    both = joined(known, part.sittings)
                    if both == known:
                        known_before.append(part)
                        continue
                    fitted = fit(folder, participant, both)
                except StudyError as error:
                    refused.append(_named(part, error))
                    continue
                known = both
                taken.append(part)
            _write(folder, participant, there, known, fitted, taken)
    except StudyError as error:
        return [_named(part, error) for part in parts]
    finally:
        if not data.exists():
            forget(session_lock(folder, participant))
    # Told once it is on the disk.
    for part in taken:
        say(_told(part, participant, data, fitted))
    for part in known_before:
        say(f"{part.file}: participant {participant}: all of it is there already")
    return refused


def _named(part: Part, error: StudyError) -> StudyError:
    """A refusal that begins with the file that is refused."""
    name, words = part.file, str(error)
    return error if words.startswith(name) else StudyError(f"{name}: {words}")


def _write(
    folder: StudyFolder,
    participant: int,
    there: Sittings,
    known: Sittings,
    fitted: Fitted,
    taken: list[Part],
) -> None:
    """Write what is new; where an earlier collecting was cut off, what it left to be done."""
    if not known:
        return
    data = folder.session(participant)
    before = facts_in(data).get("collected")
    sources = [
        {
            "file": Path(part.file).name,
            "sha256": part.sha256,
            "cut_off": part.is_cut_off,
            "at": now(),
        }
        for part in taken
    ]
    rows = rows_of(participant, known, fitted)
    facts = facts_of(
        folder, participant, known, fitted, (before if isinstance(before, list) else []) + sources
    )
    if not there:
        write_new(folder, participant, known, rows, facts)
    elif taken or not is_whole(data, rows, facts):
        go_on(folder, participant, known, rows, facts)


def _told(part: Part, participant: int, data: Path, fitted: Fitted) -> str:
    state = "complete" if fitted.is_complete else "not complete"
    words = (
        f"{part.file}: participant {participant}: {data} has {len(fitted.trials)} answered "
        f"trials and {len(fitted.ratings)} ratings, {state}"
    )
    return words + ("; the last record was cut off and is left out" if part.is_cut_off else "")
