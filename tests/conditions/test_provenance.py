"""The commit and the code that results name, and the runs that made them bit by bit."""

import json
import subprocess
from pathlib import Path

from conditions.provenance import facts, runs
from tests.conftest import in_process


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True)


def test_the_commit_of_another_repository_is_not_ours(tmp_path, monkeypatch):
    """The laboratory copied into somebody's repository, which has commits of its own."""
    inner = tmp_path / "theirs" / "laboratory" / "conditions"
    inner.mkdir(parents=True)
    git(tmp_path / "theirs", "init", "-q")
    (tmp_path / "theirs" / "paper.tex").write_text("x", encoding="utf-8")
    git(tmp_path / "theirs", "add", "paper.tex")
    git(tmp_path / "theirs", "commit", "-q", "-m", "paper")
    monkeypatch.setattr(facts, "ROOT", inner.parent)
    assert facts.commit.__wrapped__() is None
    git(tmp_path / "theirs" / "laboratory", "init", "-q")
    git(tmp_path / "theirs" / "laboratory", "commit", "-q", "--allow-empty", "-m", "ours")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "theirs" / ".git"))
    assert len(facts.commit.__wrapped__()) == 40


def test_code_is_known_by_what_it_says_not_by_the_ends_of_its_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(facts, "ROOT", tmp_path)
    module = tmp_path / "room" / "corner" / "module.py"
    module.parent.mkdir(parents=True)

    def known(content: bytes) -> str:
        module.write_bytes(content)
        return facts.code_sha256.__wrapped__("room")

    first = known(b"a = 1\nb = 2\n")
    assert known(b"a = 1\r\nb = 2\r\n") == first
    assert known(b"a = 1\nb = 3\n") != first
    (module.parent / ".#module.py").symlink_to("nowhere")
    assert known(b"a = 1\nb = 2\n") == first
    module.rename(module.with_name("other.py"))
    assert facts.code_sha256.__wrapped__("room") != first


def test_trials_that_several_runs_wrote_are_known_by_all_of_them(tmp_path, monkeypatch):
    def build(participants: str):
        root = ("--root", str(tmp_path))
        return in_process("conditions", "build", "demo", "--participants", participants, *root)

    def known() -> dict:
        place = tmp_path / "demo" / "conditions" / "provenance.json"
        return json.loads(place.read_text(encoding="utf-8"))

    assert build("1").returncode == 0
    first = known()
    assert "another version" not in build("1-2").stdout
    second = known()
    assert second["earlier"] == [first]
    assert len(second["condition_files"]) == 2
    monkeypatch.setattr(runs, "code_sha256", lambda _: "f" * 64)
    assert "another version" not in build("1-2").stdout
    assert known() == second
    done = build("3")
    assert "condition files that were there were written by another version" in done.stdout
    assert [run.get("condition_files") for run in known()["earlier"]] == [
        first["condition_files"],
        second["condition_files"],
    ]
    place = tmp_path / "demo" / "conditions" / "provenance.json"
    place.write_text("{", encoding="utf-8")
    done = build("4")
    assert done.returncode == 2
    assert "provenance.json: not valid JSON" in done.stderr
    assert not (place.parent / "participant-004.csv").exists()
    assert place.read_text(encoding="utf-8") == "{"


def run(code: str, began_at: str = "2026-11-26T10:00:00+01:00", **more: object) -> dict:
    return {"code_sha256": code * 64, "began_at": began_at, "versions": {"torch": "2.10.0"}} | more


def test_versions_are_told_by_code_and_libraries_and_not_by_commits():
    assert runs.several_versions([run("a", commit="b" * 40), run("a", commit="c" * 40)]) is None
    later = run("a", "2026-11-27T09:30:00+01:00", commit="d" * 40, versions={"torch": "2.11.0"})
    assert runs.several_versions([run("a"), run("a"), later]) == (
        "2026-11-26 10:00: code aaaaaaaa; "
        "2026-11-27 09:30: code aaaaaaaa, commit dddddddd, torch 2.11.0 instead of 2.10.0"
    )
    assert runs.several_versions([{}, run("a")]) == (
        "time not known: code not known; 2026-11-26 10:00: code aaaaaaaa"
    )
    without = run("a", versions={"torch": None})
    assert runs.several_versions([run("a"), without]).endswith("torch None instead of 2.10.0")
    assert runs.several_versions([run("a"), run("b", continues=False), run("b")]) is None
    failed = run("b", left_nothing=True)
    assert runs.several_versions([failed, run("a"), failed]) is None
    other_python = run("a", versions={"torch": "2.10.0", "python": "3.12.1"})
    assert runs.several_versions([run("a"), other_python]) is None
    assert runs.several_versions([run("a", continues=True)]) == (
        "time not known: code not known; 2026-11-26 10:00: code aaaaaaaa"
    )


def test_two_runs_at_once_are_both_known(tmp_path):
    path = tmp_path / "provenance.json"
    first, second = run("a", "2026-11-26T10:00:00+01:00"), run("a", "2026-11-26T10:00:01+01:00")
    for one in (first, second, first | {"seconds": 3.0}):
        runs.add_run(path, one)
    assert runs.known_runs(path) == [first | {"seconds": 3.0}, second]
