"""Words for the study's own kinds of references: true of each, neutral, or the study's own."""

from typing import Any, get_args

import pytest

from conditions.study.kinds.references import AnyKind
from conditions.study.study import Study
from experiment.texts import wording
from experiment.texts.kinds import session_texts
from experiment.texts.languages import TEXTS, load_texts
from tests.experiment.rehearsed import TINY

LANGUAGES = sorted(path.stem for path in TEXTS.glob("*.yaml"))
KINDS: dict[str, dict[str, Any]] = {
    "photos": {"kind": "photographs"},
    "dreams": {"kind": "visualisation"},
    "visions": {"kind": "visualisation", "method": "maco"},
    "theirs": {"kind": "files"},
    "changed": {"kind": "accentuation", "of": "photos"},
    "parts": {"kind": "crops", "of": "photos", "side": 16},
    "soft": {"kind": "blurred", "of": "dreams", "sigma_px": 2},
    "both": {"kind": "mixed", "of": ["photos", "dreams"]},
}
CARDS = {
    "en": {
        "photos": "The images at the sides are photographs.",
        "dreams": "The images at the sides were made by a computer.",
        "theirs": "The images at the sides come from another source.",
        "changed": "The images at the sides are photographs, altered by a computer.",
        "parts": "The images at the sides are enlarged parts of photographs.",
        "soft": "The images at the sides are blurred images made by a computer.",
        "both": "Half of the images at the sides are photographs, half were made by a computer.",
    },
    "de": {
        "photos": "Die Bilder an den Seiten sind Fotografien.",
        "dreams": "Die Bilder an den Seiten sind vom Computer erzeugt.",
        "theirs": "Die Bilder an den Seiten sind aus einer anderen Quelle.",
        "changed": "Die Bilder an den Seiten sind Fotografien, vom Computer verändert.",
        "parts": "Die Bilder an den Seiten sind Fotografien (vergrößerte Ausschnitte).",
        "soft": "Die Bilder an den Seiten sind unscharfe vom Computer erzeugte Bilder.",
        "both": "Die Bilder an den Seiten sind zur Hälfte Fotografien, "
        "zur Hälfte vom Computer erzeugt.",
    },
}


def texts_of(
    language: str = "en", rated: list[str] | None = None, **kinds: dict[str, Any]
) -> dict[str, str]:
    """The texts of a session of a study with these kinds, some of them with more fields."""
    references = {name: KINDS.get(name, {}) | kinds.get(name, {}) for name in KINDS | kinds}
    parts = [{"name": "only", "conditions": ["photos"], "main": 4}]
    changes = {"references": references, "parts": parts, "batches": {}, "rated": rated}
    study = Study.model_validate(TINY | changes)
    return session_texts(study, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_words_in_every_language(language):
    texts = load_texts(language)
    models = get_args(get_args(AnyKind)[0])
    words = {model.model_fields["kind"].default for model in models if model.HAS_FILES}
    for key in ("are", "images", "heading"):
        sides = {"left", "right"} if key == "heading" else set()
        assert {k.removeprefix(f"{key}_") for k in texts if k.startswith(f"{key}_")} == (
            words | sides
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_what_is_true_of_the_kind(language):
    texts = texts_of(language)
    said = {name: texts[f"card_{name}"] for name in KINDS}
    # Two methods of visualisation are not told apart.
    assert said.pop("visions") == said["dreams"]
    assert said == CARDS[language]
    assert texts["card_none"]


def test_only_what_is_made_of_photographs_is_called_so():
    of = {"soft": {"of": "parts"}, "parts": {"of": "theirs"}, "changed": {"of": "dreams"}}
    texts = texts_of(**of, both={"of": ["dreams", "visions"]})
    assert "are blurred enlarged parts of images from another source." in texts["card_soft"]
    assert "are images made by a computer, altered by a computer." in texts["card_changed"]
    assert texts["card_both"] == CARDS["en"]["dreams"]


@pytest.mark.parametrize(
    ("rated", "titles", "sides"),
    [
        (
            ["dreams", "photos"],
            ("Made by a computer", "Photographs"),
            "On the left you see images made by a computer, on the right photographs.",
        ),
        (
            ["photos", "parts"],
            ("Photographs", "Enlarged parts"),
            "On the left you see photographs, on the right enlarged parts of photographs.",
        ),
        (
            ["dreams", "visions"],
            ("Images on the left", "Images on the right"),
            "On both sides you see images made by a computer.",
        ),
    ],
)
def test_a_rating_names_the_two_kinds_that_it_compares(rated, titles, sides):
    texts = texts_of(rated=rated)
    assert tuple(texts[f"title_{name}"] for name in rated) == titles
    assert f" {sides} " in texts["ratings"]
    # Whatever is rated without being named is made images against photographs.
    assert texts_of()["ratings"] == texts_of(rated=["dreams", "photos"])["ratings"]


def test_a_german_rating_names_them_too():
    texts = texts_of("de", rated=["dreams", "soft"])
    assert (texts["title_dreams"], texts["title_soft"]) == ("Vom Computer erzeugt", "Unscharf")
    assert "Links sehen Sie vom Computer erzeugte Bilder, rechts unscharfe vom" in texts["ratings"]


def test_a_study_has_words_of_its_own():
    own = {"title": "A", "card": {"en": "Look {here}.", "de": "Schau."}}
    rated = ["dreams", "visions"]
    english, german = (texts_of(each, rated=rated, dreams=own) for each in ("en", "de"))
    trial = {"condition": "dreams", "n_references": 2, "left_title": None}
    said = [wording.block_card(texts, trial) for texts in (english, german)]
    assert said[0].startswith("Look {here}.\n\nOn the right is what the unit responds to")
    assert said[1].startswith("Schau.\n\nRechts sehen Sie, ")
    assert english["card_visions"] == CARDS["en"]["dreams"]
    assert (english["title_dreams"], english["title_visions"]) == ("A", "Made by a computer")
    # The page before the ratings does not give away what the study's own title keeps quiet.
    assert "On the left you see the images “A”, on the right images made" in english["ratings"]
    assert "Links sehen Sie die Bilder „A“, rechts vom Computer" in german["ratings"]


def test_own_words_have_no_line_ends_of_their_file():
    own = {"title": "Out of the\narchive\n", "card": "Photographs\nof things.\n\nLook.\n"}
    texts = texts_of(rated=["photos", "dreams"], photos=own, dreams={"title": " \n", "card": "\n"})
    assert texts["card_photos"] == "Photographs of things.\n\nLook."
    assert texts["title_photos"] == "Out of the archive"
    assert "the images “Out of the archive”, on the right images made" in texts["ratings"]
    # Nothing but spaces is no words.
    assert texts["card_dreams"] == CARDS["en"]["dreams"]
    assert texts["title_dreams"] == "Made by a computer"
