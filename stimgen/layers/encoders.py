"""PyTorch's transformer encoder in its steps, so that each can be read."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

# Its own forward pass asks for a shorter way, which depends on the tensors and hides all steps.


def _encoder(
    encoder: nn.TransformerEncoder,
    src: Tensor,
    mask: Tensor | None = None,
    src_key_padding_mask: Tensor | None = None,
    is_causal: bool | None = None,
) -> Tensor:
    for layer in encoder.layers:
        src = layer(src, mask, src_key_padding_mask, bool(is_causal))
    return src if encoder.norm is None else encoder.norm(src)


def _layer(
    layer: nn.TransformerEncoderLayer,
    src: Tensor,
    src_mask: Tensor | None = None,
    src_key_padding_mask: Tensor | None = None,
    is_causal: bool = False,
) -> Tensor:
    def attended(x: Tensor) -> Tensor:
        return layer._sa_block(x, src_mask, src_key_padding_mask, is_causal)

    if layer.norm_first:
        src = src + attended(layer.norm1(src))
        return src + layer._ff_block(layer.norm2(src))
    src = layer.norm1(src + attended(src))
    return layer.norm2(src + layer._ff_block(src))


# The forward pass of each kind.
ENCODERS: dict[type[nn.Module], Callable[..., Any]] = {
    nn.TransformerEncoder: _encoder,
    nn.TransformerEncoderLayer: _layer,
}
