"""What the page knows of the study: texts, keys, durations, colours, and where answers go."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from conditions.rig.key_names import KEY_NAMES
from conditions.study.answering import Keys
from conditions.study.study import Study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import table_sha256
from experiment.keyboard.pad import is_pad
from experiment.records.standing import Standing
from experiment.screen.correction import wanted_share
from experiment.screen.inks import inks_on
from experiment.session.surroundings.keys_summary import rows_of
from experiment.texts import wording
from experiment.texts.kinds import session_texts
from experiment.texts.languages import (
    Texts,
    as_printed,
    go_on_hint,
    key_label,
    keys_label,
    row_label,
    writing_of,
)
from experiment.web.words import web_words

FORMAT = "reference-images-web/1"
# From which images in degrees are seen: an arm's length.
DISTANCE_CM = 60


def study_contents(
    study: Study, trials: Mapping[int, pd.DataFrame], target: str, shrink: bool
) -> dict[str, Any]:
    """Content of ``study.json``.

    Parameters
    ----------
    study : Study
        What is run.
    trials : mapping
        Condition files by participant.
    target : str
        Where answers go.
    shrink : bool
        Whether images may be shown smaller where they do not fit.
    """
    grey = (study.presentation.background,) * 3
    references = {int(n) for frame in trials.values() for n in frame["n_references"].unique()}
    asked = study.presentation
    return {
        "format": FORMAT,
        "name": study.name,
        "title": study.title,
        "fingerprint": study.fingerprint(),
        "to": target,
        "participants": sorted(trials),
        "conditions": {
            number: table_sha256(frame, CONDITION_FILE) for number, frame in trials.items()
        },
        "language": study.language,
        "image": {
            "side": asked.pixels or study.image.crop,
            "degrees": asked.degrees,
            "shrink": shrink and asked.degrees is None,
            # An image pixel may be several of the screen where nobody asked for a size.
            "multiple": asked.degrees is None and asked.pixels is None,
            "references": sorted(references),
        },
        "card": {"distance_cm": DISTANCE_CM},
        "keys": study.keys.model_dump(mode="json") | _lists(study.keys),
        "timing": study.timing.model_dump(mode="json"),
        "breaks": None if study.breaks is None else study.breaks.model_dump(mode="json"),
        "resuming": study.resuming.model_dump(mode="json"),
        "repeated": len(study.repeated_conditions),
        "consent": None
        if study.consent is None
        else {
            "version": study.consent.version,
            "agree": list(study.consent.agree),
            "refuse": list(study.consent.refuse),
        },
        "inks": {
            name: "rgb({}, {}, {})".format(*colour)
            for name, colour in asdict(inks_on(grey, wanted_share("srgb"))).items()
        },
        "texts": {language: _texts(study, language) for language in study.languages},
    }


def _lists(keys: Keys) -> dict[str, Any]:
    """Keys always as lists: each answer may have several."""
    single = {name: list(getattr(keys, name)) for name in ("upper", "lower", "go_on")}
    rows = ("confidence", "upper_confidence", "lower_confidence")
    return single | {name: [list(names) for names in getattr(keys, name)] for name in rows}


def _texts(study: Study, language: str) -> dict[str, Any]:
    """All that is read in a language: single words, and pages with their blanks filled in.

    Keys stand in pages as marks such as ⟦up⟧ and ⟦up|printed⟧: what is printed on them is known
    where the page is shown.
    """
    words = session_texts(study, language) | web_words(language)
    marked = words | _marks()
    writing, keys = writing_of(language), study.keys
    printed = as_printed(marked)
    consent = words.get("consent")
    blanks = {
        "upper": keys_label(printed, keys.upper),
        "lower": keys_label(printed, keys.lower),
        "upper_keys": row_label(printed, keys.upper_confidence),
        "lower_keys": row_label(printed, keys.lower_confidence),
    }
    low, middle, high = (keys_label(printed, names) for names in keys.confidence)
    choice = "hint_choice" if keys.mode == "two_stage" else "hint_combined"
    arrows = {name: key_label(marked, name) for name in ("left", "right")}
    hints = {
        "choice": words[choice].format(**blanks),
        "confidence": words["hint_confidence"].format(low=low, middle=middle, high=high),
        "rating": words["hint_rating"].format(**arrows, confirm=key_label(marked, "return")),
        "go_on": go_on_hint(marked, keys.go_on),
        "focus_go_on": words["focus_go_on"].format(key=keys_label(marked, keys.go_on)),
        "stop": words["stop"].format(
            stop=key_label(marked, "return"), go_on=keys_label(marked, keys.go_on)
        ),
        "card": words["web_card_hint"].format(**arrows, go_on=keys_label(printed, keys.go_on)),
    }
    if study.consent is not None:
        said = {"yes": study.consent.agree, "no": study.consent.refuse, "again": keys.go_on}
        hints |= {
            f"consent_{name}": words[f"consent_{name}"].format(key=keys_label(marked, names))
            for name, names in said.items()
        }
    pages = {
        "welcome": [wording.welcome(marked, Standing())],
        "introduction": wording.introduction(marked),
        "instructions": wording.instructions(marked, study),
    }
    if study.left_and_right and study.intuitiveness:
        pages["ratings"] = wording.ratings(marked)
    return {
        "direction": writing.direction,
        "fonts": list(writing.fonts),
        "words": words,
        "hints": hints,
        "pages": {name: [asdict(page) for page in found] for name, found in pages.items()},
        "keys": [[list(cell) for cell in row] for row in rows_of(marked, keys)],
        "consent": consent,
        "consent_sha256": consent and hashlib.sha256(consent.encode()).hexdigest(),
    }


def _marks() -> Texts:
    names = [name for name in KEY_NAMES if not is_pad(name)]
    return {f"key_{name}": f"⟦{name}⟧" for name in names} | {
        f"printed_{name}": f"⟦{name}|printed⟧" for name in names
    }
