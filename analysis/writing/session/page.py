"""One page about one session, for the operator."""

import base64
from pathlib import Path

from matplotlib.figure import Figure

from analysis.data.sessions.belonging import PLANNED_PHASES
from analysis.data.sessions.events.spans import outlets_of, sittings
from analysis.data.sessions.numbers import minutes_of
from analysis.data.sessions.places import browser_name
from analysis.figures.style.drawing import new_figure, styled
from analysis.figures.style.looks import looks
from analysis.wording import counted, listed, number
from analysis.writing.page import page_environment, rendered
from analysis.writing.session.checks import Session, oddities, summary_table
from analysis.writing.session.lanes import RATED, interruptions, lanes_of
from analysis.writing.session.time_line import clock_face, draw_time_line, in_time
from conditions.files import write_text
from conditions.study.exclusions import Exclusions

# Interruptions that the page names one by one.
_ROWS = 15
FACTS = (
    "state",
    "observer",
    "place",
    "browser",
    "rig",
    "refresh_hz",
    "keyboard_backend",
    "language",
    "written_at",
)


def write_session_page(session: Session, exclusions: Exclusions, title: str, path: Path) -> None:
    """Write the page; an earlier one of the same session is replaced.

    Parameters
    ----------
    session : Session
        The session.
    exclusions : Exclusions
        Rules of the study that the operator should hear of at once.
    title : str
        Title of the study.
    path : Path
        The HTML file.
    """
    with styled():
        image = rendered(draw_session(session), "png")
    raw, events = session.raw, session.events
    page = page_environment().get_template("session.html.jinja")
    write_text(
        path,
        page.render(
            title=title,
            participant=session.participant,
            oddities=oddities(session, exclusions),
            facts=_facts(session),
            rows=summary_table(session).to_dict("records"),
            answered=int(raw["phase"].isin(PLANNED_PHASES).sum()),
            planned=session.planned,
            minutes=_minutes(session),
            runs=len(sittings(session.events)),
            dropped=int(raw["dropped_frames"].sum()),
            dropped_trials=int((raw["dropped_frames"] > 0).sum()),
            longest_ms=raw["max_frame_ms"].max(),
            shows=_shows(session),
            image=base64.b64encode(image).decode(),
            line=_time_line(session) if len(events) else None,
        ),
    )


def _time_line(session: Session) -> dict:
    """What the page shows of the events: the time line, and what interrupted the session."""
    lanes = lanes_of(session.events, session.dropped)
    names = session.kinds.in_order(session.trials["condition"].dropna().unique().tolist())
    with styled():
        figure = draw_time_line(session.events, lanes, looks(session.kinds.names, names))
        image = rendered(figure, "png")
    runs = sittings(session.events)
    rows = interruptions(session.events)
    took = listed([in_time(run.end - run.start) for run in runs])
    counts = listed([f"{lane.name.lower()}: {len(lane.rows)}" for lane in lanes])
    return {
        "image": base64.b64encode(image).decode(),
        "shows": f"Time line of {counted(len(runs), 'run')} of {took}. {counts}.",
        "several": len(runs) > 1,
        "rated": any((lane.rows["what"] == RATED).any() for lane in lanes),
        "rows": [
            row | {"at": clock_face(row["at"]), "seconds": in_time(row["seconds"])}
            for row in rows.head(_ROWS).to_dict("records")
        ],
        "more": max(0, len(rows) - _ROWS),
    }


def _facts(session: Session) -> dict:
    number = session.facts.get("session")
    several = session.sessions > 1 and number is not None
    which = {"session": f"{number} of {session.sessions}"} if several else {}
    found = which | {key: session.facts[key] for key in FACTS if key in session.facts}
    if "browser" in found:
        found["browser"] = browser_name(found["browser"])
    if outlets := outlets_of(session.events):
        found["markers"] = f"{session.events['code'].notna().sum()} to {listed(outlets)}"
    return found


def _minutes(session: Session) -> float:
    """From the start of the session to its last answer.

    Of several sessions the minutes of each, and of runs, where events tell of all of them; what
    lies between is left out.
    """
    raw, runs = session.raw, sittings(session.events)
    if len(runs) > 1 and runs[0].start <= raw["onset"].min():
        return sum(run.end - run.start for run in runs) / 60
    if raw["session"].nunique() > 1:
        return float(minutes_of(raw).iloc[0])
    return float((raw["onset"] + raw["rt"].fillna(0)).max() / 60)


def _shows(session: Session) -> str:
    """The figure in numbers, for readers who do not see it."""
    trials, dropped = session.trials, session.raw["dropped_frames"]
    return (
        f"Reaction times of {counted(len(trials), 'trial')} over the session: median "
        f"{number(trials['rt'].median())} s, from {number(trials['rt'].min())} to "
        f"{number(trials['rt'].max())} s. Dropped frames: {int(dropped.sum())} in "
        f"{counted(int((dropped > 0).sum()), 'trial')}."
    )


def draw_session(session: Session) -> Figure:
    """Reaction times and dropped frames over the session."""
    trials = session.trials
    figure = new_figure(7.2, 3.6)[0]
    figure.clear()
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    conditions = session.kinds.in_order(trials["condition"].dropna().unique().tolist())
    look = looks(session.kinds.names, conditions)
    for condition in conditions:
        group = trials[trials["condition"] == condition]
        right = group[group["correct"].fillna(False)]
        wrong = group[~group["correct"].fillna(True)]
        style = {
            "color": look[condition].colour,
            "marker": look[condition].marker,
            "linestyle": "none",
        }
        upper.plot(right["trial"], right["rt"], **style, markersize=4.5, label=condition)
        upper.plot(wrong["trial"], wrong["rt"], **style, markersize=4.5, fillstyle="none")
    catch = trials[trials["catch"]]
    if len(catch):
        upper.plot(
            catch["trial"],
            catch["rt"],
            "o",
            fillstyle="none",
            color="black",
            markersize=9,
            markeredgewidth=0.8,
            label="catch trial",
        )
    upper.set_ylabel("Reaction time (s)")
    upper.set_ylim(bottom=0)
    upper.set_title("filled: correct, open: wrong", loc="left")
    upper.legend(loc="upper left", bbox_to_anchor=(1, 1))
    lower.bar(session.raw["trial"], session.raw["dropped_frames"], color="black", width=0.8)
    lower.set_ylabel("Dropped\nframes")
    lower.set_ylim(0, max(1, session.raw["dropped_frames"].max() * 1.1))
    lower.set_xlabel("Trial")
    return figure
