"""A set of images against the study's photographs: borders, fine detail, diversity."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from conditions.folder import StudyFolder
from stimgen.activations import layer_maps
from stimgen.models.model import Model
from stimgen.synthetic.judged.border import BorderReference, moved_half_round
from stimgen.synthetic.judged.detail import fine_detail
from stimgen.synthetic.judged.photographs import Listed, as_images, read_pictures
from stimgen.synthetic.judged.regions import Borders, borders
from stimgen.synthetic.judged.usual import UsualActivation, usual_activations
from stimgen.synthetic.optimising.objective import similarity
from stimgen.work.workers import OnProgress

# Photographs that go through the network together, and values of their units at a time.
TOGETHER = 10
AT_A_TIME = 1 << 25


@dataclass(frozen=True)
class SetOfImages:
    """A set to be judged.

    ``images`` and ``natural`` are the files of its images and of those of the unit's natural
    images of the pole that it is compared with. ``similarity`` is its own, 0…1.
    """

    unit: str
    pole: str
    layer: str
    channel: int
    similarity: float
    images: Listed
    natural: Listed


@dataclass(frozen=True)
class Judgement:
    """What is found of a set, by column of the report; files that could not be used."""

    found: dict[str, float | bool | None]
    unusable: list[str]


@dataclass
class Judge:
    """Judges sets; knows what is usual of photographs.

    Attributes
    ----------
    pixels : ndarray
        Photographs × side × side × 3, uint8.
    channels : dict of str to list of int
        The units of each layer that there are sets of.
    """

    pixels: np.ndarray
    channels: dict[str, list[int]]
    _colours: Borders = field(init=False, repr=False)
    _detail: float = field(init=False, repr=False)
    # Sets come layer by layer; what is usual in one of many units fills the memory.
    _layer: str | None = field(default=None, init=False, repr=False)
    _usual: dict[int, UsualActivation | None] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """What of photographs does not depend on a network."""
        images = as_images(self.pixels)
        self._colours = borders(images)
        self._detail = float(np.median(fine_detail(images)))

    def judge(
        self, model: Model, one: SetOfImages, images: np.ndarray, natural: np.ndarray
    ) -> dict[str, float | bool | None]:
        """Judge a set; see the report's columns.

        Parameters
        ----------
        model : Model
            The network.
        one : SetOfImages
            The set.
        images, natural : ndarray
            Its images and the natural ones: images × side × side × 3, uint8.
        """
        usual = self._usual_activation(model, one.layer, one.channel)
        own = as_images(images)
        maps = moved = None
        if usual is not None:
            maps, moved = (
                np.concatenate(list(_unit_maps(model, seen, one.layer, [one.channel])))[:, 0]
                for seen in (own, moved_half_round(own))
            )
        detail = float(fine_detail(own).mean())
        alike = float("nan")
        if min(len(images), len(natural)) > 1:
            alike = _similarity(model, as_images(natural), one.layer)
        known = np.isfinite([alike, one.similarity]).all()
        return {
            "border_index": BorderReference(self._colours, usual).index(own, maps, moved),
            "high_frequencies": detail / self._detail if self._detail else float("nan"),
            "natural_similarity": alike,
            "as_diverse": one.similarity <= alike if known else None,
        }

    def _usual_activation(self, model: Model, layer: str, channel: int) -> UsualActivation | None:
        if layer != self._layer:
            self._usual = _usual_of(model, layer, self.channels[layer], self.pixels)
            self._layer = layer
        return self._usual[channel]


def judge_from(
    folder: StudyFolder, photographs: Listed, channels: dict[str, list[int]]
) -> Judge | None:
    """A judge who has seen some photographs; None where they cannot be seen."""
    pixels = read_pictures(folder, photographs).pixels
    return Judge(pixels, channels) if len(pixels) else None


def judge_set(
    folder: StudyFolder,
    model: Model,
    on_progress: OnProgress,
    judge: Judge | None,
    one: SetOfImages,
) -> Judgement | None:
    """Judge a set from its files; None where this machine does not see the study's folder."""
    if judge is None or not folder.stimuli_table.exists():
        return None
    own, natural = (read_pictures(folder, files) for files in (one.images, one.natural))
    unusable = [*own.unusable, *natural.unusable]
    found = {} if own.unusable else judge.judge(model, one, own.pixels, natural.pixels)
    on_progress(1)
    return Judgement(found, unusable)


def _usual_of(
    model: Model, layer: str, channels: list[int], pixels: np.ndarray
) -> dict[int, UsualActivation | None]:
    # Of a unit at one place the others are of no interest.
    if model.readout(layer).pooling.kind == "position":
        return dict.fromkeys(channels)
    parts = (
        part
        for start in range(0, len(pixels), TOGETHER)
        for part in _unit_maps(model, as_images(pixels[start : start + TOGETHER]), layer, channels)
    )
    return dict(zip(channels, usual_activations(parts), strict=True))


def _unit_maps(
    model: Model, images: np.ndarray, layer: str, channels: list[int]
) -> Iterator[np.ndarray]:
    """Units at all positions, some images at a time: images × units × rows × columns."""
    readout, maps = model.readout(layer), _maps(model, images, layer)
    for part in maps.split(max(1, AT_A_TIME // (len(channels) * maps[0, 0].numel()))):
        if readout.dictionary is None:
            units = part[:, channels]
        else:
            units = readout.dictionary.of_maps(part, channels)
        yield units.float().cpu().numpy()


def _similarity(model: Model, images: np.ndarray, layer: str) -> float:
    return float(similarity(_maps(model, images, layer))) / (len(images) - 1)


def _maps(model: Model, images: np.ndarray, layer: str) -> torch.Tensor:
    with torch.inference_mode():
        return layer_maps(model, torch.from_numpy(images).to(model.device), [layer])[layer]
