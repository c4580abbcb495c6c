"""The command lines: help for a stranger, one clear message for a mistake."""

import pytest
import yaml

from tests.conftest import command, in_process


@pytest.mark.parametrize("room", ["conditions", "stimgen", "experiment", "analysis"])
def test_help_names_the_commands(room):
    done = command(room, "--help")
    assert done.returncode == 0
    assert "Commands" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("conditions", "build", "no_such", "--participants", "1"), "no_such: neither a folder"),
        (("conditions", "build", "demo", "--participants", "3-1"), "'3-1' is no range"),
        (("stimgen", "layers", "no_such_model"), "unknown model 'no_such_model'"),
        (("experiment", "run", "demo", "--participant", "1"), "participant-001.csv: no such file"),
        (("experiment", "run", "demo", "--participant", "1", "--rig", "nowhere"), "rig nowhere"),
    ],
)
def test_a_mistake_is_one_clear_message_and_exit_code_2(arguments, words, tmp_path):
    root = [] if arguments[1] == "layers" else ["--root", str(tmp_path)]
    done = in_process(*arguments, *root)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_misspelt_field_names_the_nearest_one(demo, tmp_path):
    demo["natural"]["batchs"] = demo["natural"].pop("batches")
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(demo), encoding="utf-8")
    done = command("conditions", "build", str(path), "--participants", "1", "--root", str(tmp_path))
    assert done.returncode == 2
    assert f"{path}: unknown field natural.batchs; did you mean batches?" in done.stderr


def test_a_unit_that_the_model_lacks_is_named_with_what_exists(demo, tmp_path):
    demo["units"]["main"][0] = "block02_0024"
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(demo), encoding="utf-8")
    for room, *arguments in (
        ("conditions", "describe", str(path)),
        ("conditions", "build", str(path), "--participants", "1", "--root", str(tmp_path / "new")),
        ("experiment", "rehearsal", str(path), "--root", str(tmp_path / "new")),
    ):
        done = in_process(room, *arguments)
        assert done.returncode == 2
        assert "study.yaml: units: block02_0024: " in done.stderr.replace(
            "rehearsal_demo.yaml", "study.yaml"
        )
        assert not [path for path in tmp_path.glob("new/*") if path.is_dir()]
    done = in_process("stimgen", "units", str(path), "--root", str(tmp_path / "studies"))
    assert done.returncode == 2
    assert "layer block02 of model efficientnet_lite0 has no channel 24; it has 0 to 23" in (
        done.stderr
    )
    assert not (tmp_path / "studies").exists()
