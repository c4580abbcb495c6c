"""Simulated data: sessions of a study by people and machines, and datasets of any kinds."""

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.data.dataset import Dataset, no_ratings, tidy
from analysis.data.kinds import Kinds
from analysis.statistics.models.variance_components import PUBLISHED
from conditions.files import write_json
from conditions.folder import StudyFolder
from conditions.study.study import Study
from conditions.study.units.names import parse_unit
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import table_sha256, write_table
from conditions.tables.machine import JUDGEMENTS, MACHINE_TRIALS
from conditions.tables.sessions import PARTICIPANTS, RATINGS, TRIALS
from conditions.tables.stimuli import UNITS
from conditions.trials.build import build_participant

# Kinds that are not named here are answered as the last two.
ACCURACY = {"natural": 0.92, "synthetic": 0.82, "none": 0.45, "other": 0.85}
SECONDS = {"natural": 6.0, "synthetic": 9.0, "none": 3.0, "other": 8.0}


def units_table(study: Study) -> pd.DataFrame:
    rows = []
    for role, names in (("main", study.units.main), ("practice", study.units.practice)):
        for name in names:
            layer, channel = parse_unit(name)
            rows.append([name, layer, None, channel, study.units.pick, role, None])
    return pd.DataFrame(rows, columns=UNITS.column_names)


def planned_session(study: Study, participant: int) -> pd.DataFrame:
    """The condition file of one participant."""
    return build_participant(study, units_table(study), participant)


def simulate_session(
    study: Study, participant: int, rng: np.random.Generator, accuracy: dict | None = None
) -> pd.DataFrame:
    """Trials of one session as the runner leaves them."""
    accuracy = accuracy or ACCURACY
    planned = planned_session(study, participant)
    trials = planned[planned["phase"] != "intuitiveness"].reset_index(drop=True)
    n = len(trials)
    chance = _by_kind(trials, accuracy).mask(trials["catch"], 1.0).to_numpy(float)
    correct = rng.random(n) < chance
    confidence = np.clip(np.round(rng.normal(np.where(correct, 2.3, 1.6), 0.7)), 1, 3)
    rt = _by_kind(trials, SECONDS).to_numpy(float) * rng.lognormal(0, 0.4, n)
    other = trials["correct_response"].map({"upper": "lower", "lower": "upper"})
    frame = trials.assign(
        participant=participant,
        session=1,
        response=trials["correct_response"].where(correct, other),
        correct=correct,
        confidence=confidence,
        rt=rt,
        confidence_rt=0.7,
        timed_out=False,
        onset=np.cumsum(np.r_[5.0, rt[:-1] + 3]),
        dropped_frames=rng.poisson(0.1, n),
        max_frame_ms=17.0,
        repeat_of=None,
        started_at="2025-01-01T10:00:00+01:00",
        shown_before=0,
    )
    return frame[TRIALS.column_names]


def _by_kind(trials: pd.DataFrame, values: dict) -> pd.Series:
    return trials["condition"].map(values).fillna(values.get("other", np.nan))


def simulate_machine(
    folder: StudyFolder, name: str, participants: int, role: str = "observer", seed: int = 3
) -> None:
    """Leave what a machine observer leaves: it is right with a probability of its own a trial."""
    rng = np.random.default_rng(seed)
    for participant in range(1, participants + 1):
        trials = simulate_session(folder.study, participant, rng)
        out = folder.machine_session(name, participant)
        write_table(trials, MACHINE_TRIALS, out / "trials.csv")
        judged = trials[["participant", "session", "trial"]].assign(
            evidence=0.0, p_upper=rng.beta(4, 1, len(trials))
        )
        judged["p_upper"] = judged["p_upper"].where(
            trials["correct_response"] == "upper", 1 - judged["p_upper"]
        )
        judged = judged.reindex(columns=JUDGEMENTS.column_names)
        write_table(judged, JUDGEMENTS, out / "judgements.csv")
        write_json(out / "session.json", _facts(folder, participant) | {"role": role})


def simulate_study(
    folder: StudyFolder, participants: int, seed: int = 1, expertise: tuple[str, ...] = ()
) -> None:
    """Leave the data of sessions in a study folder."""
    rng = np.random.default_rng(seed)
    for p in range(1, participants + 1):
        write_session(folder, simulate_session(folder.study, p, rng))
    if expertise:
        people = pd.DataFrame(
            {
                "participant_id": [f"sub-{p:03d}" for p in range(1, participants + 1)],
                "age": 25,
                "expertise": [expertise[p % len(expertise)] for p in range(participants)],
                "date": "2025-01-01",
            }
        ).reindex(columns=PARTICIPANTS.column_names)
        write_table(people, PARTICIPANTS, folder.data / "participants.tsv")


