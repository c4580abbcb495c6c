"""Images of a kind that several runs have made: each is known, and other versions are named."""

import json

import pytest

from conditions.errors import StudyError
from conditions.provenance import runs
from stimgen.kinds.making import Making
from stimgen.kinds.registry import maker_of
from stimgen.natural.step import make_natural
from stimgen.preview.pages import write_preview
from stimgen.synthetic import step
from tests.stimgen.kinds.small import network

OTHER = "f" * 64


def facts(folder, name: str) -> dict:
    path = folder.stimuli / name / "provenance.json"
    return json.loads(path.read_text(encoding="utf-8"))


def make(folder, name: str) -> None:
    if name == "photos":
        make_natural(folder, network(), workers=0)
    else:
        maker_of(folder.study.references[name]).make(Making(folder, network(), name))


def make_again(folder, name: str) -> None:
    """Make a unit's images once more."""
    for path in folder.stimuli.glob(f"{name}/near_0000/**/*.png"):
        path.unlink()
    make(folder, name)


def said(capsys) -> str:
    return " ".join(capsys.readouterr().out.split())


@pytest.fixture
def by_other_code(monkeypatch):
    """The laboratory's code becomes another one."""
    return lambda: monkeypatch.setattr(runs, "code_sha256", lambda _: OTHER)


@pytest.mark.parametrize("name", ["photos", "fourier", "parts", "soft"])
def test_a_run_that_goes_on_keeps_what_is_known_of_those_before(
    folder, name, by_other_code, capsys
):
    before = facts(folder, name)
    assert before["continues"] is False
    assert "earlier" not in before
    make_again(folder, name)
    assert "another version" not in said(capsys)
    second = facts(folder, name)
    assert second["continues"]
    assert second["earlier"] == [before]
    by_other_code()
    make_again(folder, name)
    third = facts(folder, name)
    assert third["code_sha256"] == OTHER
    assert third["earlier"] == [before, {k: v for k, v in second.items() if k != "earlier"}]
    words = said(capsys)
    assert f"images of {name} that are there were made by another version" in words
    assert f"code {before['code_sha256'][:8]}" in words
    assert "code ffffffff" in words
    sentence = f"Images of {name} were made by several versions"
    assert sentence in write_preview(folder).read_text(encoding="utf-8")
    assert sentence in " ".join(runs.doubtful_images(folder.stimuli))


def test_images_that_are_all_made_again_are_of_one_version(folder, by_other_code, capsys):
    first = facts(folder, "fourier")
    by_other_code()
    for path in folder.stimuli.glob("fourier/**/*.png"):
        path.unlink()
    make(folder, "fourier")
    assert "another version" not in said(capsys)
    assert facts(folder, "fourier")["earlier"] == [first]
    assert list(runs.doubtful_images(folder.stimuli)) == []


def test_a_run_that_is_broken_off_is_known(begun, by_other_code, monkeypatch, capsys):
    real, calls = step.make_batch, []

    def stopped(*given):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(step, "make_batch", stopped)
    with pytest.raises(KeyboardInterrupt):
        make(begun, "fourier")
    broken_off = facts(begun, "fourier")
    assert "seconds" not in broken_off
    by_other_code()
    make(begun, "fourier")
    assert "images of fourier that are there were made by another version" in said(capsys)
    assert facts(begun, "fourier")["earlier"] == [broken_off]


def test_a_run_that_makes_nothing_leaves_no_trace(begun, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(step, "make_batch", full)
    with pytest.raises(OSError, match="No space left"):
        make(begun, "fourier")
    assert not (begun.stimuli / "fourier" / "provenance.json").exists()


def test_a_run_all_of_whose_sets_fail_is_known_but_has_left_no_images(folder, monkeypatch):
    def no_number(*_):
        raise FloatingPointError("the gradient is no number")

    with monkeypatch.context() as patched:
        patched.setattr(step, "make_sets", no_number)
        patched.setattr(runs, "code_sha256", lambda _: OTHER)
        with pytest.raises(StudyError, match="the gradient is no number"):
            make_again(folder, "fourier")
    failed = facts(folder, "fourier")
    assert failed["left_nothing"]
    assert list(runs.doubtful_images(folder.stimuli)) == []
    make_again(folder, "fourier")
    assert facts(folder, "fourier")["earlier"][-1]["left_nothing"]
    assert list(runs.doubtful_images(folder.stimuli)) == []


def test_what_an_older_version_noted_is_kept_and_is_of_another_version(folder, capsys):
    path = folder.stimuli / "fourier" / "provenance.json"
    new = ("code_sha256", "began_at", "continues")
    old = {key: value for key, value in facts(folder, "fourier").items() if key not in new}
    path.write_text(json.dumps(old), encoding="utf-8")
    make_again(folder, "fourier")
    assert facts(folder, "fourier")["earlier"] == [old]
    assert "images of fourier that are there were made by another version" in said(capsys)


@pytest.mark.parametrize(
    "content",
    ["{", "[1]", '{"versions": 3}', '{"earlier": {}}', '{"earlier": 1}', '{"earlier": ["x"]}'],
)
def test_a_damaged_one_is_not_written_over(folder, content):
    path = folder.stimuli / "fourier" / "provenance.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StudyError, match=r"provenance\.json: .*; restore it from a copy, or move"):
        make_again(folder, "fourier")
    assert path.read_text(encoding="utf-8") == content
    assert "restore it from a copy" in " ".join(runs.doubtful_images(folder.stimuli))
