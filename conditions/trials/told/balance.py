"""What condition files are balanced over: units, batches, positions and orders, counted."""

import pandas as pd

NO_SCHEME = "no references"


def balance_tables(frames: dict[int, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Count trials over all participants.

    Parameters
    ----------
    frames : dict
        Condition files by participant.

    Returns
    -------
    dict of DataFrame
        By title. *Units*: for each scheme and condition, how many units, and the fewest and most
        main trials of a unit over all participants and within one. *Batches*: the same for
        batches. *Positions*: main trials of each condition by block of the session. *Orders*:
        participants by order of schemes and conditions. *Carry-over*: how often a block of each
        condition (columns) follows a block of each (rows), over whole sessions, practice left
        out. *Answers*: share of trials whose correct query is on top. Catch trials count in
        Answers only.
    """
    trials = pd.concat(
        [frame.assign(participant=participant) for participant, frame in frames.items()],
        ignore_index=True,
    )
    trials = trials[trials["phase"] != "intuitiveness"]
    trials = trials.assign(scheme=trials["scheme"].fillna(NO_SCHEME))
    main = trials[(trials["phase"] == "main") & ~trials["catch"].astype(bool)]
    return {
        "Units": _spread(main, "unit"),
        "Batches": _spread(main, "batch"),
        "Positions": _positions(main),
        "Orders": _orders(main),
        "Carry-over": _carry_over(main),
        "Answers": _answers(trials),
    }


def _spread(main: pd.DataFrame, factor: str) -> pd.DataFrame:
    """Fewest and most trials of a unit (batch), over all participants and for one."""
    groups = main.groupby(["scheme", "condition"])
    over_all = groups[factor].value_counts().groupby(["scheme", "condition"])
    by_participant = main.groupby(["scheme", "condition", "participant"])
    for_one = by_participant[factor].value_counts().groupby(["scheme", "condition"])
    table = pd.DataFrame(
        {
            "trials": groups.size(),
            f"{factor}s" if factor == "unit" else f"{factor}es": groups[factor].nunique(),
            f"fewest a {factor}": over_all.min(),
            f"most a {factor}": over_all.max(),
            f"fewest a {factor} and participant": for_one.min(),
            f"most a {factor} and participant": for_one.max(),
        }
    )
    return table.reset_index()


def _positions(main: pd.DataFrame) -> pd.DataFrame:
    """Main trials of each scheme and condition (rows) by number of the block (columns)."""
    what = [main["scheme"], main["condition"]]
    return pd.crosstab(what, main["block"].astype(int)).rename_axis(columns=None).reset_index()


def _orders(main: pd.DataFrame) -> pd.DataFrame:
    """Participants by the order in which they meet schemes and conditions."""
    rows = []
    for participant, own in main.groupby("participant"):
        blocks = own.drop_duplicates("block")
        schemes = blocks.drop_duplicates("scheme")["scheme"]
        conditions = blocks.drop_duplicates("condition")["condition"]
        rows.append(
            {
                "schemes": ", ".join(schemes),
                "conditions": ", ".join(conditions),
                "participant": participant,
            }
        )
    counted = pd.DataFrame(rows).groupby(["schemes", "conditions"])["participant"]
    return counted.size().rename("participants").reset_index()


def _carry_over(main: pd.DataFrame) -> pd.DataFrame:
    """How often a block of a condition (columns) follows one of another, or the same (rows)."""
    blocks = main.drop_duplicates(["participant", "block"])
    before = blocks.groupby("participant")["condition"].shift().rename("after")
    table = pd.crosstab(before, blocks["condition"])
    names = list(dict.fromkeys(blocks["condition"]))
    table = table.reindex(index=names, columns=names, fill_value=0)
    return table.rename_axis(index="after", columns=None).reset_index()


def _answers(trials: pd.DataFrame) -> pd.DataFrame:
    """Share of trials with the correct query on top, by phase."""
    kind = trials["phase"].where(~trials["catch"].astype(bool), "catch")
    upper = (trials["correct_response"] == "upper").groupby(kind)
    table = pd.DataFrame({"trials": upper.size(), "correct is upper": upper.mean().round(3)})
    return table.rename_axis("phase").reset_index()
