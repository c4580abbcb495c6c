"""A study's data as a BIDS data set (behaviour only): the form in which data is shared."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.bids.tables import as_tsv, bids_dictionary
from analysis.bids.tasks import write_sessions
from analysis.data.sessions.people import read_people
from analysis.data.study import checked_sessions
from conditions.commands.participants import in_ranges
from conditions.errors import StudyError
from conditions.files import write_json, write_text
from conditions.folder import StudyFolder
from conditions.provenance.facts import commit
from conditions.tables.session_facts import LAB, WEB
from conditions.tables.sessions import PARTICIPANTS
from conditions.trials.told.sessions_in_words import sessions_in_words

BIDS_VERSION = "1.10.0"
CLOCK_TIMES = ("started_at", "date")
# From this age on the specification hides how old exactly a participant is.
OLD = 89


def write_bids(
    folder: StudyFolder,
    out: Path,
    clock_times: bool = False,
    tell: Callable[[str], object] = lambda remark: None,
) -> list[int]:
    """Write all sessions of a study as a new BIDS data set.

    Ages from 89 on are written as 89+, and columns of ``participants.tsv`` that the laboratory
    did not give are left out: nobody knows here what is in them.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    out : Path
        A folder that does not exist yet or is empty.
    clock_times : bool
        Whether to write the dates and times of sessions and trials, by which a person may be
        known.
    tell : callable
        Is given each remark on the data, a sentence; they stand in the ``README`` too.

    Returns
    -------
    list of int
        The participants.

    Raises
    ------
    StudyError
        Where ``out`` holds something, there is no data, a file does not fit its schema, or a
        session is not one of the study.

    References
    ----------
    https://bids-specification.readthedocs.io, Behavioral experiments (with no neural recordings).
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudyError(f"{out}: is not empty; a BIDS data set is written to a new folder")
    found, remarks = checked_sessions(folder)
    sessions = {number: session for number, session in found.items() if len(session.trials)}
    if not sessions:
        raise StudyError(f"{folder.data}: no sessions; wanted sub-001/trials.csv and so on")
    people, of_people = read_people(folder, list(sessions))
    remarks += of_people
    if extra := [str(name) for name in people if name not in PARTICIPANTS.column_names]:
        remarks.append(f"participants.tsv has other columns, left out: {', '.join(extra)}.")
    left_out = () if clock_times else CLOCK_TIMES
    without_events = [number for number, session in sessions.items() if session.events.empty]
    if without_events:
        who = in_ranges(without_events, ", ")
        remarks.append(f"Without events, which their sessions do not have: participant {who}.")
    write_sessions(folder.study, sessions.values(), out, left_out)
    places = {number: session.place for number, session in sessions.items()}
    remarks += _of_the_web(places)
    _write_participants(people, out, left_out, places)
    write_text(out / "README", _readme(folder, len(sessions), remarks))
    write_json(
        out / "dataset_description.json",
        {
            "Name": folder.study.title,
            "BIDSVersion": BIDS_VERSION,
            "DatasetType": "raw",
            "GeneratedBy": [
                {
                    "Name": "python -m analysis bids",
                    "Description": "From the trials.csv and events.csv of each session.",
                    "Version": commit() or "unknown",
                }
            ],
        },
    )
    for remark in remarks:
        tell(remark)
    return list(sessions)


def _of_the_web(places: dict[int, str]) -> list[str]:
    """Who sat at a browser; nothing where nobody did."""
    who = [number for number, place in places.items() if place == WEB]
    if not who:
        return []
    return [
        f"On the web, in browsers of their own: participant {in_ranges(who, ', ')} (column place "
        "of participants.tsv). Their reaction times are those of browsers, and not to be pooled "
        "with those of the laboratory."
    ]


def _write_participants(
    people: pd.DataFrame, out: Path, left_out: tuple[str, ...], places: dict[int, str]
) -> None:
    """One row a session, also where nothing is known of the person."""
    ids = [f"sub-{number:03d}" for number in people.index]
    ages = people["age"].astype("object").mask((people["age"] >= OLD).fillna(False), f"{OLD}+")
    columns = [name for name in PARTICIPANTS.column_names if name not in left_out]
    known = bids_dictionary(PARTICIPANTS)
    if WEB in places.values():
        people = people.assign(place=[places[number] for number in people.index])
        columns.append("place")
        known["place"] = {
            "Description": "Where the participant sat.",
            "Levels": {LAB: "in the laboratory", WEB: "at a browser of their own"},
        }
    write_text(
        out / "participants.tsv", as_tsv(people.assign(participant_id=ids, age=ages)[columns])
    )
    known["age"]["Description"] += f" {OLD} or higher is given as {OLD}+, for privacy."
    write_json(out / "participants.json", {name: known[name] for name in columns})


def _readme(folder: StudyFolder, count: int, remarks: list[str]) -> str:
    text = (
        f"# {folder.study.title}\n\n"
        f"Behavioural data of {count} participants: in each trial a participant sees reference "
        "images of a unit of a neural network and two query images, and tells which of the two "
        "activates the unit more, and how confident the answer is.\n\n"
        "The columns of the tables are described in the JSON files beside them: one trial a row in "
        "beh.tsv, one event a row (images, keys, pauses, markers) in events.tsv, where there is "
        "one. Image paths are relative to the study folder, which is not part of this data set.\n"
    )
    if sessions := sessions_in_words(folder.study):
        text += f"\nAs planned; what went otherwise is remarked below. {sessions}\n"
    if remarks:
        text += "\n## Remarks on the data\n\n" + "".join(f"- {remark}\n" for remark in remarks)
    return text
