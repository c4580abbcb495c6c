"""Whether the recordings beside a session got all of its markers."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.data.sessions.events.spans import Span, outlet_losses, outlets_of
from analysis.data.sessions.files import unless_damaged
from analysis.data.sessions.numbered import named
from conditions.study.markers.codes import images_word
from conditions.tables.events import END, MARKERS

# By so much the clocks of a session and of an outlet may part until a recording is off by it.
DRIFT_S = 0.002
_OFFSET = r"^(?P<outlet>\S+) clock offset (?P<offset>-?[\d.]+)"
_COUNTED = re.compile(r"(\d+) codes? lost")


def marker_doubts(
    trials: pd.DataFrame, events: pd.DataFrame, codes: Mapping[str, int]
) -> Iterator[str]:
    """Markers that a recording lacks, a sentence each; best: none.

    Parameters
    ----------
    trials, events : DataFrame
        Of one participant, as :func:`analysis.data.sessions.files.read_session` returns them.
    codes : mapping
        The study's codes by event.
    """
    told = _told_lost(events)
    for span in outlet_losses(events):
        of_it = (told["outlet"] == span.what) & (told["run"] == span.run)
        of_it &= span.holds(told["onset"])
        lost = int(told["lost"][of_it].sum()) if of_it.any() else _sent_in(span, events)
        told = told[~of_it]
        until = f"until {span.end:.1f} s" if span.ended else "and not back in that run"
        yield (
            f"The outlet {span.what} was lost at {span.start:.1f} s {until}; markers that its "
            f"recording lacks: {lost}."
        )
    for outlet, lost in told["lost"].groupby(told["outlet"], sort=False).sum().items():
        yield f"The outlet {outlet} was too slow; markers that its recording lacks: {lost}."
    yield from _drifts(events)
    yield from _without_code(trials, events, codes)


def file_doubts(
    path: Path, participant: int, events: pd.DataFrame, facts: Mapping[str, Any]
) -> Iterator[str]:
    """What does not fit between events and the outlet that is a table; best: none.

    Parameters
    ----------
    path : Path
        ``markers.csv`` of the session, if its rig has such an outlet.
    participant : int
        Whose session it is.
    events : DataFrame
        Its events.
    facts : mapping
        Content of its ``session.json``: which run had which outlets.
    """
    if not path.exists():
        return
    markers, remarks = unless_damaged(path, MARKERS, participant)
    yield from remarks
    if remarks or events.empty:
        return
    elsewhere = _without_file(facts)
    for run, of_run in events[~events["run"].isin(elsewhere)].groupby("run"):
        sent, there = int(of_run["code"].notna().sum()), int((markers["run"] == run).sum())
        kinds = of_run["kind"] == "session"
        ended = of_run["detail"][kinds].fillna("").str.startswith(END).any()
        # What a kill took from the events had been sent already.
        if there < sent or (there > sent and ended):
            yield (f"Run {run}: markers.csv has {there} markers, and the events have {sent} codes.")


def _without_file(facts: Mapping[str, Any]) -> set[int]:
    """Runs whose rig had outlets, of which none was the table."""
    found = set()
    for number, run in enumerate(facts.get("runs", []), start=1):
        marked = run.get("markers")
        outlets = marked.get("outlets") if isinstance(marked, dict) else None
        kinds = [each.get("kind") for each in outlets or [] if isinstance(each, dict)]
        if kinds and "file" not in kinds:
            found.add(number)
    return found


def _told_lost(events: pd.DataFrame) -> pd.DataFrame:
    """Where an outlet says how many codes it lost: ``run``, ``onset``, ``outlet`` and ``lost``."""
    rows = events[(events["kind"] == "marker") & events["detail"].notna()]
    counts = [(detail, _COUNTED.search(detail)) for detail in rows["detail"]]
    found = rows[["run", "onset"]].assign(
        outlet=[detail.partition(" ")[0] for detail, _ in counts],
        lost=[int(match[1]) if match else 0 for _, match in counts],
    )
    return found[found["lost"] > 0]


def _drifts(events: pd.DataFrame) -> Iterator[str]:
    """Outlets whose clock ran otherwise than the session's."""
    details = events.loc[events["kind"] == "marker", "detail"].dropna().astype("str")
    told = details.str.extract(_OFFSET).dropna()
    told = told.assign(offset=pd.to_numeric(told["offset"], errors="coerce"), run=events["run"])
    for (outlet, run), offsets in told["offset"].groupby([told["outlet"], told["run"]]):
        if (drift := offsets.max() - offsets.min()) > DRIFT_S:
            yield (
                f"The clock of the outlet {outlet} and the session's parted by "
                f"{1000 * drift:.1f} ms in run {run}: align its recording by both offsets."
            )


def _sent_in(span: Span, events: pd.DataFrame) -> int:
    """Codes that were sent while an outlet was lost, which a kill kept it from telling."""
    sent = events["code"].notna() & (events["run"] == span.run)
    return int((sent & span.holds(events["onset"])).sum())


def _without_code(
    trials: pd.DataFrame, events: pd.DataFrame, codes: Mapping[str, int]
) -> Iterator[str]:
    """Trials whose images should have a marker, and have none."""
    if not (outlets := outlets_of(events)):
        return
    columns = trials[["trial", "condition", "catch"]].itertuples(index=False)
    marked = {
        number
        for number, condition, catch in columns
        if images_word(condition, bool(catch)) in codes
    }
    shown = events[(events["kind"] == "images") & events["trial"].isin(marked)]
    bare = shown[shown["code"].isna()]
    equipped = events.loc[events["kind"] == "marker", "run"]
    # A run that went on at a rig without any is not one whose outlets left trials out.
    for run, without in bare[~bare["run"].isin(equipped)].groupby("run"):
        yield (
            f"Run {run} had no outlets, and other runs had ({', '.join(outlets)}): "
            f"{_without_marker(without['trial'])}."
        )
    without = bare[bare["run"].isin(equipped)]
    if len(without):
        yield (
            f"{_without_marker(without['trial'])}, though the rig has outlets "
            f"({', '.join(outlets)})."
        )


def _without_marker(trials: pd.Series) -> str:
    numbers = sorted({*trials})
    several = len(numbers) > 1
    return (
        f"{len(numbers)} trial{'s' * several} ({named(numbers)}) {'have' if several else 'has'} no "
        f"marker at {'their' if several else 'its'} images"
    )
