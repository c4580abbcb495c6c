"""Reduced precision."""

from contextlib import AbstractContextManager

import torch


def autocast(device: torch.device, enabled: bool) -> AbstractContextManager:
    """Automatic mixed precision: float16 on a GPU, bfloat16 on a CPU."""
    dtype = torch.float16 if device.type == "cuda" else torch.bfloat16
    return torch.autocast(device.type, dtype=dtype, enabled=enabled)
