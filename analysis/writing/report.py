"""Write a report: tables, figures, sentences, and one HTML page that holds them all."""

import base64
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from analysis.data.dataset import Dataset
from analysis.data.machine import Machine
from analysis.figures import draw_all
from analysis.figures.drawing import Drawing
from analysis.result_tables import ALL
from analysis.statistics.ranking.ranked import rank_study, usual_baseline
from analysis.statistics.results import WITHOUT_EXCLUSIONS, Results, analyse, joined
from analysis.wording import plus_minus
from analysis.writing.methods import declared_rules, methods_paragraphs, methods_text
from analysis.writing.page import PAGE_INCHES, page_environment, records, write_figure
from analysis.writing.ranking import ranking_section
from analysis.writing.sentences import result_paragraphs, results_text
from conditions.files import write_text
from conditions.provenance import commit
from conditions.study.kinds.kind import NONE
from conditions.tables.files import write_table

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "jinja2", "pandera")
# Two kinds are compared by the tests; more are ranked.
MOST_IN_PAIRS = 2
# On the page: name, scale and digits; the other measures are in the table's file.
SHORT_MEASURES = (
    ("accuracy", "Accuracy (%)", 100, 1),
    ("rt", "Reaction time (s)", 1, 2),
    ("confidence", "Confidence (1–3)", 1, 2),
)


def write_report(
    datasets: list[Dataset],
    out: Path,
    title: str,
    sampled: bool = False,
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
    sampled : bool
        Whether to fit the mixed model by MCMC too.
    machines : sequence of Machine
        Machine observers of the study, where there is one: they stand beside people in the
        ranking, which is a section where a study has more than two kinds of reference.

    Raises
    ------
    StudyError
        Where there are no main trials.
    """
    results = [analyse(dataset, sampled) for dataset in datasets]
    tables = joined(results)
    for name, (table, frame) in tables.items():
        write_table(frame, table, out / "tables" / f"{name}.csv")
    sections = []
    for result in results:
        drawings = list(draw_all(result.dataset))
        prefix = f"{result.dataset.experiment}_" if len(results) > 1 else ""
        paths = [out / "figures" / f"{prefix}{d.name}.png" for d in drawings]
        written = [write_figure(d.figure, path) for d, path in zip(drawings, paths, strict=True)]
        images = [base64.b64encode(image).decode() for image in written]
        ranking = _ranking(result, machines, out, prefix)
        sections.append(_section(result, drawings, images) | {"ranking": ranking})
    write_text(out / "methods.txt", methods_text(datasets))
    ranked = [s["ranking"]["sentences"] for s in sections if s["ranking"]]
    paragraphs = [results_text(results), *("\n\n".join(sentences) + "\n" for sentences in ranked)]
    write_text(out / "results.txt", "\n".join(paragraphs))
    page = (
        page_environment()
        .get_template("report.html.jinja")
        .render(
            title=title,
            sections=sections,
            methods=methods_paragraphs(datasets),
            tables={name: table.description for name, (table, _) in tables.items()},
            day=date.today().isoformat(),
            commit=commit(),
        )
    )
    write_text(out / "report.html", page)
    return results


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


def _section(result: Results, drawings: list[Drawing], images: list[str]) -> dict:
    dataset = result.dataset
    tests = result.table("tests")
    before = result.table(WITHOUT_EXCLUSIONS)
    accuracy = result.table("accuracy")
    return {
        "name": dataset.title,
        "participants": len(dataset.participants),
        "trials": len(dataset.main),
        "conditions": dataset.conditions,
        "remarks": dataset.remarks,
        "rules": declared_rules(dataset),
        "excluded": records(result.table("exclusions")),
        "before": records(before[(before["scheme"] == ALL) & (before["expertise"] == ALL)]),
        "after": records(accuracy[(accuracy["scheme"] == ALL) & (accuracy["expertise"] == ALL)]),
        "accuracy": records(accuracy),
        "measures": _short_measures(result),
        "tests": records(tests[tests["n"] > 1]),
        "mixed": records(result.table("mixed_model")),
        "type2": records(result.table("type2_auroc")),
        "calibration": records(result.table("calibration")),
        "repeats": records(result.table("repeats")),
        "agreement": records(result.table("agreement")),
        "ratings": records(result.table("intuitiveness")),
        "catch": records(result.table("catch_trials")),
        "paragraphs": result_paragraphs(result),
        "figures": [
            {
                "title": d.title,
                "caption": d.caption,
                "image": image,
                "width": round(100 * d.figure.get_figwidth() / PAGE_INCHES),
            }
            for d, image in zip(drawings, images, strict=True)
        ],
    }


def _short_measures(result: Results) -> list[dict]:
    """Means by one factor of several levels at a time, conditions side by side."""
    table = result.table("measures")
    tables = []
    for measure, label, scale, digits in SHORT_MEASURES:
        chosen = table[(table["measure"] == measure) & (table["factor"] != ALL)]
        chosen = chosen[chosen.groupby("factor")["level"].transform("nunique") > 1]
        cells = {
            (row["factor"], row["level"], row["condition"]): (
                plus_minus(scale * row["mean"], scale * row["sem"], digits)
                + f" ({row['n_participants']})"
            )
            for row in chosen.to_dict("records")
        }
        levels = list(dict.fromkeys((factor, level) for factor, level, _ in cells))
        rows = [
            {
                "factor": factor,
                "level": level,
                "cells": [cells.get((factor, level, c), "–") for c in result.dataset.conditions],
            }
            for factor, level in levels
        ]
        tables.append({"label": label, "rows": rows})
    return tables
