"""What befalls an image."""

import io
from pathlib import Path
from random import Random

from PIL import Image

from tests.fuzz.mutations.mutation import Mutation, replace

_SHOWN = ("check",)


def _saved_again(path: Path, rng: Random) -> str:
    # Whatever is shown differs from what was measured: its hash does.
    mode, kind = rng.choice(["RGB", "L", "RGBA", "1", "P", "CMYK"]), rng.choice(["PNG", "JPEG"])
    side = rng.choice([1, 31, 33, 64])
    with Image.open(path) as image:
        made = image.convert("RGB").resize((side, side)).convert(mode)
    if kind == "JPEG" and mode in ("RGBA", "P", "1"):
        kind = "PNG"
    if kind == "PNG" and mode == "CMYK":
        kind = "JPEG"
    stream = io.BytesIO()
    made.save(stream, kind)
    replace(path, stream.getvalue())
    return f"{mode} {kind} of {side} px"


def _bomb(path: Path, rng: Random) -> str:
    """A header that promises more pixels than any memory has."""
    content = bytearray(path.read_bytes())
    content[16:24] = (1 << 30).to_bytes(4, "big") * 2
    replace(path, bytes(content))
    return "a header of 2^60 pixels"


MUTATIONS = (
    Mutation("saved again", _saved_again, ("*.png",), _SHOWN),
    Mutation("promises", _bomb, ("*.png",), _SHOWN),
)
