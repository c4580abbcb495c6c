"""How the values of a layer are laid out: which axis is channels, which are positions."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Layout:
    """The axes of a layer's values, the first of which is always the image.

    Attributes
    ----------
    channel : int
        Axis of the channels.
    rows, columns : int or None
        Axes of a map's rows and columns.
    tokens : int or None
        Axis of the tokens of a transformer.
    prefix : tuple of int
        Places of those tokens that are no patches, the class token, then registers: counted from
        the first token, or from the last, -1, where they come after the patches.
    side : int or None
        Patches a row of the image, where the patches form a square in the order of reading.

    Axes that are neither are positions without a place in the image, for example those of a window.
    """

    channel: int
    rows: int | None = None
    columns: int | None = None
    tokens: int | None = None
    prefix: tuple[int, ...] = ()
    side: int | None = None

    @property
    def has_grid(self) -> bool:
        """Whether positions have a row and a column."""
        return self.rows is not None or self.side is not None

    def maps(self, values: torch.Tensor) -> torch.Tensor:
        """The values by channel and position, without tokens that are no patches.

        Returns
        -------
        Tensor
            N × channels × rows × columns; N × channels × positions × 1 where there is no grid, and
            N × channels × 1 × 1 where there is one value a channel. A view where that is possible.
        """
        if self.rows is not None and self.columns is not None:
            order = (0, self.channel, self.rows, self.columns)
            return values if order == (0, 1, 2, 3) else values.permute(order)
        if self.tokens is None:
            moved = values.movedim(self.channel, 1)
            return moved.flatten(2)[..., None] if moved.dim() > 2 else moved[..., None, None]
        patches = self._patches(values).permute(0, self.channel, self.tokens)
        if self.side is None:
            return patches[..., None]
        return patches.unflatten(2, (-1, self.side_of(patches.shape[2])))

    def token(self, values: torch.Tensor, place: int) -> torch.Tensor:
        """The values of a token that is no patch: N × channels × 1 × 1."""
        assert self.tokens is not None  # refused where there are none
        return values.select(self.tokens, self.prefix[place])[..., None, None]

    def side_of(self, patches: int) -> int:
        """Patches a row of a square image that has so many."""
        return round(patches**0.5)

    def __str__(self) -> str:
        if self.tokens is not None:
            return "N×T×C" if self.channel == 2 else "N×C×T"
        if self.rows is not None and self.columns is not None:
            letters = {self.channel: "C", self.rows: "H", self.columns: "W"}
            return "×".join(["N", *(letters[axis] for axis in sorted(letters))])
        return "N×C" if self.channel == 1 else f"N×{'P×' * (self.channel - 1)}C"

    def _patches(self, values: torch.Tensor) -> torch.Tensor:
        assert self.tokens is not None
        count = len(self.prefix)
        if self.prefix == tuple(range(count)):
            # Leading tokens, as always so far: a view.
            return values.narrow(self.tokens, count, values.shape[self.tokens] - count)
        length = values.shape[self.tokens]
        left_out = {place % length for place in self.prefix}
        kept = [i for i in range(length) if i not in left_out]
        return values.index_select(self.tokens, torch.tensor(kept, device=values.device))
