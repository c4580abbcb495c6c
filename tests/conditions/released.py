"""The released trials in the words of this laboratory."""

from pathlib import Path

import pandas as pd

CONDITIONS = {
    "optimized": "synthetic",
    "natural": "natural",
    "none_pre": "none",
    "none_post": "none",
}
PHASES = {"practice": "practice", "main": "main", "repeated": "repeat"}


def released_units(reference: Path, name: str) -> pd.DataFrame:
    """A published unit list: unit, branch, and its code as layer, kernel size and channel."""
    listed = pd.read_csv(reference / "units" / f"{name}.csv", skiprows=1, dtype=str)
    listed["unit"] = listed["layer_name"] + "_" + listed["feature_map_number"].str.zfill(4)
    codes = listed[["layer_number", "kernel_size_number", "channel_number"]]
    return listed.assign(code=codes.agg("/".join, axis=1))


def released_trials(path: Path) -> pd.DataFrame:
    """Released trials with our names: participant, trial, block, phase, condition, code, …"""
    frame = pd.read_csv(path)
    codes = [
        frame["layer"].str.removeprefix("layer_"),
        frame["kernel_size"].astype(str),
        frame["channel"].str.removeprefix("channel_"),
    ]
    columns = {
        "participant": frame["subject_id_within_expert_type"],
        "trial": frame["trial_nr"],
        "block": frame["block_nr"],
        "phase": frame["trial_type"].map(PHASES),
        "condition": frame["instr_type"].map(CONDITIONS),
        "catch": frame["catch_trial"],
        "batch": frame["batch"],
        "code": codes[0] + "/" + codes[1] + "/" + codes[2],
        "correct_response": frame["correct_response"].map({"a": "upper", "b": "lower"}),
        "upper": frame["query_image_a"].map(short),
        "lower": frame["query_image_b"].map(short),
        "confidence": frame["abs_conf_rating"],
        "repeat_of": frame["old_trial_nr"],
    }
    if "batch_block" in frame:
        columns |= {"unit_block": frame["batch_block"], "scheme": frame["condition_name"]}
    return pd.DataFrame(columns).sort_values(["participant", "trial"], ignore_index=True)


def short(path: str) -> str:
    """Kind and name of an image, as in natural/max_9, from a released or one of our paths."""
    kind = "natural" if "natural" in path else "synthetic"
    return f"{kind}/{Path(path).stem}"
