"""A view in words and bars, for a terminal of any width."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from conditions.folder import StudyFolder
from experiment.monitor.measures import Measures, Share
from experiment.monitor.outlets import is_open
from experiment.monitor.watching import NOT_BEGUN, Standing, View, Watched
from experiment.records.facts import COMPLETE, KILLED, RUNNING
from experiment.records.standing import WITHDRAWN

# After so long without a sign of life a session that says it runs may have been killed.
QUIET_S = 600
# Ten years: what says that it is longer is damaged.
LONGEST_S = 10 * 366 * 24 * 60 * 60
BAR, IN_DETAIL, NUMBERS = 24, 4, 12
# States that ask for somebody.
_WARN = "bold red"


def drawn(folder: StudyFolder, view: View, now: datetime, gone: str = "") -> RenderableType:
    """A view, as it is printed.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    view : View
        What was seen.
    now : datetime
        When it was seen.
    gone : str
        Why nothing newer can be seen; empty where it is of now.
    """
    lines: list[RenderableType] = [_head(folder, view, now)]
    if gone:
        lines.append(Text(f"cannot be read: {gone}; below is what was there before", style=_WARN))
    lines += _rescued(view)
    if not view.standings:
        lines.append(Text(f"{folder.conditions}: no condition files, and no data"))
    for watched in view.watched[:IN_DETAIL]:
        lines += [Text(), _session(folder, watched)]
    if more := view.watched[IN_DETAIL:]:
        numbers = _numbers([each.standing for each in more])
        lines += [Text(), Text(f"{len(more)} more are running: {numbers}")]
    if view.standings:
        lines += [Text(), _all(view)]
    return Group(*lines)


def duration(seconds: float) -> str:
    """A length of time as people say it: 40 s, 12 min, 2 h 05 min.

    >>> duration(7499)
    '2 h 05 min'
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // (24 * 60)} days"


def _head(folder: StudyFolder, view: View, now: datetime) -> Text:
    answered = sum(each.done for each in view.standings)
    wanted = sum(each.wanted for each in view.standings)
    n = sum(each.state != WITHDRAWN for each in view.standings)
    people = "1 participant" if n == 1 else f"{n} participants"
    return Text.assemble(
        (folder.study.name, "bold"),
        f" ({folder.path}), {now:%H:%M:%S}: {answered} of {wanted} trials of {people} answered",
    )


def _rescued(view: View) -> list[RenderableType]:
    return [
        Text(
            f"{rescue.path}: {rescue.held} answers of participant {rescue.participant} that could "
            "not be written here; once the session is over: python -m experiment join",
            style=_WARN,
        )
        for rescue in view.rescues
    ]


def _session(folder: StudyFolder, watched: Watched) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    standing = watched.standing
    table.add_row(Text(f"sub-{standing.participant:03d}", style="bold"), _state(watched))
    table.add_row("progress", _progress(watched))
    measures = watched.measures
    table.add_row("correct", _correct(folder, measures))
    table.add_row("RT", _times(measures))
    table.add_row("frames", _frames(measures))
    table.add_row("pauses", _pauses(watched))
    if watched.outlets:
        table.add_row("markers", _markers(watched.outlets))
    if measures.unreadable:
        unreadable = f"{measures.unreadable} rows of trials.csv cannot be read"
        table.add_row("damaged", Text(unreadable, style=_WARN))
    return table


def _state(watched: Watched) -> Text:
    standing, words = watched.standing, ""
    if watched.sessions > 1:
        words = f"session {watched.session} of {watched.sessions}, "
    words += standing.state
    if watched.observer and watched.observer != "human":
        words += f", answered by: {watched.observer}"
    age = standing.age or 0.0
    said = f"{words}; last written {duration(age)} ago"
    if standing.state == KILLED:
        where = " in its browser alone" if watched.of_web else ""
        return Text(f"{said}: it can be resumed{where}", style=_WARN)
    if standing.state != RUNNING or age < QUIET_S:
        return Text(said, style="green" if standing.state == RUNNING else "")
    return Text(f"{said}: killed, or nobody answers?", style=_WARN)


