"""Whether the recordings beside a session got all of its markers."""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.data.sessions.events.spans import outlet_losses, outlets_of
from analysis.data.sessions.numbered import named
from conditions.study.markers.codes import images_word


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
    if not (outlets := outlets_of(events)):
        return
    sent = events[events["code"].notna()]
    for span in outlet_losses(events):
        missed = int(((sent["run"] == span.run) & span.holds(sent["onset"])).sum())
        until = f"until {span.end:.1f} s" if span.ended else "and did not come back in its run"
        yield (
            f"The outlet {span.what} was lost at {span.start:.1f} s {until}: {missed} markers "
            "were sent meanwhile, and are not in its recording."
        )
    yield from _without_code(trials, events, codes, outlets)


def _without_code(
    trials: pd.DataFrame, events: pd.DataFrame, codes: Mapping[str, int], outlets: list[str]
) -> Iterator[str]:
    """Trials whose images should have a marker, and have none."""
    marked = {
        number
        for number, condition, catch in trials[["trial", "condition", "catch"]].itertuples(
            index=False
        )
        if images_word(condition, bool(catch)) in codes
    }
    shown = events[(events["kind"] == "images") & events["trial"].isin(marked)]
    without = sorted({*shown["trial"][shown["code"].isna()]})
    if without:
        several = len(without) > 1
        yield (
            f"{len(without)} trial{'s' * several} ({named(without)}) "
            f"{'have' if several else 'has'} no marker at {'their' if several else 'its'} images, "
            f"though the rig has outlets ({', '.join(outlets)})."
        )
