"""The commit that results name."""

import subprocess
from pathlib import Path

from conditions import provenance


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
    monkeypatch.setattr(provenance, "__file__", str(inner / "provenance.py"))
    assert provenance.commit.__wrapped__() is None
    git(tmp_path / "theirs" / "laboratory", "init", "-q")
    git(tmp_path / "theirs" / "laboratory", "commit", "-q", "--allow-empty", "-m", "ours")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "theirs" / ".git"))
    assert len(provenance.commit.__wrapped__()) == 40
