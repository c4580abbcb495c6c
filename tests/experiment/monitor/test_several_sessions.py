"""The operator's view of a participant who comes several times."""

from conditions.files import write_json
from conditions.tables.sessions import TRIALS
from experiment.monitor.watching import Watch
from experiment.records.recorder import header, lines
from tests.experiment.rehearsed import tiny_study

SESSIONS = [{"parts": ["before"]}, {"parts": ["references"]}]
# What one answer has, whichever trial it is of.
ANSWER = {"participant": 1, "phase": "main", "condition": "none", "catch": False, "correct": True}


def test_what_is_left_is_that_of_this_session(tmp_path):
    folder = tiny_study(tmp_path, participants=1, sessions=SESSIONS)
    data = folder.session(1)
    data.mkdir(parents=True)
    rows = [ANSWER | {"trial": i, "session": 1 if i < 5 else 2} for i in range(8)]
    (data / "trials.csv").write_text(header(TRIALS) + lines(TRIALS, *rows), encoding="utf-8")
    left = {}
    for session in (1, 2):
        write_json(data / "session.json", {"state": "running", "session": session, "runs": []})
        (watched,) = Watch(folder).look().watched
        assert (watched.session, watched.sessions) == (session, 2)
        left[session] = watched.left
    # 5 trials and a rating in the first; 10, a rating and the repeats in the second.
    assert left == {1: 1, 2: 11 - 3 + folder.study.n_repeats}
    assert watched.standing.wanted == 17 + folder.study.n_repeats
