"""Running out of memory on a GPU or CPU, as an error of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from conditions.errors import StudyError


class OutOfMemoryError(StudyError):
    """The device has too little free memory for a batch; half of it may fit."""


@contextmanager
def memory_watched(device: torch.device) -> Iterator[None]:
    """Raise :class:`OutOfMemoryError` where PyTorch finds no memory; what it kept is let go."""
    try:
        yield
    except RuntimeError as error:
        # The CPU's allocator has no error of its own.
        if not (isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)):
            raise
        free = OutOfMemoryError(
            f"out of memory on {device}: is another program using it? Otherwise a smaller network, "
            "smaller images, or a GPU with more memory is needed"
        )
    else:
        return
    # Outside of the handler: the first error's traceback holds on to the tensors.
    if device.type == "cuda":
        torch.cuda.empty_cache()
    raise free
