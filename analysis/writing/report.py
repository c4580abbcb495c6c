"""Write a report: tables, figures, sentences, and one HTML page that holds them all."""

import base64
from collections.abc import Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from analysis.data.dataset import Dataset
from analysis.data.machine import Machine
from analysis.data.places import of_places
from analysis.data.sessions.numbers import sessions_in_words
from analysis.figures import draw_all
from analysis.figures.answer import draw as draw_answer
from analysis.statistics.questions import PRIMARY
from analysis.statistics.ranking.ranked import rank_study, usual_baseline
from analysis.statistics.results import Results, analyse, joined
from analysis.wording import counted
from analysis.writing.details.sections import details
from analysis.writing.first_page.answer import headline, primary_paragraphs
from analysis.writing.first_page.further_questions import secondary_table
from analysis.writing.first_page.questions import asked, sides
from analysis.writing.methods import first_methods, further_methods, methods_text
from analysis.writing.page import PAGE_INCHES, Shown, page_environment, write_figure
from analysis.writing.page_table import PageTable, page_table, words
from analysis.writing.ranking_section import ranking_section
from analysis.writing.sentences import EXPLORATION, results_text
from conditions.files import write_text
from conditions.provenance.facts import commit
from conditions.study.asked.questions import CHANCE
from conditions.study.kinds.kind import NONE
from conditions.tables.files import write_table

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "jinja2", "pandera")
# Two kinds are compared by the tests; more are ranked.
MOST_IN_PAIRS = 2


def write_report(
    datasets: list[Dataset],
    out: Path,
    title: str,
    machines: Sequence[Machine] = (),
) -> list[Results]:
    """Analyse experiments and write their common report.

    Parameters
    ----------
    datasets : list of Dataset
        One an experiment.
    out : Path
        Folder of the report. Files of an earlier report are replaced, each at once: they follow
        from the data, which is only read.
    title : str
        Heading of the page.
    machines : sequence of Machine
        Machine observers of the study, where there is one: they stand beside people in the
        ranking, which is a section where a study has more than two kinds of reference.

    Raises
    ------
    StudyError
        Where there are no main trials.
    """
    results = [analyse(dataset) for dataset in datasets]
    tables = joined(results)
    for name, (table, frame) in tables.items():
        write_table(frame, table, out / "tables" / f"{name}.csv")
    sections = []
    for result in results:
        prefix = f"{result.dataset.experiment}_" if len(results) > 1 else ""
        figures = _figures(result, out / "figures", prefix)
        ranking = _ranking(result, machines, out, prefix)
        sections.append(_section(result, figures) | {"ranking": ranking})
    write_text(out / "methods.txt", methods_text(datasets))
    ranked = [s["ranking"]["sentences"] for s in sections if s["ranking"]]
    paragraphs = [results_text(results), *("\n\n".join(sentences) + "\n" for sentences in ranked)]
    write_text(out / "results.txt", "\n".join(paragraphs))
    page = page_environment().get_template("report.html.jinja")
    descriptions = {name: table.description for name, (table, _) in tables.items()}
    write_text(
        out / "report.html",
        page.render(
            title=title,
            sections=sections,
            method=first_methods(datasets),
            further_methods=further_methods(datasets),
            exploration=EXPLORATION,
            files=_files(descriptions),
            day=date.today().isoformat(),
            commit=commit(),
        ),
    )
    return results


def _figures(result: Results, folder: Path, prefix: str) -> dict[str, Shown]:
    """Draw and write all figures of an experiment; one at a time, as each takes memory."""
    shown = {}
    rows = asked(result, PRIMARY)
    two = bool(rows) and rows[0]["question"] != CHANCE
    compared = sides(rows[0], result.dataset.conditions) if two else None
    answer = draw_answer(result.dataset, rows, compared) if compared else None
    for drawing in chain([answer] if answer else [], draw_all(result.dataset)):
        image = write_figure(drawing.figure, folder / f"{prefix}{drawing.name}.png")
        shown[drawing.name] = Shown(
            drawing.title,
            drawing.caption,
            drawing.shows,
            base64.b64encode(image).decode(),
            round(100 * drawing.figure.get_figwidth() / PAGE_INCHES),
        )
    return shown


def _ranking(result: Results, machines: Sequence[Machine], out: Path, prefix: str) -> dict | None:
    """The section on more than two kinds, whose files are written too; None for fewer."""
    dataset = result.dataset
    baseline = usual_baseline(dataset.kinds, dataset.conditions)
    kinds = [name for name in dataset.conditions if name != NONE]
    if baseline is None or len(kinds) <= MOST_IN_PAIRS:
        return None
    found = rank_study(dataset, list(machines), dataset.kinds, baseline, dataset.experiment)
    table, image = (
        out / folder / f"{prefix}ranking.{kind}"
        for folder, kind in (("tables", "csv"), ("figures", "png"))
    )
    return ranking_section(found, dataset.kinds, table, image)


def _section(result: Results, figures: dict[str, Shown]) -> dict[str, Any]:
    """The first page of an experiment, and its details."""
    dataset = result.dataset
    people = counted(len(dataset.participants), "participant") + of_places(dataset.trials)
    if sessions := sessions_in_words(dataset.trials):
        people += f" {sessions}"
    return {
        "name": dataset.title,
        "sample": f"{people}, {counted(len(dataset.main), 'main trial')}",
        "headline": headline(result),
        "answer_figure": figures.get("answer"),
        "paragraphs": primary_paragraphs(result),
        "remarks": dataset.remarks,
        "further": secondary_table(result),
        "details": details(result, figures),
    }


def _files(descriptions: dict[str, str]) -> PageTable | None:
    rows = [{"file": f"{name}.csv", "what": text} for name, text in descriptions.items()]
    return page_table("Tables of the report.", rows, [words("file", "File"), words("what", "What")])
