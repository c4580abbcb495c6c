"""Which axis of a value is what, told by what changes with the height and width of the image."""

from collections.abc import Sequence

from stimgen.layers.layout import Layout

Shape = tuple[int, ...]


def layout_by_size(shapes: Sequence[Shape]) -> Layout | None:
    """The layout of a value whose axes are told apart by images of three sizes.

    Parameters
    ----------
    shapes : sequence of tuple of int
        Of the value for square images, for higher and for wider ones: axes that grow with the
        height are rows, with the width columns, with both tokens, with neither channels. The
        numbers of images differ, so that their axis is known as well.

    Returns
    -------
    Layout or None
        None where that does not decide: there is one size only, no axis changes, or several may be
        the channels.
    """
    if len(shapes) < 3 or len({len(shape) for shape in shapes}) > 1:
        return None
    square, higher, wider = shapes
    places: dict[str, list[int]] = {"rows": [], "columns": [], "tokens": [], "channels": []}
    for axis in range(1, len(square)):
        grows = (higher[axis] != square[axis], wider[axis] != square[axis])
        kind = {(True, False): "rows", (False, True): "columns", (True, True): "tokens"}
        places[kind.get(grows, "channels")].append(axis)
    counts = tuple(len(found) for found in places.values())
    if counts == (1, 1, 0, 1):
        return Layout(places["channels"][0], rows=places["rows"][0], columns=places["columns"][0])
    if counts == (0, 0, 1, 1) and len(square) == 3:
        return Layout(places["channels"][0], tokens=places["tokens"][0])
    return None


def grows(shapes: Sequence[Shape]) -> bool:
    """Whether a value has axes that change with the size of the image."""
    return any(shape[1:] != shapes[0][1:] for shape in shapes)


def layout_of_vector(shape: Shape) -> Layout | None:
    """The layout of a value with one number a channel, or None where it has several.

    >>> layout_of_vector((3, 1, 1, 40)).channel
    3
    """
    if len(shape) == 2:
        return Layout(1)
    wide = [axis for axis in range(1, len(shape)) if shape[axis] > 1]
    if len(shape) == 4 and len(wide) == 1:
        # A map of one position: its channels are where those of all maps are.
        rest = [axis for axis in (1, 2, 3) if axis != wide[0]]
        return Layout(wide[0], rows=rest[0], columns=rest[1])
    return Layout(wide[0]) if len(wide) == 1 and len(shape) == 3 else None
