"""Simulated data: sessions of a study, and a whole Experiment II in the released format."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.data.dataset import Dataset, no_ratings, tidy
from conditions.files import write_json
from conditions.folder import StudyFolder
from conditions.study.study import Study
from conditions.study.unit_names import parse_unit
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import table_sha256, write_table
from conditions.tables.sessions import PARTICIPANTS, RATINGS, TRIALS
from conditions.tables.stimuli import UNITS
from conditions.trials.build import build_participant

ACCURACY = {"natural": 0.92, "synthetic": 0.82, "mixed": 0.88, "blurred": 0.75, "none": 0.45}
SECONDS = {"natural": 6.0, "synthetic": 9.0, "mixed": 8.0, "blurred": 9.0, "none": 3.0}
SCHEMES = ("Max-1", "Min-Max-1", "Max-9", "Min-Max-9")
_SCHEME_ORDERS = ((0, 1, 2, 3), (0, 2, 1, 3), (3, 1, 2, 0), (3, 2, 1, 0))
_EVEN_LAYERS = (0, 2, 4, 6, 8)


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
    chance = trials["condition"].map(accuracy).mask(trials["catch"], 1.0).to_numpy(float)
    correct = rng.random(n) < chance
    confidence = np.clip(np.round(rng.normal(np.where(correct, 2.3, 1.6), 0.7)), 1, 3)
    rt = trials["condition"].map(SECONDS).to_numpy(float) * rng.lognormal(0, 0.4, n)
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
    begun = "2025-01-01T10:00:00+01:00"
    facts = {
        "participant": participant,
        "session": 1,
        "state": "complete",
        "started_at": begun,
        "study_sha256": folder.study.fingerprint(),
        "condition_file_sha256": table_sha256(planned, CONDITION_FILE),
        "observer": "human",
        "runs": [{"state": "complete", "started_at": begun}],
    }
    write_json(folder.session(participant) / "session.json", facts | others)


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
    return Dataset("kinds", "Kinds", tidy(frame), no_ratings())


def released_experiment_2(
    seed: int = 2, experts: int = 10, naive: int = 13, slope: float = 0.0
) -> pd.DataFrame:
    """A whole Experiment II in the released format, 216 trials a participant.

    Accuracy by scheme and condition follows the paper's order: more references help.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for subject in range(1, experts + naive + 1):
        expert = subject <= experts
        person = rng.normal(0, 0.4) + (slope if expert else 0.0)
        within = subject if expert else subject - experts
        rows += _released_session(subject, within, expert, person, rng)
    frame = pd.DataFrame(rows)
    frame.insert(0, "", range(len(frame)))
    return frame


def _released_session(
    subject: int, within: int, expert: bool, person: float, rng: np.random.Generator
) -> list[dict]:
    turn, group = (subject - 1) % 4, (subject - 1) // 4
    order = ("natural", "optimized") if group % 2 == 0 else ("optimized", "natural")
    batches = {"natural": 2 * group + 1, "optimized": 2 * group + 2}
    units = [(layer, branch) for layer in _EVEN_LAYERS for branch in range(4)]
    rows, block = [], 0
    for place in _SCHEME_ORDERS[turn]:
        scheme, units_block = SCHEMES[place], "abcd"[(place + turn) % 4]
        common = {"scheme": scheme, "place": place, "person": person}
        for condition in order:
            for i in rng.permutation(20)[:3]:
                unit_block = "f" if condition == "optimized" else "g"
                facts = common | {"block": block, "kind": "practice", "batch_block": unit_block}
                rows.append(_released_trial(condition, units[i], 0, facts, False, rng))
            block += 1
        dealt = {condition: rng.permutation(20) for condition in order}
        for half in range(2):
            for condition in order:
                chosen = dealt[condition][10 * half : 10 * half + 10]
                trials = [(units_block, units[i], False) for i in chosen]
                trials += [("e", units[i], True) for i in rng.permutation(20)[:2]]
                for i in rng.permutation(12):
                    name, unit, catch = trials[i]
                    facts = common | {"block": block, "kind": "main", "batch_block": name}
                    batch = 0 if catch else batches[condition]
                    rows.append(_released_trial(condition, unit, batch, facts, catch, rng))
                block += 1
    for number, row in enumerate(rows):
        row["subject_id_within_expert_type"] = within
        row["trial_nr"] = number
        row["subject_id"] = subject
        row["expert_level"] = "expert" if expert else "naive"
    names = list(rows[0])
    first = ["subject_id_within_expert_type", "trial_nr"]
    return [
        {name: row[name] for name in [*first, *(n for n in names if n not in first)]}
        for row in rows
    ]


def _released_trial(
    condition: str, unit: tuple[int, int], batch: int, facts: dict, catch: bool, rng
) -> dict:
    log_odds = 0.8 + 0.35 * facts["place"] + 0.5 * (condition == "natural") + facts["person"]
    correct = bool(catch or rng.random() < 1 / (1 + np.exp(-log_odds)))
    max_first = bool(rng.random() < 0.5)
    response = "a" if correct == max_first else "b"
    confidence = int(np.clip(round(rng.normal(2.3 if correct else 1.7, 0.7)), 1, 3))
    layer, branch = unit
    return {
        "block_nr": facts["block"],
        "batch_block": facts["batch_block"],
        "instr_type": condition,
        "trial_type": facts["kind"],
        "instruction_grid_mode": "min_max" if facts["scheme"].startswith("Min") else "max_max",
        "n_instruction_patches": int(facts["scheme"][-1]),
        "catch_trial": catch,
        "batch": batch,
        "layer": f"layer_{layer}",
        "kernel_size": branch,
        "channel": "channel_0",
        "query_order": "max_min" if max_first else "min_max",
        "correct": correct,
        "conf_rating": -confidence if response == "a" else confidence,
        "RT": float(rng.lognormal(1.8, 0.5)),
        "timeout": False,
        "response": response,
        "correct_response": "a" if max_first else "b",
        "query_image_a": "max_1.png" if max_first else "min_0.png",
        "query_image_b": "min_0.png" if max_first else "max_1.png",
        "old_trial_nr": None,
        "old_block_nr": None,
        "seed": 42,
        "unit_name": "4e, 3x3 ",
        "condition_name": facts["scheme"],
        "abs_conf_rating": confidence,
    }


def released_ratings_2(seed: int, moment_shift: int) -> pd.DataFrame:
    """Ratings of 23 participants and three units in the released format."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "subject_id_within_expert_type": subject if subject <= 10 else subject - 10,
            "trial_name": name,
            "trial_nr": i,
            "rating": int(np.clip(rng.normal(moment_shift, 30), -100, 100)),
            "rt": float(rng.lognormal(2.3, 0.4)),
            "trial_name_number": float(i),
            "trial_name_as_jittered_number": i + 0.01,
            "subject_id": subject,
        }
        for subject in range(1, 24)
        for i, name in enumerate("abc")
    ]
    return pd.DataFrame(rows)


def write_released(frame: pd.DataFrame, path: Path) -> None:
    """Write a released file as it is published: True and False, index column without a name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False)
