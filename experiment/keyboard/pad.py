"""What keys of the number pad count as, where a study gives them no meaning of their own."""

from collections.abc import Collection

PAD = "num_"
_LIKES = {
    "enter": "return",
    "equal": "equal",
    "subtract": "minus",
    "divide": "slash",
    "decimal": "period",
}
_WITHOUT_NUM_LOCK = {
    "8": "up",
    "2": "down",
    "4": "left",
    "6": "right",
    "7": "home",
    "1": "end",
    "9": "pageup",
    "3": "pagedown",
    "0": "insert",
    "decimal": "delete",
}


def is_pad(name: str) -> bool:
    """Whether a key is one of the number pad."""
    return name.startswith(PAD)


def counts_as(name: str, own: Collection[str], num_lock: bool) -> tuple[str, ...]:
    """Names of other keys that a key of the number pad counts as, the likelier one first.

    Parameters
    ----------
    name : str
        The key by PsychoPy's name, as in ``num_8``.
    own : collection of str
        Keys of the pad that mean something themselves: they count as nothing else.
    num_lock : bool
        Whether NumLock is on: then a digit is a digit. Without it the key may be meant as the
        arrow as well as the digit on its cap, and the question that is asked decides.
    """
    if not is_pad(name) or name in own:
        return ()
    key = name.removeprefix(PAD)
    printed = key if key.isdigit() else _LIKES.get(key)
    names = () if num_lock else (_WITHOUT_NUM_LOCK.get(key),)
    return tuple(like for like in (*names, printed) if like is not None)
