"""What a study may say of its timing: the self-tests that its sessions ran under."""

from collections import defaultdict
from collections.abc import Sequence

from analysis.data.sessions.rigs import SessionRig
from analysis.data.sessions.selftests import NamedSelftest
from analysis.wording import counted, listed

WHAT_IT_IS = (
    "A self-test flips a trial of at least as many images on the sessions' own screen; its times "
    "are those of the program, without the lags of screen and keyboard themselves"
)


def timing_paragraphs(shown: Sequence[SessionRig]) -> list[str]:
    """A paragraph on timing, for a paper's section on methods; none where there was no screen."""
    if not shown:
        return []
    who: dict[NamedSelftest | None, list[int]] = defaultdict(list)
    for session in shown:
        for named in session.selftests:
            who[named].append(session.participant)
    if list(who) == [None]:
        return ["Timing. No self-test of the timing was recorded."]
    alone = len(who) == 1
    words = [_sentence(named, who[named], alone) for named in who if named is not None]
    if None in who:
        words.append(f"No self-test was recorded for {_people(who[None])}.")
    return [f"Timing. {' '.join(words)} {WHAT_IT_IS}."]


def _sentence(named: NamedSelftest, participants: list[int], alone: bool) -> str:
    whose = "" if alone else f" ({_people(participants)})"
    found = f"found that {named.claim}" if named.claim else "could not claim anything"
    return f"The self-test of {named.measured_at[:10]}{whose} {found}."


def _people(numbers: list[int]) -> str:
    return f"{counted(len(numbers), 'participant')}: {listed([str(n) for n in sorted(numbers)])}"
