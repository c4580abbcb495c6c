"""Inception V1 as it is written here against lucent's: outputs, gradients, a step's loss."""

import pytest
import torch
from lucent.modelzoo.inceptionv1.InceptionV1 import InceptionV1 as LucentsInception
from lucent.optvis.objectives import diversity
from lucent.optvis.param.color import to_valid_rgb
from lucent.optvis.param.spatial import fft_image

from stimgen.layers.layer import Layer
from stimgen.models.families.inception import InceptionV1
from stimgen.readouts.readout import Readout
from stimgen.synthetic.images.fourier import FourierImages
from stimgen.synthetic.optimising.objective import UnitObjective


@pytest.fixture(scope="module")
def networks():
    """Lucent's and ours with the same weights, in double precision.

    In single precision the last digit decides which of two nearly equal neighbours a maximum is
    taken from, and with it where the gradient goes.
    """
    torch.manual_seed(0)
    theirs = LucentsInception(pretrained=False).eval().double().requires_grad_(False)
    ours = InceptionV1().eval().double().requires_grad_(False)
    ours.load_state_dict(theirs.state_dict())
    return theirs, ours


PARTS = ("1x1", "3x3", "5x5", "pool_reduce")


def maps_of(net, images: torch.Tensor, layer: str) -> torch.Tensor:
    kept = {}
    for part in PARTS:
        net.get_submodule(f"{layer}_{part}_pre_relu_conv").register_forward_hook(
            lambda module, inputs, output, part=part: kept.__setitem__(part, output)
        )
    net(images)
    for module in net.modules():
        module._forward_hooks.clear()
    return torch.cat([kept[part] for part in PARTS], 1)


@pytest.mark.parametrize("side", [224, 231])
@pytest.mark.parametrize("layer", ["mixed3a", "mixed4c", "mixed5b"])
def test_maps_and_gradients_are_lucents(networks, layer, side):
    start = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(1)).double()
    found = []
    for net in networks:
        images = (start * 255 - 117).requires_grad_(True)
        maps = maps_of(net, images, layer)
        (gradient,) = torch.autograd.grad(maps[:, 7].mean(), images)
        found.append((maps.detach(), gradient))
    (their_maps, their_gradient), (our_maps, our_gradient) = found
    torch.testing.assert_close(our_maps, their_maps, rtol=1e-6, atol=1e-6)
    scale = their_gradient.abs().max()
    torch.testing.assert_close(our_gradient / scale, their_gradient / scale, rtol=0, atol=1e-6)


def test_logits_are_lucents(networks):
    theirs, ours = networks
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(3)).double()
    logits = ours(images * 255 - 117)
    torch.testing.assert_close(logits.softmax(1), theirs(images * 255 - 117), rtol=1e-6, atol=1e-9)


def test_a_steps_loss_and_gradient_are_lucents(networks):
    """The same spectrum, no transformations, one image and several: by lucent's own parts."""
    for count in (1, 3):
        parameters, raw = fft_image((count, 3, 224, 224))
        start = torch.randn(parameters[0].shape, generator=torch.Generator().manual_seed(4))
        with torch.no_grad():
            parameters[0].copy_(start)
        their_maps = maps_of(
            networks[0], to_valid_rgb(raw, decorrelate=True)().double() * 255 - 117, "mixed4a"
        )
        # lucent maximises the mean of the channel and its diversity, negative similarity.
        loss = -their_maps[:, 20].mean() - 100 * diversity("layer")(lambda layer: their_maps)  # noqa: B023
        loss.backward()
        images = FourierImages(224, [torch.Generator()], count, torch.device("cpu"), mean=1)
        with torch.no_grad():
            images.parameters.copy_(start)
        own = UnitObjective(20, "max", 100).loss(
            Readout("mixed4a", Layer("mixed4a", 508, ())),
            maps_of(networks[1], images.images().double() * 255 - 117, "mixed4a"),
        )
        own.backward()
        assert own.item() == pytest.approx(loss.item(), rel=1e-4)
        scale = parameters[0].grad.abs().max()
        torch.testing.assert_close(
            images.parameters.grad / scale, parameters[0].grad / scale, rtol=0, atol=1e-4
        )
