"""A whole Experiment II, simulated, in the released format."""

from pathlib import Path

import numpy as np
import pandas as pd

SCHEMES = ("Max-1", "Min-Max-1", "Max-9", "Min-Max-9")
_SCHEME_ORDERS = ((0, 1, 2, 3), (0, 2, 1, 3), (3, 1, 2, 0), (3, 2, 1, 0))
_EVEN_LAYERS = (0, 2, 4, 6, 8)


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
