"""A lane's decisions, in virtual time: what it sends when, and what it does with the answers."""

from __future__ import annotations

import logging
from typing import List, Optional, Union

import pytest

from prime_notify.channels.common.base import Request, Response
from prime_notify.config.load import Endpoint
from prime_notify.delivery.attempt import Attempter, Receipt
from prime_notify.delivery.lane import Lane, Notice
from prime_notify.delivery.policy import Policy
from prime_notify.delivery.retry import RetrySchedule
from prime_notify.model.notification import Message, Notification, Texts
from prime_notify.outbox.base import State, TaskChange
from prime_notify.outbox.memory import MemoryOutbox
from prime_notify.transport.http import FailureKind, TransportFailure
from tests.support.build import endpoint, notification
from tests.support.clock import FakeClock

Answer = Union[Response, TransportFailure, Exception]
REFUSED = TransportFailure(FailureKind.REFUSED, "connection refused", "is it running?")


class ScriptedTransport:
    """Answers as told, then 200; remembers what was sent."""

    def __init__(self, *answers: Answer) -> None:
        self.answers: List[Answer] = list(answers)
        self.sent: List[str] = []

    def send(self, request: Request, *, timeout: float) -> Union[Response, TransportFailure]:
        self.sent.append(request.headers["webhook-id"])
        answer = self.answers.pop(0) if self.answers else Response(200)
        if isinstance(answer, Exception):
            raise answer
        return answer


class World:
    """One lane with everything around it."""

    def __init__(self, *answers: Answer, policy: Optional[Policy] = None) -> None:
        self.clock = FakeClock()
        self.store = MemoryOutbox()
        self.transport = ScriptedTransport(*answers)
        attempter = Attempter(self.transport, self.message, self.clock.wall, self.clock.steady)
        log = logging.getLogger("test.lane")
        policy = policy or Policy(RetrySchedule((10.0, 100.0), jitter=0.0))
        self.notices: List[Notice] = []
        self.lane = Lane(endpoint("a"), self.store, attempter, self.clock, log, policy, self.notices.append)

    def message(self, notification: Notification, endpoint: Endpoint, now: float, previous: Receipt) -> Message:
        self.previous = previous
        return Message(notification, Texts("title", "body", "desp"), "en_us", now)

    def put(self, name: str = "backup_success", *, task_id: str = "") -> str:
        accepted = notification(name, task_id=task_id)
        self.store.put(accepted, ["a"], TaskChange(), at=self.clock.steady())
        return accepted.id

    def run_until_idle(self) -> Optional[float]:
        pause: Optional[float] = 0.0
        while pause == 0.0:
            pause = self.lane.step()
        return pause


def test_it_delivers_what_waits_and_then_rests() -> None:
    world = World()
    ids = [world.put(), world.put()]
    assert world.run_until_idle() is None
    assert world.transport.sent == ids
    assert world.store.state_of(ids[0]) == {"a": State.DELIVERED}


def test_a_failure_is_tried_again_after_its_delay_with_the_same_id() -> None:
    world = World(REFUSED)
    sent = world.put()
    assert world.run_until_idle() == 10.0
    world.clock.advance(10.0)
    assert world.run_until_idle() is None
    assert world.transport.sent == [sent, sent]


def test_it_gives_up_when_the_schedule_ends() -> None:
    world = World(REFUSED, REFUSED, REFUSED)
    dead = world.put()
    for _ in range(3):
        world.run_until_idle()
        world.clock.advance(100.0)
    assert world.store.state_of(dead) == {"a": State.DEAD}
    assert world.run_until_idle() is None


def test_a_permanent_answer_is_not_tried_again() -> None:
    world = World(Response(404))
    dead = world.put()
    assert world.run_until_idle() is None
    assert world.store.state_of(dead) == {"a": State.DEAD}
    assert world.transport.sent == [dead]


def test_a_poison_message_does_not_hold_up_the_ones_behind_it() -> None:
    world = World(Response(500))
    poison, behind = world.put(), world.put()
    world.run_until_idle()
    assert world.transport.sent == [poison, behind]


def test_a_throttled_endpoint_rests_as_a_whole_for_as_long_as_it_asked() -> None:
    world = World(Response(429, {"retry-after": "60"}))
    first, second = world.put(), world.put()
    assert world.run_until_idle() == 60.0
    world.clock.advance(60.0)
    world.run_until_idle()
    assert world.transport.sent == [first, second, first] or world.transport.sent == [first, first, second]


def test_a_start_is_sent_before_its_end_also_when_it_had_to_be_retried() -> None:
    world = World(REFUSED)
    start = world.put("backup_start", task_id="t")
    end = world.put("backup_failure", task_id="t")
    world.run_until_idle()
    world.clock.advance(10.0)
    world.run_until_idle()
    assert world.transport.sent == [start, start, end]


def test_a_bug_in_a_channel_is_a_dead_letter_with_its_reason_not_a_stopped_lane() -> None:
    world = World(ValueError("boom"))
    broken, behind = world.put(), world.put()
    world.run_until_idle()
    assert world.store.state_of(broken) == {"a": State.DEAD}
    assert world.store.state_of(behind) == {"a": State.DELIVERED}


def test_the_last_result_is_there_to_look_at() -> None:
    world = World(REFUSED)
    world.put()
    world.run_until_idle()
    assert world.lane.last is not None
    assert (world.lane.last.outcome, world.lane.last.reason) == ("retrying", "connection refused")


@pytest.mark.parametrize(("answer", "word"), [(Response(200), "delivered"), (Response(404), "failed")])
def test_each_attempt_writes_one_structured_line(caplog: pytest.LogCaptureFixture, answer: Answer, word: str) -> None:
    caplog.set_level(logging.DEBUG, logger="test.lane")
    world = World(answer)
    sent = world.put()
    world.run_until_idle()
    [record] = caplog.records
    assert record.getMessage().startswith(f"id={sent} endpoint=a attempt=1 outcome={word} status=")
