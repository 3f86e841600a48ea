"""Periodic jobs share one thread, and an error of one costs the others nothing."""

from __future__ import annotations

import logging
import threading
from typing import List

import pytest

from prime_notify.periodic import Periodic, PeriodicThread
from tests.support.clock import FakeClock

LOG = logging.getLogger("test.periodic")


class Jobs:
    """Two jobs, every 2 and every 5 seconds, that note their runs."""

    def __init__(self) -> None:
        self.clock = FakeClock(0.0)
        self.runs: List[str] = []
        self.broken = False
        jobs = [Periodic("often", 2.0, lambda: self.run("often")), Periodic("seldom", 5.0, lambda: self.run("seldom"))]
        self.thread = PeriodicThread("test", jobs, LOG, self.clock.steady)

    def run(self, name: str) -> None:
        self.runs.append(f"{name} {self.clock.time:g}")
        if self.broken and name == "often":
            raise RuntimeError("broken")

    def until(self, end: float) -> List[str]:
        while self.clock.time < end:
            self.clock.advance(max(self.thread.tick(), 0.5))
        return self.runs


def test_each_job_runs_at_its_own_pace() -> None:
    assert Jobs().until(11.0) == ["often 2", "often 4", "seldom 5", "often 6", "often 8", "often 10", "seldom 10"]


def test_an_error_costs_that_run_only_and_is_logged_once_in_a_row(caplog: pytest.LogCaptureFixture) -> None:
    jobs = Jobs()
    jobs.broken = True
    assert "seldom 5" in jobs.until(8.0)
    assert [record.getMessage() for record in caplog.records] == ["unexpected error in often"]
    jobs.broken = False
    jobs.until(10.0)
    jobs.broken = True
    jobs.until(13.0)
    assert len(caplog.records) == 2


def test_no_job_runs_after_the_stop() -> None:
    jobs = Jobs()
    jobs.thread.stop()
    assert jobs.until(6.0) == []


def test_the_thread_runs_until_it_is_stopped() -> None:
    ran = threading.Event()
    thread = PeriodicThread("prime_notify-test", [Periodic("job", 0.001, ran.set)], LOG)
    thread.start()
    assert ran.wait(60.0)
    thread.stop()
    assert "prime_notify-test" not in [one.name for one in threading.enumerate()]


def test_a_stop_waits_for_the_job_that_is_running() -> None:
    begun, over = threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        over.wait(60.0)

    thread = PeriodicThread("prime_notify-test", [Periodic("job", 0.001, job)], LOG)
    thread.start()
    assert begun.wait(60.0)
    threading.Timer(0.01, over.set).start()
    thread.stop()
    assert over.is_set()
