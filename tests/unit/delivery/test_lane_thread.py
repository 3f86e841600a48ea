"""The thread of a lane."""

from __future__ import annotations

import logging
import threading
from typing import Any, List, Optional

import pytest

from prime_notify.delivery import lane_thread
from prime_notify.delivery.lane_thread import LaneThread
from tests.support.build import endpoint


class StandIn:
    """A lane that pauses as the test says."""

    def __init__(self, *pauses: object) -> None:
        self.endpoint = endpoint("a")
        self.log = logging.getLogger("test.lane")
        self.pauses = list(pauses)
        self.stepped = threading.Semaphore(0)

    def step(self) -> Optional[float]:
        pause: Any = self.pauses.pop(0) if self.pauses else None
        self.stepped.release()
        if isinstance(pause, Exception):
            raise pause
        return pause


def run(lane: Any, **more: Any) -> LaneThread:
    return LaneThread(lane, **more)


def test_it_begins_with_the_first_wake_up_and_ends_when_stopped() -> None:
    lane = StandIn(0.0, None)
    thread = run(lane)
    assert thread.join()
    thread.wake()
    for _ in range(2):
        assert lane.stepped.acquire(timeout=10)
    thread.stop()
    assert thread.join(60.0)


def test_it_is_not_started_after_stop() -> None:
    lane = StandIn()
    thread = run(lane)
    thread.stop()
    thread.wake()
    assert not lane.stepped.acquire(blocking=False)


def test_an_error_of_ours_costs_a_pause_not_the_lane(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lane_thread, "_FAULT_PAUSE", 0.001)
    lane = StandIn(ValueError("boom"), None)
    thread = run(lane)
    thread.wake()
    for _ in range(2):
        assert lane.stepped.acquire(timeout=10)
    thread.stop()
    assert thread.join(60.0)
    assert "boom" in caplog.text


def test_what_is_due_in_a_hundred_thousand_years_leaves_a_lane_awake_for_the_rest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lane = StandIn(3e12, None)
    thread = run(lane)
    for _ in range(2):
        thread.wake()
        assert lane.stepped.acquire(timeout=10)
    thread.stop()
    assert thread.join(60.0)
    assert caplog.text == ""


def test_the_endpoints_former_lane_comes_to_its_end_first() -> None:
    order: List[str] = []

    class Former:
        def join(self) -> bool:
            order.append("former ended")
            return True

    lane = StandIn(None)
    step = lane.step

    def noted() -> Optional[float]:
        order.append("new began")
        return step()

    lane.step = noted  # type: ignore[method-assign]
    thread = run(lane, after=Former())
    thread.wake()
    assert lane.stepped.acquire(timeout=10)
    thread.stop()
    assert thread.join(60.0)
    assert order[:2] == ["former ended", "new began"]
