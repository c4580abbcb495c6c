"""Priority and garbage are as they were when a session ends, and what it got is said."""

import gc
import os
from types import SimpleNamespace

import psutil
import pytest

from experiment.session import priority
from experiment.session.priority import Priority, held_garbage, priority_check, raised_priority


class System:
    """A system whose calls are those of the module; what is not permitted is named."""

    def __init__(self, monkeypatch, refuses: tuple[str, ...] = (), keeps_flag: bool = False):
        self.policy, self.level, self.niceness = 0, 0, 0
        self._refuses, self._keeps_flag = refuses, keeps_flag
        monkeypatch.setattr(priority.sys, "platform", "linux")
        fake = SimpleNamespace(
            SCHED_RR=2,
            SCHED_RESET_ON_FORK=1 << 30,
            sched_getscheduler=lambda pid: self.policy,
            sched_getparam=lambda pid: self.level,
            sched_get_priority_min=lambda policy: 1,
            sched_param=lambda level: level,
            sched_setscheduler=self._schedule,
        )
        monkeypatch.setattr(priority, "os", fake)
        process = SimpleNamespace(nice=self._nice)
        monkeypatch.setattr(priority.psutil, "Process", lambda: process)

    def _schedule(self, pid: int, policy: int, level: int) -> None:
        if "real time" in self._refuses or (self._keeps_flag and not policy >> 30):
            raise PermissionError(1, "Operation not permitted")
        self.policy, self.level = policy, level

    def _nice(self, value: int | None = None) -> int:
        if value is not None:
            if "high" in self._refuses:
                raise psutil.AccessDenied
            self.niceness = value
        return self.niceness


@pytest.mark.parametrize("keeps_flag", [False, True])
def test_real_time_is_given_back_also_where_limits_allow_no_more(monkeypatch, keeps_flag):
    system = System(monkeypatch, keeps_flag=keeps_flag)
    with raised_priority(True) as got:
        assert (system.policy & 3, system.level, system.niceness) == (2, 1, 0)
        # New threads do not inherit it.
        assert system.policy >> 30
    assert got == Priority("real time", "real time")
    assert (system.policy & 3, system.level) == (0, 0)
    assert priority_check(got).line() == "✓ priority: real time"


def test_what_is_not_permitted_is_said_and_the_next_best_taken(monkeypatch):
    system = System(monkeypatch, refuses=("real time",))
    with raised_priority(True) as got:
        assert system.niceness == priority.NICE
    assert system.niceness == 0
    assert got == Priority("real time", "high", "real time: Operation not permitted")
    System(monkeypatch, refuses=("real time", "high"))
    with raised_priority(True) as got:
        pass
    check = priority_check(got)
    assert not check.failed
    assert check.line() == (
        "– priority: usual, wanted real time (real time: Operation not permitted; high: not "
        "permitted) (goes on: frames that are missed are counted)"
    )


@pytest.mark.parametrize(("took", "at_rest"), [(0.4, True), (0.99, False)])
def test_a_flip_that_keeps_the_processor_busy_is_no_rest(monkeypatch, took, at_rest):
    done: list[None] = []
    window = SimpleNamespace(flip=lambda: done.append(None))
    clock = {"thread_time": lambda: took * len(done), "perf_counter": lambda: len(done)}
    monkeypatch.setattr(priority, "time", SimpleNamespace(**clock))
    assert priority.rests(window) is at_rest


def test_a_driver_that_keeps_the_processor_busy_has_no_real_time(monkeypatch):
    system = System(monkeypatch)
    with raised_priority(True, at_rest=False) as got:
        assert (system.policy, system.niceness) == (0, priority.NICE)
    assert got == Priority("high", "high", "flips keep the processor busy")
    assert priority_check(got).line() == "✓ priority: high (flips keep the processor busy)"


def test_windows_has_its_own_class_and_never_real_time(monkeypatch):
    system = System(monkeypatch)
    monkeypatch.setattr(priority.sys, "platform", "win32")
    monkeypatch.setattr(priority.psutil, "HIGH_PRIORITY_CLASS", 128, raising=False)
    with raised_priority(True) as got:
        assert (system.policy, system.niceness) == (0, 128)
    assert got == Priority("high", "high")
    assert system.niceness == 0


def test_where_flips_do_not_wait_nothing_is_raised():
    before = os.sched_getscheduler(0), os.nice(0)
    with raised_priority(False) as got:
        assert (os.sched_getscheduler(0), os.nice(0)) == before
    assert got.reason == "flips do not wait for the screen"
    assert priority_check(got).good


def test_garbage_is_kept_until_it_is_collected_and_all_is_as_before():
    class Loop:
        gone = 0

        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            Loop.gone += 1

    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        Loop.gone = 0
        with held_garbage():
            for _ in range(5000):
                Loop()
            assert Loop.gone == 0
            priority.collect_garbage()
            assert Loop.gone == 5000
        assert gc.isenabled() == enabled
        assert gc.get_freeze_count() == 0
    gc.enable()
