"""Sessions as the laboratory leaves them, written without a window."""

import shutil
from pathlib import Path

import pandas as pd

from conditions.files import write_json
from conditions.folder import StudyFolder, open_study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table
from conditions.tables.sessions import FRAMES, ONSETS, RATINGS, TRIALS
from experiment.records import facts
from experiment.records.store import SessionStore

RUN = {"observer": "human", "language": "en"}


def answer(
    folder: StudyFolder, participant: int, n: int, start: str, state: str = facts.STOPPED
) -> Path:
    """Go on with a session until it has ``n`` answered trials, and one rating before them."""
    data = folder.session(participant)
    data.mkdir(parents=True, exist_ok=True)
    for name in ("study.yaml", "rig.yaml"):
        if not (data / name).exists():
            shutil.copyfile(folder.study_file, data / name)
    before = facts_of(data)
    store = SessionStore(folder, participant)
    begun = facts.begun(folder, participant, before, **RUN) | {"started_at": start}
    store.record(begun)
    run = {"session": 1, "participant": participant, "run": len(begun["runs"])}
    # Of the session that goes on, and of no other.
    store.note(EVENTS, run | {"onset": hash_of(start), "kind": "session", "detail": "begin"})
    decided = read_table(folder.condition_file(participant), CONDITION_FILE)
    asked = decided[decided["phase"] != "intuitiveness"].astype(object)
    rows = asked.where(asked.notna(), None).to_dict("records")
    have = len(read_table(data / "trials.csv", TRIALS))
    if not len(read_table(data / "ratings.csv", RATINGS)):
        rating = {"moment": "beginning", "trial": 900, "unit": "block05_0003", "rating": 3}
        store.append(RATINGS, who(participant) | rating | {"rt": len(start) + 0.5})
    for i, row in enumerate(rows[have:n], start=have):
        shown_at = {"trial": row["trial"], "onset": 2.0 * i}
        store.note(ONSETS, shown_at | {"started_at": start})
        store.note(EVENTS, run | shown_at | {"kind": "images", "detail": row["condition"]})
        shown = {name: value for name, value in row.items() if name in TRIALS.column_names}
        measured = {"response": "upper", "correct": row["correct_response"] == "upper"}
        measured |= {"confidence": 2, "rt": 1 + i / 8 + hash_of(start), "confidence_rt": 0.5}
        measured |= {"timed_out": False, "onset": 2.0 * i, "dropped_frames": 0}
        measured |= {"max_frame_ms": 17.0, "started_at": start}
        store.append(TRIALS, who(participant) | shown | measured)
        store.append(FRAMES, {"trial": row["trial"], "frame": 1, "interval_ms": 16.7})
    store.record(facts.updated(begun, state))
    store.close()
    return data


def who(participant: int) -> dict:
    return {"participant": participant, "session": 1}


def hash_of(text: str) -> float:
    """Answers of sessions that began at other times differ."""
    return sum(text.encode()) % 97 / 100


def facts_of(data: Path) -> dict:
    from experiment.records.same_session import facts_in

    return facts_in(data)


def copy_of(folder: StudyFolder, path: Path) -> StudyFolder:
    """Another copy of a study's folder."""
    shutil.copytree(folder.path, path)
    return open_study(str(path), path.parent)


def trials(folder: StudyFolder, participant: int) -> pd.DataFrame:
    return read_table(folder.session(participant) / "trials.csv", TRIALS)


def everything(path: Path) -> dict[str, bytes]:
    """All files below a folder but locks, which are empty."""
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".lock")
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in files}


def set_state(data: Path, **changes: object) -> None:
    write_json(data / "session.json", facts_of(data) | changes)
