"""The page that shows once more, large, which key says what: right before the first block."""

from conditions.study.answering import Keys
from experiment.screen.layout import TEXT_HEIGHT
from experiment.screen.page import headline, hint_of
from experiment.screen.pages import Pages
from experiment.screen.window import Stimulus, Window, length, size_of, text
from experiment.texts.languages import Texts, as_printed, go_on_hint, keys_label

# Shares of the screen's height: the middles of the rows.
_ROWS = 0.12, -0.14
# Of a key above and its meaning below the middle of their row.
_KEY, _MEANING = 0.035, -0.045
# Shares of the screen's width: what a row takes at most, and how much of a column a text may.
_WIDEST, _FILLED = 0.9, 0.86
# A column in pixels of a usual screen, unless what stands in it is wider, and what is between two.
_COLUMN, _BETWEEN = 420, 120
QUERIES, LEVELS = ("upper", "lower"), ("low", "middle", "high")

# A key as it is printed, and what it says.
Cell = tuple[str, str]


def show_keys(window: Window, pages: Pages, texts: Texts, keys: Keys, seconds: float) -> None:
    """Show the page until the key is pressed that goes on, ``seconds`` at least.

    Raises
    ------
    StoppedError
        Where the operator stops the session.
    """
    *fixed, hint = summary_of_keys(window, texts, keys)
    pages.wait(lambda: [each.draw() for each in fixed], hint.draw, seconds, "keys")


def summary_of_keys(window: Window, texts: Texts, keys: Keys) -> list[Stimulus]:
    """All that the page shows; the hint comes last."""
    title = headline(window, texts["summary_title"])
    hint = hint_of(window, go_on_hint(texts, keys.go_on))
    rows = zip(_ROWS, rows_of(texts, keys), strict=True)
    return [title, *(each for up, row in rows for each in _row(window, row, up)), hint]


def rows_of(texts: Texts, keys: Keys) -> list[list[Cell]]:
    """Keys with what they say: a row a question, or a row an image where one key says all."""
    texts = as_printed(texts)
    if keys.mode == "two_stage":
        images = [(keys_label(texts, getattr(keys, q)), texts[f"means_{q}"]) for q in QUERIES]
        levels = zip(keys.confidence, LEVELS, strict=True)
        return [images, [(keys_label(texts, k), texts[f"means_{level}"]) for k, level in levels]]
    return [
        [
            (keys_label(texts, names), f"{texts[f'means_{query}']}\n{texts[f'means_{level}']}")
            for names, level in zip(row, LEVELS, strict=True)
        ]
        for query, row in (("upper", keys.upper_confidence), ("lower", keys.lower_confidence))
    ]


def _row(window: Window, row: list[Cell], up: float) -> list[Stimulus]:
    """The keys of a row side by side, each above what it says."""
    width, height = size_of(window)
    above, below = (round((up + away) * height) for away in (_KEY, _MEANING))
    keys = [text(window, key, (0, above), TEXT_HEIGHT + 26, bold=True) for key, _ in row]
    meanings = [text(window, says, (0, below)) for _, says in row]
    widest = max(each.boundingBox[0] for each in (*keys, *meanings))
    wanted = max(length(window, _COLUMN), widest + length(window, _BETWEEN))
    column = min(_WIDEST * width / len(row), wanted)
    for alike in (keys, meanings):
        for stimulus in alike:
            stimulus.narrow(_FILLED * column)
        smallest = min(stimulus.height for stimulus in alike)
        for i, stimulus in enumerate(alike):
            stimulus.resize(smallest)
            stimulus.pos = (round((i - (len(row) - 1) / 2) * column), stimulus.pos[1])
    return [*keys, *meanings]
