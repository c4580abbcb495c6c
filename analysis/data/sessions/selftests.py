"""The timing self-tests that sessions ran under, as ``session.json`` names them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class NamedSelftest(BaseModel):
    """A self-test as a session names it: the hash of its file, its date, and what it claims."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    sha256: str
    measured_at: str
    claim: str | None


def selftests_of(facts: dict[str, Any]) -> tuple[NamedSelftest | None, ...]:
    """The self-tests of a session's runs, each once, in order; None for runs without one.

    Parameters
    ----------
    facts : dict
        Content of ``session.json``; what does not name a self-test rightly names none.
    """
    runs = facts.get("runs") or [facts]
    return tuple(dict.fromkeys(_named(run.get("selftest")) for run in runs))


def _named(found: object) -> NamedSelftest | None:
    try:
        return NamedSelftest.model_validate(found)
    except ValidationError:
        return None
