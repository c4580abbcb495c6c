"""How far a walk is, and how long the rest takes."""

import pytest

from tools.walk.step import State, Step, Walked
from tools.walk.time_left import seconds_left, share_done, share_of_all, slowness


def step(seconds: float, **more) -> Step:
    return Step("a step", ("room", "command"), seconds, **more)


def test_a_machine_half_as_fast_takes_twice_the_time():
    done = Walked(step(400), False, State.DONE, seconds=800)
    left = Walked(step(100), False)
    assert slowness([done, left]) == pytest.approx(820 / 420)
    assert seconds_left([done, left]) == pytest.approx(195, abs=1)
    assert share_of_all([done, left]) == pytest.approx(0.8)


def test_the_first_seconds_decide_nothing():
    assert slowness([Walked(step(200), False, State.RUNNING, seconds=5)]) == 1


def test_a_result_that_is_there_costs_what_looking_at_it_costs():
    walked = [Walked(step(300, again=5), True), Walked(step(20), False)]
    assert seconds_left(walked) == pytest.approx(25)
    walked[0].state, walked[0].seconds = State.WAS_THERE, 2
    assert slowness(walked) == 1
    assert share_of_all(walked) == pytest.approx(0.2)


def test_a_step_says_itself_how_far_it_is_by_its_phases():
    one = Walked(step(100, phases={"scan": 20.0, "optimise": 80.0}), False, State.RUNNING)
    one.hear("scan", 0.5)
    assert one.share == pytest.approx(0.1)
    one.hear("scan", 1.0)
    one.hear("optimise", 0.25)
    one.hear("some other bar", 1.0)
    assert one.share == pytest.approx(0.4)
    assert one.passed_over == 0


def test_what_a_step_passes_over_makes_the_machine_no_faster():
    one = Walked(step(100, phases={"scan": 50.0, "optimise": 50.0}), False, State.RUNNING)
    one.seconds = 20
    one.hear("optimise", 0.0)
    one.hear("optimise", 0.4)
    assert one.passed_over == pytest.approx(0.5)
    assert slowness([one]) == pytest.approx(1)
    assert seconds_left([one]) == pytest.approx(30)


def test_a_step_that_works_although_its_result_is_there_was_not_done():
    one = Walked(step(100, again=5, phases={"scan": 50.0, "optimise": 50.0}), True, State.RUNNING)
    assert seconds_left([one]) == pytest.approx(5)
    one.hear("optimise", 0.0)
    assert seconds_left([one]) == pytest.approx(50)


@pytest.mark.parametrize("state", [State.STOPPED, State.FAILED])
def test_what_was_stopped_or_failed_is_as_far_as_it_was(state):
    told = Walked(step(100), False, state, seconds=30, share=0.25)
    assert share_of_all([told, Walked(step(100), False)]) == pytest.approx(0.125)
    assert share_of_all([Walked(step(100), False, state, seconds=1)]) == pytest.approx(0.01)


def test_a_silent_step_is_never_done_before_it_ends():
    one = Walked(step(10), False, State.RUNNING, seconds=9)
    assert share_done(one, 1) == pytest.approx(0.9)
    one.seconds = 1000
    assert share_done(one, slowness([one])) <= 0.95
    assert seconds_left([one]) > 0


def test_a_persons_own_time_is_not_guessed():
    person = Walked(step(64, person=True), False, State.RUNNING, seconds=900)
    rest = Walked(step(10), False)
    assert seconds_left([person, rest]) == pytest.approx(10)
