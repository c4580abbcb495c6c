"""The paragraph on timing: what self-tests claimed, of whose sessions, and what was not tested."""

import pytest

from analysis.data.sessions.rigs import session_rigs
from analysis.data.study import load_study
from analysis.writing.report import methods_text
from analysis.writing.timing import WHAT_IT_IS, timing_paragraphs
from conditions.tables.session_facts import read_session_facts
from tests.analysis.simulated import simulate_study
from tests.analysis.writing.test_apparatus import session

CLAIM = "onsets are within one frame of 16.7 ms in 99.92 % of 3,600 flips; 3 missed"
FIRST = {"sha256": "1" * 64, "measured_at": "2026-11-20T10:00:00+01:00", "claim": CLAIM}
SECOND = FIRST | {"sha256": "2" * 64, "measured_at": "2026-12-24T10:00:00+01:00"}
NOTHING = FIRST | {"sha256": "3" * 64, "claim": None}
OF_THE_FIRST = f"The self-test of 2026-11-20 found that {CLAIM}."


def run(selftest: object) -> dict:
    return {"state": "complete", "selftest": selftest}


def paragraphs(root, *facts: dict) -> list[str]:
    numbered = dict(enumerate(facts, start=1))
    sessions = {n: session(root, n, {"name": "lab"}, each) for n, each in numbered.items()}
    return timing_paragraphs(session_rigs(sessions, numbered))


def test_one_self_test_of_all_sessions_is_quoted(tmp_path):
    facts = {"runs": [run(FIRST), run(FIRST)]}
    assert paragraphs(tmp_path, facts, facts) == [f"Timing. {OF_THE_FIRST} {WHAT_IT_IS}."]


def test_several_are_told_with_their_participants(tmp_path):
    found = paragraphs(
        tmp_path,
        {"runs": [run(FIRST)]},
        {"runs": [run(FIRST), run(SECOND)]},
        {"runs": [run(NOTHING)]},
        {"runs": [run(None)]},
        {},
    )
    assert found == [
        f"Timing. The self-test of 2026-11-20 (2 participants: 1 and 2) found that {CLAIM}. The "
        f"self-test of 2026-12-24 (1 participant: 2) found that {CLAIM}. The self-test of "
        "2026-11-20 (1 participant: 3) could not claim anything. No self-test was recorded for 2 "
        f"participants: 4 and 5. {WHAT_IT_IS}."
    ]


@pytest.mark.parametrize("selftest", [None, "lab-timing.json", 5, {"sha256": 5}, {"claim": "good"}])
def test_what_names_no_self_test_rightly_is_none(tmp_path, selftest):
    assert paragraphs(tmp_path, {"runs": [run(selftest)]}) == [
        "Timing. No self-test of the timing was recorded."
    ]


def test_methods_quote_it_and_machines_have_none(study_folder):
    simulate_study(study_folder, 2)
    assert "Timing." not in methods_text([load_study(study_folder)])
    for number in (1, 2):
        facts = read_session_facts(study_folder.session(number) / "session.json")
        runs = [each | {"selftest": FIRST} for each in facts["runs"]]
        session(study_folder.data, number, {"name": "lab"}, facts | {"runs": runs})
    assert f"Timing. {OF_THE_FIRST}" in methods_text([load_study(study_folder)])
