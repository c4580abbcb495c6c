"""Weights out of an ONNX file, where an exporter has left names to only some of them."""

from pathlib import Path
from typing import Any, TypeVar

import torch

from conditions.errors import StudyError
from stimgen.models.weights.wheels import needed

Found = TypeVar("Found")


class OnnxWeights:
    """Tensors that an ONNX file was saved with.

    PyTorch's exporter keeps the names of parameters that it saves as they are. The weights of
    linear layers it transposes, and constants that it computes it makes up: those have names like
    ``onnx::MatMul_1966`` and are known only by the operation that takes them.

    Parameters
    ----------
    path : Path
        The file; ``~`` is the home folder.
    model : str
        Name of the model that needs it, for messages.

    Raises
    ------
    StudyError
        Where the package ``onnx`` is missing, or the file cannot be read.
    """

    def __init__(self, path: Path, model: str) -> None:
        onnx = needed("onnx", model)
        self.path = path
        try:
            graph = onnx.load(path.expanduser()).graph
            self._tensors = {
                saved.name: torch.from_numpy(onnx.numpy_helper.to_array(saved).copy())
                for saved in graph.initializer
            }
        except FileNotFoundError as error:
            raise StudyError(f"{path}: no such file; it is to hold {model}'s weights") from error
        except Exception as error:
            # protobuf's, onnx's and numpy's, which have no ancestor in common.
            said = str(error).partition("\n")[0]
            raise StudyError(f"{path}: not an ONNX file with its weights: {said}") from error
        self._nodes: list[Any] = list(graph.node)
        self._makers = {made: node for node in self._nodes for made in node.output}

    def tensor(self, name: str) -> torch.Tensor:
        """A tensor by its name in the file.

        Raises
        ------
        StudyError
            Where there is none of that name.
        """
        if name not in self._tensors:
            raise StudyError(f"{self.path}: no tensor {name}; it is another network's file")
        return self._tensors[name]

    def linear(self, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        """Weight (outputs × inputs) and bias (outputs) of a linear layer.

        The bias has kept its name. It is added to a product, and the other factor is the weight.

        Parameters
        ----------
        name : str
            Of the layer when the file was saved; its bias is ``NAME.bias``.

        Raises
        ------
        StudyError
            Where no such bias is added to a product with a saved tensor.
        """
        bias = f"{name}.bias"
        sums = [n for n in self._nodes if n.op_type == "Add" and bias in n.input]
        products = [self._makers[v] for n in sums for v in n.input if v in self._makers]
        factors = [
            self._tensors[value]
            for node in products
            if node.op_type == "MatMul"
            for value in node.input
            if value in self._tensors
        ]
        weight = self._only(factors, f"weight in the product that {bias} is added to")
        return weight.T, self.tensor(bias)

    def joined(self) -> list[torch.Tensor]:
        """The saved tensors that a concatenation joins, in its order.

        Of each part it is the tensor that the part is made from; at least one is joined as it was
        saved, which tells this concatenation from those of values and shapes.

        Raises
        ------
        StudyError
            Where there is none, or several.
        """
        found = [
            node
            for node in self._nodes
            if node.op_type == "Concat" and any(value in self._tensors for value in node.input)
        ]
        joint = self._only(found, "concatenation of saved tensors")
        return [self._behind(value) for value in joint.input]

    def _behind(self, value: str) -> torch.Tensor:
        """The saved tensor that a value is made from, by operations that take it first."""
        while value not in self._tensors and value in self._makers and self._makers[value].input:
            value = self._makers[value].input[0]
        return self.tensor(value)

    def _only(self, found: list[Found], what: str) -> Found:
        if len(found) != 1:
            raise StudyError(
                f"{self.path}: {len(found)} instead of one {what}; it is another network's file"
            )
        return found[0]
