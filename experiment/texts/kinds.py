"""The texts of a session: those of a language, with the words for the study's own kinds."""

from conditions.study.kinds.kind import ReferenceKind, References
from conditions.study.study import Study
from experiment.texts.languages import Texts, flowing, load_texts


def session_texts(study: Study, language: str) -> Texts:
    """All texts of a session by key.

    Beside those of :func:`load_texts` there are, for every kind of the study by its NAME,
    ``card_NAME`` (what is said before a block) and, for the two kinds that are rated,
    ``title_NAME`` (what stands above its images). ``ratings`` names these two. ``consent`` is the
    study's text that participants agree to, if it has one; nothing is to be filled into it.

    Raises
    ------
    StudyError
        Where the language has no texts.
    """
    texts = load_texts(language)
    kinds = study.references
    cards, titles = (_own(study, field, language) for field in ("card", "title"))
    words = {f"card_{name}": cards.get(name) or _card(texts, kinds, name) for name in kinds}
    if study.consent is not None:
        words["consent"] = study.consent.read_in(language)
    if rated := study.left_and_right:
        words |= _above(texts, kinds, titles, rated)
        words["ratings"] = texts["ratings"].format(sides=_sides(texts, kinds, titles, rated))
    return texts | words


def _own(study: Study, field: str, language: str) -> Texts:
    """The texts that kinds have of their own, by name; lines end where the screen does."""
    own = {}
    for name, kind in study.references.items():
        said = getattr(kind, field)
        # Of every language that the study has: it is checked when it is read.
        if said is not None:
            own[name] = flowing(said[language] if isinstance(said, dict) else said)
    return {name: words for name, words in own.items() if words}


def _card(texts: Texts, kinds: References, name: str) -> str:
    kind = kinds[name]
    if kind.HAS_FILES:
        return texts["all_are"].format(are=_are(texts, kinds, kind))
    first, second = (_are(texts, kinds, kinds[source]) for source in kind.sources)
    if first == second:
        return texts["all_are"].format(are=first)
    return texts["half_are"].format(first=first, second=second)


def _are(texts: Texts, kinds: References, kind: ReferenceKind) -> str:
    return texts[f"are_{kind.kind}"].format(images=_images(texts, kinds, kind))


def _images(texts: Texts, kinds: References, kind: ReferenceKind) -> str:
    """What images are, as a noun: of those that are made of others, what they were is said too."""
    of = [_images(texts, kinds, kinds[source]) for source in kind.sources]
    return texts[f"images_{kind.kind}"].format(of="".join(of))


def _above(texts: Texts, kinds: References, titles: Texts, rated: tuple[str, str]) -> Texts:
    """Titles of the two grids; where they would be the same, only the sides."""
    left, right = (titles.get(name) or texts[f"heading_{kinds[name].kind}"] for name in rated)
    if left == right:
        left, right = texts["heading_left"], texts["heading_right"]
    return {f"title_{rated[0]}": left, f"title_{rated[1]}": right}


def _sides(texts: Texts, kinds: References, titles: Texts, rated: tuple[str, str]) -> str:
    """What is said of the two grids: with the study's own title, nothing that it does not say."""
    left, right = (
        texts["rated_titled"].format(title=titles[name])
        if name in titles
        else _images(texts, kinds, kinds[name])
        for name in rated
    )
    if left == right:
        return texts["rated_alike"].format(images=left)
    return texts["rated_two"].format(left=left, right=right)
