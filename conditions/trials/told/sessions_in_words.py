"""What a participant's sessions hold and how long they take, in words."""

from conditions.study.study import Study
from conditions.trials.durations import minutes_around, session_minutes


def sessions_in_words(study: Study) -> str:
    """A paragraph for the methods section; empty for a study of one session."""
    if not study.sessions:
        return ""
    held = [
        f"{number} ({content.words}; {_minutes(least, most)})"
        for number, (content, (least, most)) in enumerate(
            zip(study.sessions, session_minutes(study), strict=True), start=1
        )
    ]
    text = f"Sessions. Each participant came {len(held)} times: sessions {', '.join(held)}."
    first, last = minutes_around(study)
    besides = [
        f"{what} were in {where} session (about {_rounded(minutes)})"
        for what, where, minutes in (
            ("ratings at the beginning", "the first", first),
            (_at_the_end(study), "the last", last),
        )
        if minutes
    ]
    if besides:
        said = " and ".join(besides)
        text += f" {said[0].upper()}{said[1:]}."
    if study.session_orders:
        orders = "; ".join(", ".join(map(str, order)) for order in study.session_orders)
        text += f" Order of the sessions by (p − 1) mod {len(study.session_orders)}: {orders}."
    else:
        text += " All participants had them in this order."
    if words := study.between_sessions.words:
        text += f" Between two sessions lay {words}."
    return text


def _at_the_end(study: Study) -> str:
    rated = ["ratings at the end"] if "end" in study.intuitiveness else []
    return " and ".join([*(["repeats"] if study.repeats else []), *rated])


def _minutes(least: float, most: float) -> str:
    if round(least) == round(most):
        return f"about {_rounded(most)}"
    return f"about {least:.0f} to {_rounded(most)}"


def _rounded(minutes: float) -> str:
    if minutes < 1:
        return "a minute or less"
    return f"{minutes:.0f} minute{'' if round(minutes) == 1 else 's'}"
