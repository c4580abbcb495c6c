"""The walks that there are, and what their steps take on two idle cores."""

from datetime import datetime
from pathlib import Path

from tools.walk.step import Step, Walk

STUDIES = Path("studies")
COMPLETE = '"state": "complete"'
# A walk is for trying out, on whatever screen is there.
RIG = ("--rig", "laptop")


def demo(observer: str, root: Path = STUDIES) -> Walk:
    """A whole small study with two participants."""
    folder = root / "demo"
    shots = folder / "screenshots"
    images = Step(
        "Images of nine units",
        ("stimgen", "all", *_study("demo", root)),
        seconds=178,
        again=8,
        result=folder / "stimuli" / "preview.html",
        phases={"Scanning the pool": 11, "Writing natural images": 7, "Optimising synthetic": 155},
    )
    trials = Step(
        "Trials of two participants",
        ("conditions", "build", *_study("demo", root), "--participants", "1-2"),
        seconds=2,
        again=2,
        result=folder / "conditions" / "participant-002.csv",
    )
    check = Step("Check of images and trials", ("conditions", "check", *_study("demo", root)), 2)
    pictures = [
        Step(
            f"Picture of a trial: {name}",
            (
                *("experiment", "screenshot", *_study("demo", root)),
                *("--participant", participant, "--trial", trial, *RIG),
                *("--out", str(shots / f"{name}.png")),
            ),
            seconds=5,
            again=5,
            result=shots / f"{name}.png",
            window=True,
        )
        for name, participant, trial in (("synthetic", "1", "10"), ("natural", "2", "11"))
    ]
    sessions = [_session("demo", root, number, observer) for number in (1, 2)]
    report = Step("Report", ("analysis", "report", str(folder)), seconds=8)
    index = _index(folder)
    return Walk(
        "demo",
        "A whole small study",
        folder,
        (images, trials, check, *pictures, *sessions, report, index),
        (f"Open {folder / 'index.html'}: it leads to images, trials, sessions and report.",),
    )


def visualisations(observer: str, root: Path = STUDIES) -> Walk:
    """A ranking of visualisation methods, by four participants and by machines.

    Four: one for each order of the four kinds. Machines answer the trials of twenty, after whom
    orders and batches have met one another equally often.
    """
    name = "visualisations"
    folder = root / name
    images = Step(
        "Images by four methods",
        ("stimgen", "all", *_study(name, root)),
        seconds=270,
        again=8,
        result=folder / "stimuli" / "preview.html",
        phases={
            "Scanning the pool": 14,
            "Writing natural images": 12,
            "Optimising fourier": 75,
            "Optimising maco": 70,
            "Making accentuated": 75,
        },
    )
    trials = Step(
        "Trials of twenty participants",
        ("conditions", "build", *_study(name, root), "--participants", "1-20"),
        seconds=3,
        again=3,
        result=folder / "conditions" / "participant-020.csv",
    )
    check = Step("Check of images and trials", ("conditions", "check", *_study(name, root)), 2)
    sessions = [_session(name, root, number, observer, hasty=True) for number in range(1, 5)]
    machines = Step(
        "Answers of three machines",
        (
            *("experiment", "machine", *_study(name, root), "--participants", "all"),
            *("--embedding", "pixels", "--embedding", "efficientnet_lite0"),
            *("--embedding", "oracle"),
        ),
        seconds=40,
        again=10,
    )
    ranking = Step("Ranking", ("analysis", "ranking", str(folder)), seconds=11)
    report = Step("Report", ("analysis", "report", str(folder)), seconds=14)
    index = _index(folder)
    return Walk(
        name,
        "A ranking of visualisation methods",
        folder,
        (images, trials, check, *sessions, machines, ranking, report, index),
        (f"Open {folder / 'index.html'}: it leads to images, ranking, sessions and report.",),
    )


def rehearse(observer: str, root: Path = STUDIES) -> Walk:
    """A whole Experiment I at speed, in a folder of its own: a session is never begun twice."""
    name = "rehearsal_experiment_1"
    root = root / "rehearsals" / f"{datetime.now():%Y%m%dT%H%M%S}"
    folder = root / name
    made = Step(
        "Stand-in images, and trials",
        ("experiment", "rehearsal", "experiment_1", "--fast", "--root", str(root)),
        seconds=15,
    )
    session = _session(name, root, 1, "scripted", hasty=True, as_needed=False)
    status = Step("Status", ("experiment", "status", str(folder)), seconds=2)
    return Walk(
        "rehearse",
        "A rehearsal of Experiment I",
        folder,
        (made, session, status),
        (f"The rehearsal is in {folder}.",),
        goes_on=False,
    )


WALKS = {"demo": demo, "visualisations": visualisations, "rehearse": rehearse}


def _study(name: str, root: Path) -> tuple[str, ...]:
    return (name,) if root == STUDIES else (name, "--root", str(root))


def _index(folder: Path) -> Step:
    command = ("analysis", "index", str(folder), "--session-pages")
    return Step("Page that leads to all of it", command, seconds=6)


def _session(
    study: str,
    root: Path,
    participant: int,
    observer: str,
    hasty: bool = False,
    as_needed: bool = True,
) -> Step:
    folder = root / study
    person = observer == "human"
    command = ["experiment", "run", str(folder), "--participant", str(participant)]
    command += ["--observer", observer, *RIG]
    command += ["--script", "hasty"] if hasty and not person else []
    return Step(
        f"Session {participant}, " + ("with a person" if person else "by a script"),
        (*command, *(["--as-needed"] if as_needed else [])),
        seconds=60 if hasty else 75,
        again=4,
        result=folder / "data" / f"sub-{participant:03d}" / "session.json",
        holds=COMPLETE,
        window=True,
        person=person,
    )
