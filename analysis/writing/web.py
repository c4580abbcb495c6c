"""Sessions in browsers in words, for a paper's section on methods."""

from collections import Counter

from analysis.data.dataset import Dataset
from analysis.data.places import BROWSER_TIMES, is_mixed
from analysis.wording import listed


def web_paragraphs(dataset: Dataset) -> list[str]:
    """What was shown in browsers, and what becomes of their times; none without such sessions."""
    if not dataset.browsers:
        return []
    names = Counter(browser.name for browser in dataset.browsers).most_common()
    told = listed([name if n == 1 else f"{n} × {name}" for name, n in names])
    rates = sorted(b.refresh_hz for b in dataset.browsers if b.refresh_hz is not None)
    hz = ""
    if rates:
        least, most = round(rates[0]), round(rates[-1])
        hz = f" at {least} Hz" if least == most else f" at {least} to {most} Hz"
    pooled = (
        "they are given apart from those of the laboratory, and no test or model has them"
        if is_mixed(dataset.trials)
        else "they serve comparisons within participants, whose machine lags in all conditions"
    )
    return [
        f"Web. Sessions of participants at their own screens ran in browsers ({told}){hz}: the "
        "same condition files and texts, on a page made with jsPsych. An image's pixel was a pixel "
        "of the screen or several of them, or its size was set with a bank card that participants "
        "held against the screen; colours were those of screens as they were. Reaction times are "
        "from the frame in which the browser was to show the images to the key's own time stamp; "
        f"{BROWSER_TIMES}: {pooled}."
    ]
