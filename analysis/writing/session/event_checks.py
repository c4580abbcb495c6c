"""What an operator should know of a session's events: presses in vain, screens that stood still."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from analysis.data.sessions.events.attention import uncounted_presses
from analysis.data.sessions.numbered import named
from analysis.wording import counted, listed
from analysis.writing.session.lanes import stalled_trials
from analysis.writing.session.time_line import in_time
from conditions.tables.events import AWAY

# Of the trials, so many may have a press in vain: fingers slip.
USUAL_SHARE = 0.1
# Below so many trials a share says nothing.
FEW = 4


def event_oddities(trials: pd.DataFrame, events: pd.DataFrame) -> Iterator[str]:
    """What is unusual in the events of a session, a sentence each; best: none.

    Parameters
    ----------
    trials, events : DataFrame
        Of one participant, as :func:`analysis.data.sessions.files.read_session` returns them.
    """
    if events.empty:
        return
    vain = uncounted_presses(events)
    # What was meant for another window is no habit.
    vain = vain[vain["why"] != AWAY]
    pressed = vain["trial"].nunique()
    # A key that is stuck is pressed without end in a trial or two.
    if pressed >= max(FEW, USUAL_SHARE * len(trials)) or len(vain) > max(FEW, len(trials)):
        kinds = listed([f"{n} {why}" for why, n in Counter(vain["why"]).most_common()])
        yield (
            f"Keys were pressed in vain in {pressed} of {len(trials)} trials ({kinds}): were the "
            "keys understood, or a hand on the wrong ones?"
        )
    stalled = stalled_trials(events)
    if stalled:
        longest = max(seconds for _, seconds in stalled)
        yield (
            f"The screen stood still while images were shown, in {counted(len(stalled), 'trial')} "
            f"({named(trial for trial, _ in stalled)}), at the longest for {in_time(longest)}."
        )
