"""The course of a session, and the words of its pages."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from conditions.folder import DESIGNS, open_study
from conditions.study.study import Study, load_study
from conditions.tables.condition_file import LEFT_COLUMNS
from conditions.trials.build import build_participant
from conditions.units.table import unit_table
from experiment.plan import as_rows, blocks_of, ratings_of
from experiment.records.store import Trouble
from experiment.rehearsal import stand_in
from experiment.screen.trials.examples import CORRECT, example_images, example_trial
from experiment.texts import wording
from experiment.texts.kinds import session_texts
from experiment.texts.languages import load_texts

DESIGN_NAMES = ("demo", "experiment_1", "experiment_2", "template", "visualisations")


def rows_of(design: str) -> list[dict]:
    study = load_study(DESIGNS / f"{design}.yaml")
    return as_rows(build_participant(study, unit_table(study), 1))


def test_experiment_1_has_its_published_course():
    rows = rows_of("experiment_1")
    beginning, end = (ratings_of(rows, moment).trials for moment in ("beginning", "end"))
    assert (len(beginning), len(end)) == (3, 0)
    blocks = blocks_of(rows)
    assert [len(b.trials) for b in blocks if b.number is None] == [5, 5, 5]
    assert [b.number for b in blocks if b.number is not None] == list(range(1, 11))
    assert {len(b.trials) for b in blocks} <= {5, 11, 12, 18}


def test_experiment_2_is_rated_at_both_moments_and_loses_no_trial():
    rows = rows_of("experiment_2")
    moments = [ratings_of(rows, moment).trials for moment in ("beginning", "end")]
    assert [len(trials) for trials in moments] == [3, 3]
    asked = [trial["trial"] for block in blocks_of(rows) for trial in block.trials]
    assert asked == list(range(216))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("design", DESIGN_NAMES)
def test_pages_have_no_blank_left(language, design, tmp_path):
    folder = open_study(design, tmp_path, make=False)
    texts = session_texts(folder.study, language)
    shown = [*wording.introduction(texts), *wording.instructions(texts, folder.study)]
    shown += wording.ratings(texts) if folder.study.intuitiveness else []
    pages = [words for page in shown for words in (page.title, page.body)]
    for row in rows_of(design):
        if row["upper"]:
            pages.append(wording.block_card(texts, row))
    for rescue in (Path("/elsewhere"), None):
        pages.append(wording.trouble(texts, Trouble(Path("/data"), "disk full", rescue)))
    for page in set(pages):
        assert page.strip()
        assert "{" not in page


def told(texts: dict[str, str], content: dict) -> str:
    study = Study.model_validate(content)
    return "\n\n".join(page.body for page in wording.instructions(texts, study))


def test_instructions_say_what_the_study_does():
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    texts = load_texts("en")
    said = told(texts, content)
    assert "as much time as you need" in said
    assert "you see which image was correct" in said
    assert "press ↑ for the upper one, ↓ for the lower one" in said
    assert "on the right you see several images" in said.lower()
    assert "there are no images at the sides" in said
    content["timing"] |= {"deadline": 7.5, "feedback": False}
    content["keys"] = {"mode": "combined"}
    said = told(texts, content)
    assert "7.5 seconds" in said
    assert "you see which image was correct" not in said
    assert "q w e" in said
    one = content["parts"][1] | {"scheme": "Max-1", "blocks": 2}
    said = told(texts, content | {"parts": [one]})
    assert "you see one image to which" in said
    assert "left" not in said
    assert "no images at the sides" not in said
    parts = [
        one | {"blocks": 1, "practice": 0},
        one | {"blocks": 1, "name": "more", "scheme": "Min-Max-9"},
    ]
    said = told(texts, content | {"parts": parts})
    assert "you see one image or several to which" in said
    assert "In a part of the experiment you also see one image or several on the left" in said
    bare = {"name": "bare", "conditions": ["none"], "main": 6}
    said = told(texts, content | {"parts": [bare], "repeats": None})
    assert "follow your intuition" in said
    assert "the right" not in said


def test_the_example_has_an_answer_that_can_be_seen():
    images = example_images(64, 9)
    row = example_trial(9)
    assert row["correct_response"] == CORRECT
    assert set(LEFT_COLUMNS) < set(images)
    assert len({image.tobytes() for image in images.values()}) == 20
    assert set(example_images(64, 0)) == {"upper", "lower"}
    # As the trials of the study are: the left side stays empty where theirs does.
    again = example_images(64, 4, with_min=False, correct="lower")
    assert not set(again) & set(LEFT_COLUMNS)
    assert (again["upper"], again["lower"]) == (images["lower"], images["upper"])
    assert example_trial(4, with_min=False)["left_title"] is None


def test_stand_ins_differ_from_each_other_and_not_from_run_to_run():
    paths = [
        f"stimuli/natural/mixed4a_0427/batch_{b:02d}/max_{r}.png" for b in (0, 1) for r in (1, 2)
    ]
    study = load_study(DESIGNS / "demo.yaml")
    drawn = [np.asarray(stand_in(path, study)) for path in paths]
    assert all((a != b).any() for i, a in enumerate(drawn) for b in drawn[:i])
    np.testing.assert_array_equal(drawn[0], np.asarray(stand_in(paths[0], study)))
