"""Whether a participant was at the task: the keyboard elsewhere, keys that asked for nothing."""

from collections.abc import Iterator

import pandas as pd

from analysis.data.sessions.events.spans import focus_losses, images_shown
from analysis.data.sessions.numbered import named
from conditions.tables.events import UNCOUNTED


def focus_doubts(events: pd.DataFrame) -> Iterator[str]:
    """Trials in whose sight another window took the keyboard; best: none.

    Such a trial is interrupted, and shown again; how often is told by ``shown_before``.
    """
    losses = focus_losses(events)
    if not losses:
        return
    shown = images_shown(events)
    lost = {
        int(trial)
        for span in losses
        for trial in shown["trial"][
            (shown["run"] == span.run)
            & (shown["start"] <= span.start)
            & (span.start <= shown["end"])
        ]
    }
    if lost:
        yield (
            f"Another window took the keyboard while images were shown: trial "
            f"{named(sorted(lost))}."
        )


def uncounted_presses(events: pd.DataFrame) -> pd.DataFrame:
    """Presses in trials that did not count, with the reason (early, late, extra …) as ``why``."""
    presses = events[(events["kind"] == "press") & events["trial"].notna()]
    # A key alone is one that counted, whatever its name.
    parts = presses["detail"].astype("object").str.rsplit(" ", n=1)
    why = parts.map(lambda words: words[1] if isinstance(words, list) and len(words) > 1 else None)
    return presses.assign(why=why)[why.isin(UNCOUNTED)]
