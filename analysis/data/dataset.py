"""One tidy table of trials, whatever the source: the form in which all analyses get their data."""

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis.data.kinds import Kinds
from analysis.data.places import times_of_one_place
from analysis.data.sessions.places import Browser
from analysis.data.sessions.rigs import SessionRig
from analysis.data.tidy_table import AFTER, BEFORE, BETWEEN, NO_SCHEME, TIDY
from conditions.study.asked.questions import Analysis, Questions
from conditions.study.exclusions import Exclusions
from conditions.study.kinds.kind import NONE
from conditions.tables.files import typed
from conditions.tables.sessions import RATINGS


@dataclass(frozen=True)
class Dataset:
    """The data of one experiment.

    Attributes
    ----------
    experiment : str
        Short name, as it stands in the tables.
    title : str
        Name in headings and sentences.
    trials : DataFrame
        Columns of :data:`TIDY`.
    ratings : DataFrame
        Columns of :data:`conditions.tables.sessions.RATINGS`; may have no rows.
    seed : int
        Seed of the bootstrap.
    exclusions : Exclusions
        What the study declares.
    remarks : tuple of str
        What a reader of the results has to know about the data.
    rigs : tuple of SessionRig
        Screens and calibrations of the sessions, where they are known.
    browsers : tuple of Browser
        Browsers of the sessions that were on the web.
    kinds : Kinds
        The study's kinds of reference images.
    analysis : Analysis
        The questions that the study declares.
    questions : Questions or None
        All its questions, where there is a study file.
    changed : set of str
        Fields of the study file, as ``analysis.primary``, that said something else when
        participants came.
    """

    experiment: str
    title: str
    trials: pd.DataFrame
    ratings: pd.DataFrame
    seed: int = 0
    exclusions: Exclusions = field(default_factory=Exclusions)
    remarks: tuple[str, ...] = field(default=())
    rigs: tuple[SessionRig, ...] = field(default=())
    browsers: tuple[Browser, ...] = field(default=())
    kinds: Kinds = field(default_factory=Kinds)
    analysis: Analysis = field(default_factory=Analysis)
    questions: Questions | None = None
    changed: frozenset[str] = frozenset()

    @cached_property
    def main(self) -> pd.DataFrame:
        """Answered main trials, without catch trials; times of the laboratory alone, if of any."""
        return times_of_one_place(main_trials(self.trials))

    @property
    def participants(self) -> list[int]:
        """Numbers of the participants, rising."""
        return sorted(self.trials["participant"].unique().tolist())

    @property
    def conditions(self) -> list[str]:
        """Conditions of the main trials: kinds in the study's order, then none."""
        return self.kinds.in_order(self.main["condition"].dropna().unique().tolist())

    def by_condition(self, rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
        """Rows of each condition that has any, in the same order."""
        found = self.kinds.in_order(rows["condition"].dropna().unique().tolist())
        return [(condition, rows[rows["condition"] == condition]) for condition in found]

    @property
    def all_conditions(self) -> list[str]:
        """Every condition of the study or of any trial, in the same order."""
        shown = self.trials["condition"].dropna().unique().tolist()
        return self.kinds.in_order([*self.kinds.names, *shown, NONE])

    @property
    def schemes(self) -> list[str]:
        """Reference schemes of the main trials, from the fewest references to the most."""
        found = self.main["scheme"]
        return sorted(found[found != NO_SCHEME].unique(), key=_references_shown)

    @property
    def expertises(self) -> list[str]:
        """Levels of expertise; none if they were not recorded."""
        return sorted(self.trials["expertise"].dropna().unique())


def main_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """Answered main trials, without catch trials."""
    chosen = (trials["phase"] == "main") & ~trials["catch"] & trials["correct"].notna()
    return trials[chosen]


def tidy(trials: pd.DataFrame) -> pd.DataFrame:
    """Complete trials to the tidy table: what follows from the order of a participant's trials.

    Parameters
    ----------
    trials : DataFrame
        The columns of :data:`TIDY` but ``baseline``, ``turn``, ``first_condition`` and
        ``scheme_turn``; ``baseline`` is kept where it is given.

    Returns
    -------
    DataFrame
        Columns and types of :data:`TIDY`, sorted by participant, session and trial.
    """
    frame = trials.sort_values(["participant", "session", "trial"], ignore_index=True)
    frame["scheme"] = frame["scheme"].where(frame["condition"] != NONE, NO_SCHEME)
    main = frame[frame["phase"] == "main"]
    # Trials and blocks count on over the sessions of a participant.
    scheme = ["participant", "scheme"]
    frame["turn"] = main.groupby([*scheme, "condition"])["block"].rank(method="dense")
    shown = main[main["condition"] != NONE]
    first = shown.groupby(scheme)["condition"].first().rename("first_condition")
    frame = frame.join(first, on=scheme)
    begun = shown.groupby(scheme)["trial"].min()
    order = begun.groupby(level="participant").rank().rename("scheme_turn")
    frame = frame.join(order, on=scheme)
    frame["scheme_turn"] = frame["scheme_turn"].where(frame["phase"] == "main")
    if "baseline" not in frame:
        frame["baseline"] = _baseline(frame, shown)
    frame = typed(frame.reindex(columns=TIDY.column_names), TIDY)
    return frame.where(frame.notna() | (frame.dtypes != "object"), None)


def no_ratings() -> pd.DataFrame:
    """A table of ratings without rows."""
    return typed(pd.DataFrame(columns=RATINGS.column_names), RATINGS)


def _references_shown(scheme: str) -> tuple:
    *poles, count = scheme.split("-")
    return (int(count) if count.isdigit() else 0, len(poles), scheme)


def _baseline(frame: pd.DataFrame, shown: pd.DataFrame) -> pd.Series:
    ends = shown.groupby("participant")["trial"].agg(["min", "max"])
    ends = frame[["participant"]].join(ends, on="participant")
    # A repeat stands at the end, but belongs to where its trial was first seen.
    trial = frame["repeat_of"].astype("Float64").fillna(frame["trial"].astype("Float64"))
    moment = pd.Series(BETWEEN, index=frame.index, dtype="object")
    moment = moment.mask(trial < ends["min"], BEFORE).mask(trial > ends["max"], AFTER)
    none = (frame["condition"] == NONE) & ends["min"].notna()
    return moment.where(none, None)
