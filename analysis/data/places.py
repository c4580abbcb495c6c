"""Laboratory and web in one study: what is of both, and what is never pooled."""

import pandas as pd

from conditions.commands.participants import in_ranges
from conditions.tables.session_facts import LAB, WEB

# Of browsers' times: SD of reaction times and lag, from the packages and systems that were tried.
BROWSER_TIMES = (
    "those of browsers have been found to lag by 15 to 54 ms, differently on each machine, with a "
    "standard deviation of 0.7 to 8.4 ms (Bridges et al. 2020)"
)


def is_mixed(trials: pd.DataFrame) -> bool:
    """Whether some trials are of the laboratory and some of the web."""
    return "place" in trials and {LAB, WEB} <= {*trials["place"].dropna()}


def times_of_one_place(trials: pd.DataFrame) -> pd.DataFrame:
    """The same trials; where some are of the laboratory, those of the web have no times.

    Parameters
    ----------
    trials : DataFrame
        Tidy table.
    """
    if not is_mixed(trials):
        return trials
    return trials.assign(rt=trials["rt"].where(trials["place"] != WEB))


def places_in_words(trials: pd.DataFrame) -> list[str]:
    """What a reader of the results has to know of places; nothing where all is of the laboratory.

    Parameters
    ----------
    trials : DataFrame
        Tidy table.
    """
    who = {place: _numbers(trials[trials["place"] == place]) for place in (LAB, WEB)}
    if not who[WEB]:
        return []
    if not who[LAB]:
        return [
            "All sessions were on the web, in browsers of the participants' own: reaction times "
            f"are those of browsers; {BROWSER_TIMES}."
        ]
    return [
        f"A mixed study: participant {in_ranges(who[LAB], ', ')} sat in the laboratory, "
        f"participant {in_ranges(who[WEB], ', ')} at browsers of their own, on the web. Accuracy "
        "and confidence are those of all. Reaction times, wherever this report gives them, are "
        f"those of the laboratory alone, for {BROWSER_TIMES}; by place, each for itself, they "
        "stand among the means by one factor at a time."
    ]


def of_places(trials: pd.DataFrame) -> str:
    """How many sat where, for brackets behind the number of participants; empty without a web."""
    web, lab = (len(_numbers(trials[trials["place"] == place])) for place in (WEB, LAB))
    if not web:
        return ""
    return f" ({lab} in the laboratory, {web} on the web)" if lab else " (on the web)"


def _numbers(trials: pd.DataFrame) -> list[int]:
    return sorted(int(number) for number in trials["participant"].unique())
