"""When frames were dropped in a session, from the table of its frames."""

from pathlib import Path

import pandas as pd

from conditions.errors import StudyError
from conditions.tables.files import read_table
from conditions.tables.sessions import FRAMES

# A frame is dropped that took longer than so many refresh periods.
LATE = 1.5


def dropped_frames(path: Path, trials: pd.DataFrame, refresh_hz: float | None) -> pd.DataFrame:
    """Moments at which frames were dropped while images were shown.

    Parameters
    ----------
    path : Path
        ``frames.csv``. It has a row a frame of a whole session, and is not read where the trials
        say that no frame was dropped.
    trials : DataFrame
        Columns of :data:`conditions.tables.sessions.TRIALS`, of one participant.
    refresh_hz : float or None
        Refresh rate of the screen; None where it is not known.

    Returns
    -------
    DataFrame
        ``at`` (s since session start) and ``ms``, a row a frame. What the table of frames does not
        tell stands at the onset of its trial, with its longest frame.
    """
    late = trials[trials["dropped_frames"] > 0]
    rough = pd.DataFrame({"at": late["onset"], "ms": late["max_frame_ms"]})
    if late.empty or refresh_hz is None or not path.is_file():
        return rough
    try:
        frames = read_table(path, FRAMES, keep_extra=True, growing=True)
    except StudyError:
        return rough
    frames = frames[frames["trial"].isin(late["trial"])].sort_values(["trial", "frame"])
    ended = frames["interval_ms"].groupby(frames["trial"]).cumsum() / 1000
    at = frames["trial"].map(late.set_index("trial")["onset"]) + ended
    dropped = frames["interval_ms"] > LATE * 1000 / refresh_hz
    found = pd.DataFrame({"at": at, "ms": frames["interval_ms"]})[dropped]
    untold = ~late["trial"].isin(frames["trial"][dropped])
    return pd.concat([found, rough[untold]]).sort_values("at", ignore_index=True)
