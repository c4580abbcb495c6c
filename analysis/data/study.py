"""Read the sessions of a study folder into the tidy table."""

import pandas as pd

from analysis.data.confounds import confounds_of
from analysis.data.dataset import Dataset, no_ratings, tidy
from analysis.data.implausible import implausible
from analysis.data.kinds import kinds_of
from analysis.data.places import places_in_words
from analysis.data.sessions import declared
from analysis.data.sessions.belonging import doubts, planned_trials, refused
from analysis.data.sessions.files import Recorded, read_sessions
from analysis.data.sessions.people import read_people
from analysis.data.sessions.places import browsers_of
from analysis.data.sessions.rigs import session_rigs
from analysis.data.tidy_table import TIDY
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.provenance.runs import doubtful_images
from conditions.strays import strays_in_words
from conditions.tables.session_facts import LAB


def load_study(folder: StudyFolder) -> Dataset:
    """All sessions of a study.

    Parameters
    ----------
    folder : StudyFolder
        Its ``data/sub-*/`` are read, ``data/participants.tsv``, and the condition files that the
        sessions are compared with.

    Raises
    ------
    StudyError
        Where there is no data, a file does not fit its schema (file, row, column), or a session
        is not one of this study (:func:`checked_sessions`).
    """
    sessions, remarks = checked_sessions(folder)
    answered = {number: session for number, session in sessions.items() if len(session.trials)}
    if not answered:
        raise StudyError(
            f"{folder.data}: no answered trials; wanted sub-001/trials.csv and so on, as a session "
            "leaves them"
        )
    people, of_people = read_people(folder, list(answered))
    raw = pd.concat([session.trials for session in answered.values()], ignore_index=True)
    ratings = [session.ratings for session in answered.values() if len(session.ratings)]
    paths = {number: session.path for number, session in answered.items()}
    facts = {number: session.facts for number, session in answered.items()}
    changes = declared.changed_since(folder, answered.values())
    places = {number: session.place for number, session in answered.items()}
    trials = tidy_session(raw, folder.study.name, _expertise(people), places)
    return Dataset(
        experiment=folder.study.name,
        title=folder.study.name,
        trials=trials,
        ratings=pd.concat(ratings, ignore_index=True) if ratings else no_ratings(),
        seed=folder.study.seed,
        exclusions=folder.study.exclusions,
        remarks=(
            *places_in_words(trials),
            *declared.in_words(folder, changes),
            *remarks,
            *of_people,
            *doubtful_images(folder.stimuli),
            *_oddities(raw),
            *confounds_of(trials),
        ),
        rigs=session_rigs(paths, facts),
        browsers=browsers_of(facts),
        kinds=kinds_of(folder.study),
        analysis=folder.study.analysis,
        questions=folder.study.questions,
        changed=frozenset(field for field, *_ in changes),
    )


def checked_sessions(folder: StudyFolder) -> tuple[dict[int, Recorded], list[str]]:
    """The sessions of a study, and what is in doubt about them.

    Returns
    -------
    dict
        Sessions by the participant's number.
    list of str
        A sentence for each doubt; the sessions are all to be used.

    Raises
    ------
    StudyError
        Where a session is of another study or a copy of another one, or a file does not fit its
        schema.
    """
    sessions = read_sessions(folder)
    words = strays_in_words(folder)
    wrong: list[str] = []
    remarks = [words] if words else []
    earlier: list[Recorded] = []
    for number, session in sessions.items():
        planned = planned_trials(folder, number)
        wrong += refused(folder, session, planned, earlier)
        found = [
            *doubts(folder, session, planned),
            *implausible(session.trials, session.ratings, folder.study.exclusions),
        ]
        remarks += [f"Participant {number}: {text}" for text in found]
        earlier.append(session)
    if wrong:
        raise StudyError("\n".join(wrong))
    return sessions, remarks


def tidy_session(
    raw: pd.DataFrame,
    experiment: str,
    expertise: dict[int, str] | None = None,
    places: dict[int, str] | None = None,
) -> pd.DataFrame:
    """Tidy table of trials as sessions leave them; intuitiveness trials are left out.

    Parameters
    ----------
    raw : DataFrame
        Columns of :data:`conditions.tables.sessions.TRIALS`, of one participant or several.
    experiment : str
        Name of the study.
    expertise : dict, optional
        Expertise by participant.
    places : dict, optional
        Where participants sat; in the laboratory where nothing is said.
    """
    frame = raw[raw["phase"] != "intuitiveness"]
    frame = frame[[name for name in TIDY.column_names if name in frame]]
    known = frame["participant"].map(expertise or {}).astype("object")
    place = frame["participant"].map(places or {}).astype("object").fillna(LAB)
    known = known.where(known.notna(), None)
    return tidy(frame.assign(experiment=experiment, expertise=known, place=place))


def _expertise(people: pd.DataFrame) -> dict[int, str]:
    known = people["expertise"].dropna().str.strip().str.lower()
    return dict(zip(known.index.to_list(), known, strict=True))


def _oddities(raw: pd.DataFrame) -> list[str]:
    missed = int(raw["timed_out"].sum())
    if not missed:
        return []
    return [
        f"{missed} trials passed their deadline without an answer; they count neither as "
        "correct nor as wrong."
    ]
