"""Any network of the package timm, by the name that it has there."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from conditions.errors import StudyError
from stimgen.models.families.preprocess import standardised
from stimgen.models.network import Network
from stimgen.models.weights.files import Tensors, read_weights, refuse_broken, shape_of
from stimgen.models.weights.filling import bare, built, freeze, state_hash
from stimgen.models.weights.wheels import needed

PREFIX = "timm:"


def load_timm(name: str, weights: Path | None, blank: bool = False) -> Network:
    """A network of timm with the weights of a file, or those that timm publishes.

    Mean, standard deviation and side are those of the weights' data configuration (the side that
    they were trained with, where another one is named for tests).

    Parameters
    ----------
    name : str
        ``timm:NAME`` or ``timm:NAME.TAG``, the tag naming one of several published weights.
    weights : Path, optional
        In place of a download; names of older or original files are converted as timm does it.
    blank : bool
        Only the architecture: its weights are random, nothing is read or fetched.

    Raises
    ------
    StudyError
        Where timm is not installed, for an unknown name, for networks whose images are not square
        or have not three colours, and for weights that cannot be had or do not fit.
    """
    timm = needed("timm", name)
    model = name.removeprefix(PREFIX)
    known = _published(timm, name, model)
    if blank:
        net, source = freeze(timm.create_model(model)), "random weights"
    elif weights:
        net, source = _filled(timm, model, weights), str(weights)
    else:
        net, source = _downloaded(timm, name, model, known)
    data = timm.data.resolve_model_data_config(net)
    return Network(
        name,
        net,
        standardised(data["mean"], data["std"]),
        source,
        state_hash(net),
        data["input_size"][1],
        weights_file=weights.expanduser() if weights and not blank else None,
    )


def _published(timm: Any, name: str, model: str) -> Any:
    """What timm knows of the weights, after checking that name and images can be served."""
    base, _, tag = model.partition(".")
    if not timm.is_model(base):
        near = get_close_matches(base, timm.list_models(), n=3)
        meant = f"; near it are {', '.join(near)}" if near else ""
        raise StudyError(f"model {name}: timm {timm.__version__} has no {base!r}{meant}")
    try:
        known = timm.get_pretrained_cfg(model, allow_unregistered=False)
    except RuntimeError as error:
        tags = [entry.partition(".")[2] for entry in timm.list_pretrained(f"{base}.*")]
        raise StudyError(
            f"model {name}: timm {timm.__version__} has no weights {tag!r} of {base}; it has "
            f"{', '.join(tags) or 'none'}"
        ) from error
    channels, height, width = known.input_size
    if channels != 3:
        raise StudyError(f"model {name} takes images of {channels} channels; ours have three")
    if height != width:
        raise StudyError(f"model {name} takes images of {height} × {width} pixels; ours are square")
    return known


def _filled(timm: Any, model: str, weights: Path) -> Any:
    tensors = bare(read_weights(weights))

    def make() -> Any:
        return timm.create_model(
            model, pretrained=True, pretrained_cfg_overlay={"state_dict": tensors}
        )

    try:
        net = built(make, weights)
    except (KeyError, RuntimeError, ValueError, AttributeError, IndexError) as error:
        # timm's conversions look for what they know of a file of that network.
        raise StudyError(
            f"{weights}: weights do not fit the model: timm cannot convert them to {model} "
            f"({type(error).__name__}: {' '.join(str(error).split())})"
        ) from error
    _refuse_resized(net, tensors, weights)
    # timm keeps a second copy beside the network's own.
    net.pretrained_cfg.pop("state_dict", None)
    return net


def _refuse_resized(net: Any, tensors: Tensors, weights: Path) -> None:
    """Raise where timm has interpolated weights that are for another size of images.

    The result would be a network that nobody has trained. Positions of the tokens that are no
    patches may be kept apart, as the networks that have none of them for such tokens do it.
    """
    tokens = getattr(net, "num_prefix_tokens", 0)
    for name, own in net.state_dict().items():
        given = tensors.get(name, own)
        if abs(given.numel() - own.numel()) > tokens * (own.shape[-1] if own.dim() else 1):
            raise StudyError(
                f"{weights}: weights do not fit the model: {name} is {shape_of(given)}, wanted "
                f"{shape_of(own)}: are they for images of another size?"
            )


def _downloaded(timm: Any, name: str, model: str, known: Any) -> tuple[Any, str]:
    if not known.has_weights:
        raise StudyError(
            f"model {name}: timm publishes no weights of it; name a file of them as model.weights "
            "in the study file"
        )
    source = f"https://huggingface.co/{known.hf_hub_id}" if known.hf_hub_id else known.url
    try:
        net = built(lambda: timm.create_model(model, pretrained=True), source)
    except (StudyError, MemoryError):
        raise
    except Exception as error:
        # What a hub, a proxy or a broken file raises is of many kinds.
        raise StudyError(
            f"cannot download the weights of {name} from {source}: "
            f"{' '.join(str(error).split()) or type(error).__name__}; fetch the file elsewhere "
            "and name it as model.weights in the study file"
        ) from error
    refuse_broken(net.state_dict(), source)
    return net, source
