"""``STUDY/index.html``: what there is of a study, what to look at, and what makes the rest."""

from dataclasses import dataclass, field

from analysis.data.machine import machine_sessions
from analysis.wording import counted
from analysis.writing.overview.found import (
    NOT_BEGUN,
    Link,
    SessionRow,
    images_in_words,
    link,
    newer_than_report,
    sessions,
    table,
    tables,
)
from analysis.writing.overview.options import SESSION_PAGES
from analysis.writing.page import page_environment
from conditions.commands.participants import in_ranges
from conditions.commands.typed import typed_command
from conditions.files import write_text
from conditions.folder import StudyFolder
from conditions.strays import condition_files


@dataclass(frozen=True)
class Missing:
    """Something that is not there yet.

    Attributes
    ----------
    what : str
        A sentence.
    command : str
        What makes it.
    """

    what: str
    command: str


@dataclass(frozen=True)
class Part:
    """A part of the page.

    Attributes
    ----------
    title : str
    about : str
        What is there, and what to look at.
    links : list of Link
        What to open first.
    tables : list of Link
    tables_are : str
        What the tables are called.
    pictures : list of Link
        Images that are shown.
    rows : list of SessionRow
    missing : list of Missing
    """

    title: str
    about: str = ""
    links: list[Link] = field(default_factory=list)
    tables: list[Link] = field(default_factory=list)
    pictures: list[Link] = field(default_factory=list)
    rows: list[SessionRow] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    tables_are: str = "Tables"


def write_overview(folder: StudyFolder) -> list[Missing]:
    """Write the page; an earlier one is replaced.

    Returns
    -------
    list of Missing
        What is not there yet.
    """
    rows = sessions(folder)
    scripts = [row.participant for row in rows if not row.person]
    parts = [_images(folder), _trials(folder), _sessions(folder, rows)]
    if machine_sessions(folder):
        parts.append(_machines(folder))
    parts.append(_results(folder, rows))
    page = page_environment().get_template("overview.html.jinja")
    write_text(
        folder.index,
        page.render(
            title=folder.study.title,
            name=folder.study.name,
            scripts=_people(scripts) if scripts else "",
            people=sum(row.person and row.folder is not None for row in rows),
            parts=parts,
            study_file=link(folder, folder.study_file, about="All that defines the study."),
        ),
    )
    return [missing for part in parts for missing in part.missing]


def _typed(folder: StudyFolder, room: str, name: str, *words: object) -> str:
    return typed_command(room, name, *folder.typed, *words)


def _people(numbers: list[int]) -> str:
    noun = "participant" if len(numbers) == 1 else "participants"
    return f"{noun} {in_ranges(numbers, ', ').replace('-', '–')}"


def _images(folder: StudyFolder) -> Part:
    if not folder.stimuli_table.is_file():
        return Part(
            "Images",
            missing=[Missing("There are no images yet.", _typed(folder, "stimgen", "all"))],
        )
    links, missing = [], []
    if folder.preview.is_file():
        about = (
            "All images of each unit, of each kind: those that it responds to most and least. "
            "Look whether you can see what a unit prefers; what nobody sees, no "
            "participant will tell."
        )
        links.append(link(folder, folder.preview, "All images", about))
    else:
        make = _typed(folder, "stimgen", "preview")
        missing.append(Missing("The page of all images is not there yet.", make))
    return Part(
        "Images",
        images_in_words(folder),
        links,
        tables(folder, folder.stimuli),
        missing=missing,
    )


def _trials(folder: StudyFolder) -> Part:
    files = condition_files(folder)
    shots = sorted(folder.screenshots.glob("*.png"))
    pictures = [link(folder, path, path.stem.replace("_", " ")) for path in shots]
    missing = []
    if not files:
        make = _typed(folder, "conditions", "build", "--participants", "1-24")
        missing.append(Missing("No trials are written yet.", make))
    elif not pictures and folder.stimuli_table.is_file():
        out = folder.screenshots / "trial.png"
        words = ("--participant", min(files), "--trial", 1, "--out", out)
        make = _typed(folder, "experiment", "screenshot", *words)
        missing.append(Missing("There is no picture of a trial yet.", make))
    about = (
        f"Every trial was decided before the first session: {counted(len(files), 'participant')}, "
        "a table each. Two images stand in the middle; the participant says to which of them "
        "the unit responds strongly, going by the references at both sides, and how sure they are."
        if files
        else ""
    )
    # One stands for all: they have the same columns.
    first = [table(folder, files[min(files)])] if files else []
    if len(files) > 1:
        first.append(link(folder, folder.conditions, "conditions/", "Those of all participants."))
    of_one = "Tables of the trials"
    return Part(
        "Trials", about, tables=first, pictures=pictures, missing=missing, tables_are=of_one
    )


def _sessions(folder: StudyFolder, rows: list[SessionRow]) -> Part:
    begun = [row for row in rows if row.folder is not None]
    missing = []
    if waiting := [row.participant for row in rows if row.state == NOT_BEGUN]:
        make = _typed(folder, "experiment", "run")
        missing.append(Missing(f"No session yet: {_people(waiting)}.", make))
    if pageless := [row.participant for row in begun if row.page is None]:
        make = _typed(folder, "analysis", "index", SESSION_PAGES)
        missing.append(Missing(f"No page of the session yet: {_people(pageless)}.", make))
    about = (
        "A folder each, with the answers, all presses of keys and the times of all frames. The "
        "page of a session shows reaction times, frames and a time line, and what is odd."
        if begun
        else ""
    )
    shown = [row for row in rows if row.state != NOT_BEGUN]
    # Those of one stand for all, as with the trials.
    files = tables(folder, folder.session(begun[0].participant)) if begun else []
    of_one = "Tables of one session"
    return Part("Sessions", about, tables=files, rows=shown, missing=missing, tables_are=of_one)


def _machines(folder: StudyFolder) -> Part:
    links = []
    for name, found in machine_sessions(folder).items():
        trials = f"Answers to the trials of {counted(len(found), 'participant')}."
        links.append(link(folder, folder.machine / name, name, trials))
    about = (
        "Machine observers answered the same trials: they choose the image that looks more like "
        "the references. They are kept apart from people, and are no participants."
    )
    return Part("Machines", about, links)


def _results(folder: StudyFolder, rows: list[SessionRow]) -> Part:
    report = folder.report / "report.html"
    begun = [row for row in rows if row.folder is not None]
    make = _typed(folder, "analysis", "report")
    links, missing = [], []
    if report.is_file():
        about = "The answer first, then the figures, tests and tables, and who was left out."
        links.append(link(folder, report, "Report", about))
        if newer := newer_than_report(folder, rows):
            missing.append(Missing(f"Answers that came after it: {_people(newer)}.", make))
    elif begun:
        missing.append(Missing("There is no report yet.", make))
    for path, name, about in (
        (folder.report / "results.txt", "Results in sentences", "To be copied into a paper."),
        (folder.report / "methods.txt", "Methods in sentences", "As this study was really run."),
        (folder.report / "ranking" / "ranking.txt", "Ranking", "Which kinds help more, in words."),
        (folder.report / "ranking" / "ranking.pdf", "Ranking as a figure", ""),
        (folder.report / "figures", "Figures", "Each as a file of its own."),
        (folder.difficulty, "Difficulty", "How hard each unit is for machines."),
    ):
        if path.exists():
            links.append(link(folder, path, name, about))
    listed_tables = tables(folder, folder.report / "tables")
    return Part("Results", links=links, tables=listed_tables, missing=missing)
