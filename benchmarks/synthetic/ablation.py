"""Our feature visualisation with one of its ideas taken back, or with one more."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import torch
from lucent.optvis import objectives
from lucent.optvis import transform as lucent_transform
from torch import nn

from benchmarks.synthetic.compared import MARGIN, SIDE, Run, Subject, our_run
from stimgen.models.model import Model
from stimgen.models.stem import QuickStem
from stimgen.synthetic.optimising import objective, optimise


def ablations(subject: Subject, depth: str, channel: int) -> dict[str, Callable[[int, int], Run]]:
    """Runs to compare, by what is changed; each is called with a seed and the number of steps."""

    def run(seed: int, steps: int, model: Model = subject.ours, **how: object) -> Run:
        changed = dataclasses.replace(subject, ours=model)
        return our_run(changed, depth, channel, seed, steps, **how)

    def with_part(part: Callable, **changes: object) -> Callable[[int, int], Run]:
        def changed(seed: int, steps: int) -> Run:
            with part():
                return run(seed, steps, **changes)

        return changed

    return {
        "nothing": run,
        "without keeping big blocks of memory": lambda *a: run(*a, keep=False),
        "without freezing the weights": with_part(lambda: _trainable(subject.ours.net)),
        "without stopping at the layer": with_part(
            lambda: patch.object(optimise, "layer_maps", _maps)
        ),
        "without the rewritten network": lambda *a: run(*a, model=_stock(subject)),
        "without the folded first convolution": with_part(
            lambda: patch.object(QuickStem, "forward", nn.Conv2d.forward)
        ),
        "without channels_last": with_part(lambda: _contiguous(subject.ours.net)),
        "without the single resampling": with_part(_resampled_in_turn),
        "with lucent's margin": lambda *a: run(*a, side=SIDE + 2 * MARGIN),
        "without our gradient of similarity": with_part(_similarity_by_pairs),
        "with mixed precision": lambda *a: run(*a, precision="mixed"),
    }


@contextmanager
def _trainable(net: nn.Module) -> Iterator[None]:
    net.requires_grad_(True)
    yield
    net.requires_grad_(False).zero_grad(set_to_none=True)


def _maps(model: Model, images: torch.Tensor, layers: list[str]) -> dict[str, torch.Tensor]:
    """The layer's maps from a pass through the whole network."""
    (layer,) = layers
    kept: dict[str, torch.Tensor] = {}
    handles = [
        model.net.get_submodule(path).register_forward_hook(
            lambda module, inputs, output, path=path: kept.__setitem__(path, output)
        )
        for path in model.layer(layer).sources
    ]
    model.net(model.preprocess(images).contiguous(memory_format=torch.channels_last))
    for handle in handles:
        handle.remove()
    return {layer: torch.cat([kept[path] for path in model.layer(layer).sources], 1)}


@contextmanager
def _contiguous(net: nn.Module) -> Iterator[None]:
    """The weights' format decides that of all that follows the first convolution."""
    net.to(memory_format=torch.contiguous_format)
    real = torch.Tensor.contiguous
    with patch.object(torch.Tensor, "contiguous", lambda tensor, **_: real(tensor)):
        yield
    net.to(memory_format=torch.channels_last)


def _stock(subject: Subject) -> Model:
    """Lucent's or the package's own network; frozen and in channels_last as ours is."""
    net = subject.bare_stock().eval().requires_grad_(False)
    return dataclasses.replace(subject.ours, net=net.to(memory_format=torch.channels_last))


_LUCENTS = [
    lucent_transform.jitter(16),
    lucent_transform.random_scale([1, 0.975, 1.025, 0.95, 1.05]),
    lucent_transform.random_rotate(list(range(-5, 6))),
    lucent_transform.jitter(8),
]


@contextmanager
def _resampled_in_turn() -> Iterator[None]:
    def transform(images: torch.Tensor, *_: object, **__: object) -> torch.Tensor:
        moved = lucent_transform.compose(_LUCENTS)(images)
        # Of the same size as ours, so that this alone is compared.
        top = (moved.shape[-1] - SIDE) // 2
        return moved[..., top : top + SIDE, top : top + SIDE]

    with patch.object(optimise, "transform", transform):
        yield


def _similarity_by_pairs():
    def similarity(sets: torch.Tensor) -> torch.Tensor:
        alike = [-objectives.diversity("layer")(lambda layer, own=own: own) for own in sets]
        return torch.stack(alike)

    return patch.object(objective, "similarity", similarity)