def write_session(folder: StudyFolder, trials: pd.DataFrame, **others: object) -> None:
    """Leave the trials of a session with its condition file and its facts, others among them."""
    participant = int(trials["participant"].iloc[0])
    planned = planned_session(folder.study, participant)
    write_table(planned, CONDITION_FILE, folder.condition_file(participant))
    write_table(trials, TRIALS, folder.session(participant) / "trials.csv")
    write_json(folder.session(participant) / "session.json", _facts(folder, participant) | others)


def _facts(folder: StudyFolder, participant: int) -> dict:
    planned = planned_session(folder.study, participant)
    begun = "2025-01-01T10:00:00+01:00"
    return {
        "participant": participant,
        "session": 1,
        "state": "complete",
        "started_at": begun,
        "study_sha256": folder.study.fingerprint(),
        "condition_file_sha256": table_sha256(planned, CONDITION_FILE),
        "observer": "human",
        "runs": [{"state": "complete", "started_at": begun}],
    }


def write_ratings(folder: StudyFolder, participant: int, ratings: dict[str, list[int]]) -> None:
    """Leave intuitiveness ratings, one a unit, by moment."""
    rows = [
        (participant, 1, moment, 1000 * (moment == "end") + i, f"mixed3a_{i:04d}", rating, 5.0, 0)
        for moment, values in ratings.items()
        for i, rating in enumerate(values)
    ]
    frame = pd.DataFrame(rows, columns=RATINGS.column_names)
    write_table(frame, RATINGS, folder.session(participant) / "ratings.csv")


def dataset_of_kinds(
    log_odds: dict[str, float],
    participants: int = 10,
    units: int = 45,
    seed: int = 1,
    *,
    participant: float = 0.2,
    unit: float = 0.9,
    unit_by_condition: float = 0.5,
) -> Dataset:
    """Everybody answers every unit once in each condition, which differ by their mean log odds.

    The spreads are standard deviations in log odds, by default about those of the published data.
    """
    rng = np.random.default_rng(seed)
    size = (len(log_odds), participants, units)
    mean = np.array(list(log_odds.values()))[:, None, None] + rng.normal(0, unit, units)
    mean = mean + rng.normal(0, unit_by_condition, (len(log_odds), 1, units))
    mean = mean + rng.normal(0, participant, (len(log_odds), participants, 1))
    correct = rng.random(size) < expit(mean)
    kind, person, shown = (axis.ravel() for axis in np.indices(size))
    n = len(kind)
    right = correct.ravel()
    frame = pd.DataFrame(
        {
            "experiment": "kinds",
            "participant": person + 1,
            "session": 1,
            "phase": "main",
            "condition": np.array(list(log_odds))[kind],
            "scheme": "Min-Max-9",
            "catch": False,
            "unit": [f"mixed4a_{i:04d}" for i in shown],
            "layer": "mixed4a",
            "block": kind,
            "batch": person + 1,
            "response": "upper",
            "correct": right,
            "confidence": np.clip(np.round(rng.normal(np.where(right, 2.3, 1.6), 0.7)), 1, 3),
            "rt": (4 + 2 * kind) * rng.lognormal(0, 0.4, n),
            "repeat_of": None,
            "onset": None,
            "timed_out": False,
        }
    )
    frame = frame.sort_values(["participant", "block"], kind="stable", ignore_index=True)
    frame["trial"] = frame.groupby("participant").cumcount()
    kinds = Kinds({name: f"{name}, simulated." for name in log_odds if name != "none"})
    return Dataset("kinds", "Kinds", tidy(frame), no_ratings(), kinds=kinds)


def answers_of_kinds(
    log_odds: list[float], participants: int, units: int, simulations: int, seed: int
) -> np.ndarray:
    """0 or 1, shape (simulations, kinds, participants, units), spread as in the published data."""
    rng, c = np.random.default_rng(seed), PUBLISHED
    size = (simulations, len(log_odds))
    mean = np.array(log_odds)[:, None, None] + rng.normal(0, c.unit, (simulations, 1, 1, units))
    mean = mean + rng.normal(0, 0.5, (*size, 1, units))
    mean = mean + rng.normal(0, c.participant, (simulations, 1, participants, 1))
    mean = mean + rng.normal(0, c.participant_by_condition, (*size, participants, 1))
    return (rng.random((*size, participants, units)) < expit(mean)).astype(float)


def accuracy_of(log_odds: float) -> float:
    """Proportion correct over all possible participants and units, spread in the same way."""
    c = PUBLISHED
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    spread = np.linalg.norm([c.unit, 0.5, c.participant, c.participant_by_condition])
    return float(expit(log_odds + spread * nodes) @ weights / weights.sum())
