"""Whether the outlets for markers that a rig lists could be opened."""

from experiment.checks.check import Check
from experiment.outlets.outlets import Outlets


def outlet_checks(outlets: Outlets, excuse: str) -> list[Check]:
    """One check for all outlets, a line each; none for a rig without.

    Parameters
    ----------
    outlets : Outlets
        As they were opened.
    excuse : str
        Why a session may go on without (:func:`~.rehearsals.excuse_for`); empty where it may not.
    """
    states = outlets.states()
    if not states:
        return []
    wrong = [f"{words}: wanted it open" for words, is_open in states if not is_open]
    found = "\n".join(wrong or [words for words, _ in states])
    return [Check("markers", not wrong, found, excused=excuse)]
