"""Learned measures of image similarity: LPIPS and DreamSim, where they are installed.

References
----------
Zhang, R., Isola, P., Efros, A. A., Shechtman, E., & Wang, O. (2018). The unreasonable
effectiveness of deep features as a perceptual metric. CVPR.
Fu, S., Tamir, N., Sundaram, S., Chai, L., Zhang, R., Dekel, T., & Isola, P. (2023). DreamSim:
Learning new dimensions of human visual similarity using synthetic data. NeurIPS.
"""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.provenance.facts import versions
from experiment.observers.embeddings.embedding import OBSERVER, VectorEmbedding, read_image

if TYPE_CHECKING:
    import torch

TRUNKS = {"alex": "alexnet", "vgg": "vgg16", "squeeze": "squeezenet1_1"}
KINDS = ("ensemble", "dino_vitb16", "clip_vitb32", "open_clip_vitb32", "dinov2_vitb14")


class Lpips:
    """One minus the LPIPS distance of two images, version 0.1.

    Parameters
    ----------
    trunk : str
        ``alex``, ``vgg`` or ``squeeze``.
    weights : Path, optional
        torchvision's state dict of the trunk; by default downloaded. The linear weights come with
        the package.

    Raises
    ------
    StudyError
        Where the package is not installed, and for weights that cannot be had or do not fit.
    """

    role = OBSERVER

    def __init__(self, trunk: str = "alex", weights: Path | None = None) -> None:
        self.name = f"lpips:{trunk}"
        if trunk not in TRUNKS:
            raise StudyError(f"embedding lpips:{trunk}: wanted lpips:{', lpips:'.join(TRUNKS)}")
        try:
            import lpips
            import torch
        except ModuleNotFoundError as error:
            raise _missing(self.name, error) from error
        self._torch = torch
        try:
            with warnings.catch_warnings():
                # lpips asks torchvision for its trunk in the old way.
                warnings.simplefilter("ignore", UserWarning)
                self._net = lpips.LPIPS(net=trunk, pnet_rand=weights is not None, verbose=False)
        except OSError as error:
            raise StudyError(
                f"embedding {self.name}: cannot download the weights of {TRUNKS[trunk]}: {error}; "
                "fetch torchvision's file elsewhere and name it with --weights"
            ) from error
        if weights:
            _fill(self._net.net, weights)
        self._net.requires_grad_(False)
        self._folder = Path()
        self.facts = {
            "similarity": "1 - LPIPS 0.1",
            "weights_source": str(weights) if weights else f"torchvision {TRUNKS[trunk]}",
            "weights_sha256": sha256_of(weights) if weights else None,
            "versions": versions(("lpips", "torch")),
        }

    def look(self, folder: Path, images: list[str]) -> None:
        """Note where the images are; they are read trial by trial."""
        self._folder = folder

    def similarities(self, queries: list[str], references: list[str]) -> np.ndarray:
        """One minus the distances; at most 1."""
        torch = self._torch
        first, second = (
            torch.stack([self._tensor(image) for image in images])
            for images in (queries, references)
        )
        with torch.inference_mode():
            rows = [self._net(query.expand_as(second), second).flatten() for query in first]
        return 1 - torch.stack(rows).numpy()

    def _tensor(self, image: str) -> "torch.Tensor":
        pixels = np.asarray(read_image(self._folder / image), dtype=np.float32)
        return self._torch.from_numpy(pixels.transpose(2, 0, 1) / 127.5 - 1)


def dreamsim(kind: str = "ensemble", weights: Path | None = None) -> VectorEmbedding:
    """The embedding of DreamSim, whose distance is one minus the cosine of its vectors.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    weights : Path, optional
        The folder that its weights were unpacked to; by default downloaded beside torch's.

    Raises
    ------
    StudyError
        Where the package is not installed, and for weights that cannot be had.
    """
    name = f"dreamsim:{kind}"
    if kind not in KINDS:
        raise StudyError(f"embedding {name}: wanted one of {', '.join(KINDS)}")
    if weights and not weights.is_dir():
        raise StudyError(f"{weights}: no such folder; it is to hold the weights of DreamSim")
    try:
        import torch
        from dreamsim import dreamsim as load
    except ModuleNotFoundError as error:
        raise _missing(name, error) from error
    hub = torch.hub.get_dir()
    folder = weights or Path(hub) / "dreamsim"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        model, prepare = load(
            pretrained=True, device="cpu", cache_dir=str(folder), dreamsim_type=kind
        )
    except OSError as error:
        raise StudyError(
            f"embedding {name}: no weights in {folder}, and they cannot be downloaded: {error}; "
            "fetch and unpack them elsewhere and name their folder with --weights"
        ) from error
    finally:
        # dreamsim leaves torch's own folder of downloads pointing at its weights.
        torch.hub.set_dir(hub)

    def embed(images: list[Image.Image]) -> np.ndarray:
        with torch.inference_mode():
            return torch.cat([model.embed(prepare(image)) for image in images]).numpy()

    facts = {
        "weights_source": str(weights) if weights else "downloaded by dreamsim",
        "weights_sha256": {
            path.relative_to(folder).as_posix(): sha256_of(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and kind.split("_")[0] in path.as_posix()
        },
        "versions": versions(("dreamsim", "torch")),
    }
    return VectorEmbedding(name, OBSERVER, facts, embed, centred=False)


def _missing(name: str, error: ModuleNotFoundError) -> StudyError:
    return StudyError(
        f"embedding {name}: {error.name} is not installed; "
        "pip install -r requirements-similarity.txt"
    )


def _fill(trunk: "torch.nn.Module", weights: Path) -> None:
    """Load torchvision's features into the slices that LPIPS cuts them into."""
    import torch

    try:
        state = torch.load(weights, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise StudyError(f"{weights}: no such file; it is to hold the trunk's weights") from error
    except Exception as error:
        said = str(error).partition("\n")[0]
        raise StudyError(f"{weights}: not a file of weights only: {said}") from error
    if not isinstance(state, dict):
        raise StudyError(f"{weights}: found {type(state).__name__}, wanted weights by their names")
    wanted = trunk.state_dict()
    # net.slice2.3.weight is features.3.weight there.
    found = {key: state.get(f"features.{key.partition('.')[2]}") for key in wanted}
    for key, value in found.items():
        if value is None or value.shape != wanted[key].shape:
            raise StudyError(f"{weights}: weights do not fit the trunk of LPIPS: {key}")
    trunk.load_state_dict(found)