def _progress(watched: Watched) -> RenderableType:
    standing = watched.standing
    words = f"{standing.done} of {standing.wanted or '?'} trials"
    if watched.sessions > 1 and standing.state == RUNNING:
        words += f", {watched.left} to come in this session"
    if standing.state == RUNNING:
        left = watched.seconds_left
        words += ", time left not known yet" if left is None else f", about {duration(left)} left"
    grid = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=max(1, standing.wanted), completed=standing.done, width=BAR)
    grid.add_row(bar, Text(words))
    return grid


def _correct(folder: StudyFolder, measures: Measures) -> Text:
    if measures.correct is None:
        return Text("no main trial answered yet")
    parts = [f"all {_percent(measures.correct)}"]
    parts += [f"{name} {_percent(share)}" for name, share in measures.by_condition.items()]
    words = Text(", ".join(parts))
    if measures.catch is not None:
        words.append("; catch trials ")
        least = folder.study.exclusions.min_catch_accuracy
        caught = f"{measures.catch.count} of {measures.catch.of}"
        low = least is not None and measures.catch.count < least * measures.catch.of
        words.append(caught, style=_WARN if low else "")
        if low and least is not None:
            words.append(f" (left out below {100 * least:g} %)", style=_WARN)
    if measures.timed_out:
        words.append(f"; {measures.timed_out} without an answer in time")
    return words


def _percent(share: Share) -> str:
    return f"{100 * share.count / share.of:.0f} % ({share.count}/{share.of})"


def _times(measures: Measures) -> Text:
    if measures.rt is None or measures.recent_rt is None:
        return Text("none yet")
    return Text(f"median {measures.rt:.2f} s, of the last ten {measures.recent_rt:.2f} s")


def _frames(measures: Measures) -> Text:
    if not measures.frames_of:
        return Text("none yet")
    words = f"{measures.dropped} dropped in {measures.frames_of} trials"
    if measures.longest_frame_ms is not None:
        words += f", longest {measures.longest_frame_ms:.0f} ms"
    return Text(words, style="" if measures.dropped < measures.frames_of else "yellow")


def _pauses(watched: Watched) -> Text:
    """What came between the trials; of the run that goes on only what its tables tell."""
    runs = watched.runs
    escapes = sum(_count(run.get("escapes")) for run in runs)
    parts = []
    if ends := Counter(str(run.get("state")) for run in runs[:-1]):
        parts.append("runs before: " + ", ".join(f"{n} {state}" for state, n in ends.items()))
    if watched.begun_again:
        trials = "1 trial" if watched.begun_again == 1 else f"{watched.begun_again} trials"
        parts.append(f"{trials} begun again")
    if escapes:
        parts.append(f"Escape {escapes} ×")
    for field, words in (("focus_losses", "focus lost"), ("breaks", "breaks")):
        found = [each for run in runs for each in _entries(run.get(field))]
        if found:
            seconds = sum(_seconds(each) for each in found)
            parts.append(f"{words} {len(found)} × ({duration(seconds)})")
    return Text("; ".join(parts) or "none")


def _markers(outlets: Mapping[str, str]) -> Text:
    """Each outlet, and what was told of it last; what is lost is to be seen at once."""
    words = Text()
    for i, (name, told) in enumerate(outlets.items()):
        words.append("; " * bool(i))
        words.append(f"{name} {told}", style="" if is_open(told) else _WARN)
    return words


def _all(view: View) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    by_state: dict[str, list[Standing]] = {}
    for standing in view.standings:
        by_state.setdefault(standing.state, []).append(standing)
    first = [RUNNING, COMPLETE, *sorted({*by_state} - {RUNNING, COMPLETE, NOT_BEGUN}), NOT_BEGUN]
    for state in first:
        if standings := by_state.get(state):
            table.add_row(state, str(len(standings)), _numbers(standings))
    if view.refusals:
        table.add_row("no consent", str(view.refusals), "")
    return table


def _numbers(standings: Sequence[Standing]) -> str:
    numbers = [str(each.participant) for each in standings]
    more = f" and {len(numbers) - NUMBERS} more" if len(numbers) > NUMBERS else ""
    return f"participant{'s' if len(numbers) > 1 else ''} {', '.join(numbers[:NUMBERS])}{more}"


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _entries(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _seconds(entry: object) -> float:
    value = entry.get("seconds") if isinstance(entry, dict) else None
    # JSON knows no infinity, but Python's reader does; no pause lasts longer than the study.
    return float(value) if isinstance(value, int | float) and 0 <= value < LONGEST_S else 0.0
