"""The heartbeats of one endpoint, in virtual time."""

from __future__ import annotations

import logging
import threading
from typing import Any, Callable, List, Union

import pytest

from prime_notify.delivery.heartbeat import Heart, HeartThread
from prime_notify.messages.console_log import ConsoleLog
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.normalize import timestamp_of
from prime_notify.model.response import Response
from tests.support.build import endpoint
from tests.support.clock import FakeClock
from tests.support.texts import CATALOGUE

LOG = logging.getLogger("test.heartbeat")
TOKEN = "TheTokenOfThisWebhook42"
REFUSED = TransportFailure(FailureKind.OTHER, f"no route to /{TOKEN}")
STOPPED = TransportFailure(FailureKind.STOPPED, "stopped")
Answer = Union[Response, TransportFailure]


class Wire:
    """One heart, and what it does. ``takes``: seconds of each heartbeat."""

    def __init__(self, every: float = 60.0, **options: Any) -> None:
        self.clock = FakeClock(0.0)
        self.well = True
        self.takes = 0.0
        self.answer: Callable[[], Answer] = lambda: Response(200)
        self.at: List[float] = []
        target = endpoint(url=f"http://127.0.0.1:9/{TOKEN}", heartbeat=every, **options)
        say = ConsoleLog(LOG, CATALOGUE, "en_us").say
        self.heart = Heart(target, every, self, self.clock, lambda endpoint: self.well, self._make, say)

    def _make(self) -> Heartbeat:
        return Heartbeat("01B", timestamp_of(self.clock.wall()), "1.0.0")

    def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> Answer:
        self.at.append(self.clock.time)
        self.clock.advance(self.takes)
        return self.answer()

    def run(self, until: float) -> List[float]:
        """Let it beat; the moments."""
        while self.clock.time < until:
            self.clock.advance(min(self.heart.step(), until - self.clock.time))
        return self.at


def test_it_begins_at_once_and_does_not_drift() -> None:
    wire = Wire()
    wire.takes = 1.7
    assert wire.run(200.0) == [0.0, 60.0, 120.0, 180.0]


def test_a_heartbeat_that_takes_longer_than_the_pause_leaves_the_next_ones_out() -> None:
    wire = Wire()
    wire.takes = 130.0
    assert wire.run(400.0) == [0.0, 180.0, 360.0]


def test_it_is_held_back_until_all_is_well_and_goes_on_from_there() -> None:
    wire = Wire()
    wire.run(100.0)
    wire.well = False
    wire.run(120.0 + 41 * 5)
    assert wire.heart.last.held
    wire.well = True
    assert wire.run(400.0) == [0.0, 60.0, 325.0, 385.0]
    assert not wire.heart.last.held


def test_a_short_interruption_between_two_heartbeats_changes_nothing() -> None:
    wire = Wire()
    wire.run(10.0)
    wire.well = False
    wire.run(20.0)
    wire.well = True
    assert wire.run(130.0) == [0.0, 60.0, 120.0]


def test_the_first_failure_and_the_end_of_failing_are_logged_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    wire = Wire()
    wire.answer = lambda: REFUSED
    wire.run(150.0)
    assert "no route" in wire.heart.last.reason
    wire.answer = lambda: Response(204)
    wire.run(300.0)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.messages[0].startswith("a: the heartbeat failed: no route to ***")
    assert caplog.messages[1] == "a: heartbeats arrive again"
    assert TOKEN not in caplog.text + wire.heart.last.reason


def test_a_refusal_is_a_failure_with_its_remedy(caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire()
    wire.answer = lambda: Response(401)
    wire.run(10.0)
    assert "HTTP 401" in caplog.text
    assert "What to do: check the key" in caplog.text


def test_a_service_that_asks_for_rest_gets_it() -> None:
    wire = Wire()
    wire.answer = lambda: Response(429, {"retry-after": "100"})
    assert wire.run(250.0) == [0.0, 100.0, 200.0]


def test_an_attempt_that_the_end_cuts_off_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire()
    wire.answer = lambda: STOPPED
    wire.run(10.0)
    assert caplog.messages == []
    assert wire.heart.last.at is None


def test_an_error_of_ours_is_a_failure_like_any(caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire()

    def fail() -> Answer:
        raise RuntimeError("boom")

    wire.answer = fail
    wire.run(10.0)
    assert "boom" in caplog.text
    wire.answer = lambda: Response(200)
    wire.run(70.0)
    assert "arrive again" not in caplog.text  # that is no warning
    assert wire.heart.last.reason == ""


def test_the_next_thread_of_an_endpoint_waits_for_the_former() -> None:
    """Never two heartbeats of one endpoint at once."""
    began = {"old": threading.Event(), "new": threading.Event()}
    release, order = threading.Event(), []

    def blocking(name: str) -> Heart:
        wire = Wire()

        def answer() -> Answer:
            order.append(name)
            began[name].set()
            release.wait(60)
            order.append(f"{name} done")
            return Response(200)

        wire.answer = answer
        return wire.heart

    former = HeartThread(blocking("old"), 1, LOG)
    former.start()
    began["old"].wait(60)
    following = HeartThread(blocking("new"), 2, LOG, after=former)
    following.start()
    former.stop()
    assert not former.join(0.0)
    release.set()
    assert former.join(60)
    began["new"].wait(60)
    following.stop()
    assert following.join(60)
    assert order == ["old", "old done", "new", "new done"]


def test_an_unexpected_error_is_logged_and_ends_no_thread(caplog: pytest.LogCaptureFixture) -> None:
    wire, failed = Wire(), threading.Event()

    def fail(endpoint: Any) -> bool:
        failed.set()
        raise RuntimeError("boom")

    wire.heart.is_well = fail
    thread = HeartThread(wire.heart, 7, LOG)
    thread.start()
    failed.wait(60)
    thread.stop()
    assert thread.join(60)
    assert "unexpected error in prime_notify-heartbeat-7" in caplog.text


def test_a_thread_that_never_began_has_ended() -> None:
    assert HeartThread(Wire().heart, 1, LOG).join(0.0)
