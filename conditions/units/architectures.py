"""Layers and channels of the networks that units can be sampled from without loading them."""

from dataclasses import dataclass

from conditions.errors import StudyError
from conditions.study.study import Study


@dataclass(frozen=True)
class LayerChannels:
    """Channels of a layer; ``branches`` gives each branch's exclusive upper channel."""

    channels: int
    branches: tuple[tuple[str, int], ...] = ()

    def branch_of(self, channel: int) -> str | None:
        """Branch that a channel lies in, or None where the layer has none."""
        return next((name for name, upper in self.branches if channel < upper), None)

    def channels_of(self, branch: str | None) -> range:
        """Channels of a branch, or of the whole layer for None; empty for an unknown branch."""
        if branch is None:
            return range(self.channels)
        lower = 0
        for name, upper in self.branches:
            if name == branch:
                return range(lower, upper)
            lower = upper
        return range(0)


def _inception(*uppers: int) -> LayerChannels:
    branches = tuple(zip(("1x1", "3x3", "5x5", "pool"), uppers, strict=True))
    return LayerChannels(uppers[-1], branches)


ARCHITECTURES: dict[str, dict[str, LayerChannels]] = {
    # The channels of a module are the outputs of its branches, one after the other. As in Lucid's
    # model zoo: mixed4a has 508 channels, not the 512 of the original architecture.
    "inceptionv1": {
        "mixed3a": _inception(64, 192, 224, 256),
        "mixed3b": _inception(128, 320, 416, 480),
        "mixed4a": _inception(192, 396, 444, 508),
        "mixed4b": _inception(160, 384, 448, 512),
        "mixed4c": _inception(128, 384, 448, 512),
        "mixed4d": _inception(112, 400, 464, 528),
        "mixed4e": _inception(256, 576, 704, 832),
        "mixed5a": _inception(256, 576, 704, 832),
        "mixed5b": _inception(384, 768, 896, 1024),
    },
    "efficientnet_lite0": {
        f"block{i:02d}": LayerChannels(channels)
        for i, channels in enumerate(
            [16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112, 192, 192, 192, 192, 320]
        )
    },
}


def layers_of(study: Study) -> dict[str, LayerChannels]:
    """The layers and readouts of a study whose channels are known here, without the network."""
    model = study.model
    given = {name: LayerChannels(n) for name, n in model.channels.items()}
    known = ARCHITECTURES.get(model.name, {}) | given
    plain = {
        name: known[readout.layer]
        for name, readout in study.readouts.items()
        if readout.map is None and readout.layer in known
    }
    return plain | known


def check_readouts(study: Study) -> None:
    """Check the layers of a study's readouts, where the model's are known.

    Raises
    ------
    StudyError
        Where a readout reads a layer that the model lacks, or is called as one that it has.
    """
    known, model = ARCHITECTURES.get(study.model.name), study.model.name
    if known is None:
        return
    for name, readout in study.readouts.items():
        if name in known:
            raise StudyError(
                f"readouts.{name}: model {model} has a layer of that name; give it a name of its "
                "own"
            )
        if readout.layer not in known:
            raise StudyError(
                f"readouts.{name}: model {model} has no layer {readout.layer!r}; it has "
                f"{', '.join(known)}"
            )


def check_unit(study: Study, layer: str, channel: int) -> None:
    """Check that a unit exists, where the model's layers are known.

    Raises
    ------
    StudyError
        Names what exists.
    """
    known, name = layers_of(study), study.model.name
    if layer not in known:
        if name in ARCHITECTURES and layer not in study.readouts:
            there = [*ARCHITECTURES[name], *study.readouts]
            raise StudyError(f"model {name} has no layer {layer!r}; it has {', '.join(there)}")
        return
    if channel >= known[layer].channels:
        raise StudyError(
            f"layer {layer} of model {name} has no channel {channel}; "
            f"it has 0 to {known[layer].channels - 1}"
        )
