"""A lane's decisions, in virtual time: what it sends when, and what it does with the answers."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any, Callable, List, Optional, Sequence, Union

import pytest

from prime_notify.cli.record_text import delivery_text, try_lines
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.units import Rate
from prime_notify.delivery.attempt import Attempter, Receipt
from prime_notify.delivery.lane import Lane
from prime_notify.delivery.notices import Notice, NoticeKind
from prime_notify.delivery.policy import Policy, RetrySchedule
from prime_notify.model.event import EventName
from prime_notify.model.health import Health
from prime_notify.model.item import Item
from prime_notify.model.notification import Message, Texts
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.outbox.database import MEMORY, Database
from prime_notify.outbox.errors import OutboxClosedError, OutboxError
from prime_notify.outbox.history import History
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Settlement, State, TaskChange
from prime_notify.text.json_text import to_json
from prime_notify.text.wording import Wording
from prime_notify.transport.http import FailureKind, TransportFailure
from tests.support.build import endpoint, know_health, notification, states
from tests.support.clock import FakeClock
from tests.support.texts import CATALOGUE

Answer = Union[Response, TransportFailure, Exception]
REFUSED = TransportFailure(
    FailureKind.REFUSED, Wording("connection refused", "拒绝了连接"), Wording("is it running?", "它在运行吗？")
)


class ScriptedTransport:
    """Gives these answers, then 200; remembers what was sent."""

    def __init__(self, *answers: Answer) -> None:
        self.answers: List[Answer] = list(answers)
        self.sent: List[str] = []

    def send(self, request: Request, *, timeout: float, meanwhile: Any = None) -> Union[Response, TransportFailure]:
        self.sent.append(request.headers["webhook-id"])
        if meanwhile is not None:
            meanwhile()
        answer = self.answers.pop(0) if self.answers else Response(200)
        if isinstance(answer, Exception):
            raise answer
        return answer


class World:
    """One lane with everything around it."""

    def __init__(self, *answers: Answer, policy: Optional[Policy] = None) -> None:
        self.clock = FakeClock()
        self.store = Outbox(Database(MEMORY))
        self.transport = ScriptedTransport(*answers)
        self.prepared: List[str] = []
        self.prepare: Callable[[str], None] = self.prepared.append
        attempter = Attempter(
            self.transport,
            self.message,
            prepare=lambda notification, endpoint: self.prepare(notification.id),
            wall=self.clock.wall,
            monotonic=self.clock.steady,
        )
        log = logging.getLogger("test.lane")
        policy = policy or Policy(RetrySchedule((10.0, 100.0), jitter=0.0))
        self.notices: List[Notice] = []
        self.lane = Lane(
            endpoint("a"), self.store, attempter, self.clock, log, policy, self.notices.append, catalogue=CATALOGUE
        )

    def message(self, items: Sequence[Item], endpoint: EndpointConfig, now: float, previous: Receipt) -> Message:
        self.previous = previous
        return Message(items[0].notification, Texts("title", "body", "desp"), "en_us", now)

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
    assert states(world.store, ids[0]) == {"a": State.DELIVERED}


def test_an_acceptance_without_confirmation_ends_a_delivery_but_is_none() -> None:
    world = World()
    world.lane.endpoint = endpoint("a", type="apprise", apprise={"urls": "synology://host/the-token"})
    taken = [{"service": "synology", "state": "delivered", "said": ""}]
    world.transport.send = lambda request, **_: Response(0, {}, to_json({"urls": taken}))  # type: ignore[method-assign]
    id = world.put()
    assert world.run_until_idle() is None
    assert states(world.store, id) == {"a": State.ACCEPTED}
    assert (world.lane.last.outcome, world.lane.health.confirmed) == ("accepted", False)
    [record] = History(world.store.database).find(id)
    assert [one.outcome for one in record.deliveries[0].tries] == [State.ACCEPTED]
    assert delivery_text(record.deliveries[0], 0.0).startswith("a: accepted, not confirmed (")
    assert " accepted, not confirmed (" in next(iter(try_lines(record.deliveries[0].tries[0])))
    assert not Health.from_json(world.lane.health.to_json()).confirmed
    world.lane.endpoint = endpoint("a", type="apprise", apprise={"urls": "json://host/the-token"})
    assert states(world.store, world.put()) == {"a": State.WAITING}
    world.run_until_idle()
    assert world.lane.health.confirmed


def test_the_next_message_is_prepared_while_an_answer_is_awaited() -> None:
    world = World()
    ids = [world.put(), world.put(), world.put()]
    world.lane.step()
    assert world.prepared == ids[1:2]
    assert world.transport.sent == ids[:1]


def test_an_error_in_preparing_costs_nothing() -> None:
    def fail(id: str) -> None:
        raise ValueError(id)

    world = World()
    world.prepare = fail
    ids = [world.put(), world.put()]
    world.run_until_idle()
    assert [states(world.store, id) for id in ids] == [{"a": State.DELIVERED}] * 2


@pytest.mark.parametrize("answer", [Response(200), REFUSED])
def test_what_it_settled_is_made_durable_when_it_rests(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(answer)
    flushed: List[int] = []
    monkeypatch.setattr(world.store, "flush", lambda: flushed.append(len(world.transport.sent)))
    world.put()
    world.put()
    world.run_until_idle()
    assert flushed == [2]


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
    assert states(world.store, dead) == {"a": State.DEAD}
    assert world.run_until_idle() is None


def test_a_permanent_answer_is_not_tried_again() -> None:
    world = World(Response(400))
    dead = world.put()
    assert world.run_until_idle() is None
    assert states(world.store, dead) == {"a": State.DEAD}
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


def test_a_bug_in_a_channel_delays_its_own_message_only() -> None:
    world = World(ValueError("boom"))
    broken, behind = world.put(), world.put()
    world.run_until_idle()
    assert states(world.store, broken) == {"a": State.WAITING}
    assert states(world.store, behind) == {"a": State.DELIVERED}


def test_the_last_result_is_there_to_look_at() -> None:
    world = World(REFUSED)
    world.put()
    world.run_until_idle()
    assert world.lane.last is not None
    assert (world.lane.last.outcome, world.lane.last.reason) == ("retrying", "connection refused")


@pytest.mark.parametrize(
    ("answer", "word", "sentence"),
    [
        (Response(200), "delivered", 'a: "Backup done" delivered (HTTP 200, 0 ms)'),
        (Response(400), "failed", 'a: "Backup done" given up (0 ms): HTTP 400 Bad Request. Its id is '),
        (
            Response(503),
            "retrying",
            'a: "Backup done" not delivered (0 ms): HTTP 503 Service Unavailable. Next try in 10s',
        ),
        (REFUSED, "retrying", 'a: "Backup done" not delivered (0 ms): connection refused. Next try in 10s'),
    ],
)
def test_each_attempt_writes_a_sentence_and_for_debugging_a_line_of_values(
    caplog: pytest.LogCaptureFixture, answer: Answer, word: str, sentence: str
) -> None:
    caplog.set_level(logging.DEBUG, logger="test.lane")
    world = World(answer)
    sent = world.put()
    world.run_until_idle()
    said, values = caplog.records[:2]
    assert said.levelno >= logging.INFO
    assert said.getMessage().startswith(sentence)
    assert "=" not in said.getMessage()
    assert values.levelno == logging.DEBUG
    assert values.getMessage().startswith(f"id={sent} endpoint=a attempt=1 outcome={word} status=")


def test_a_sentence_is_made_once_for_all_handlers_of_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, logger="test.lane")
    asked: List[str] = []
    text = CATALOGUE.text

    def counting(language: str, key: str, **values: object) -> str:
        asked.append(key)
        return text(language, key, **values)

    monkeypatch.setattr(CATALOGUE, "text", counting)
    world = World()
    world.put()
    world.run_until_idle()
    [said] = caplog.records
    assert said.getMessage() == said.getMessage()
    assert asked.count("log.attempt.delivered") == 1


def test_what_is_not_sent_is_said_in_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="test.lane")
    world = World(policy=Policy(expire={EventName.BACKUP_START: 60.0}))
    world.put("backup_start")
    world.clock.advance(61.0)
    world.run_until_idle()
    assert caplog.messages == ['a: "Backup started" not sent: it waited for 1m 01s, longer than "expire" allows']


# what is no longer worth an attempt


def test_what_waited_too_long_expires_without_an_attempt() -> None:
    world = World(policy=Policy(expire={EventName.BACKUP_START: 60.0}))
    late, worth = world.put("backup_start"), world.put("backup_failure")
    world.clock.advance(61.0)
    world.run_until_idle()
    assert world.transport.sent == [worth]
    assert states(world.store, late) == {"a": State.EXPIRED}


def test_a_late_start_is_folded_into_its_end() -> None:
    world = World(policy=Policy(fold_after=60.0))
    start, end = world.put("backup_start", task_id="t"), world.put("backup_success", task_id="t")
    world.clock.advance(61.0)
    world.run_until_idle()
    assert world.transport.sent == [end]
    assert states(world.store, start) == {"a": State.FOLDED}


def test_a_late_start_whose_end_is_not_there_yet_is_sent() -> None:
    world = World(policy=Policy(fold_after=60.0))
    start = world.put("backup_start", task_id="t")
    world.clock.advance(61.0)
    world.run_until_idle()
    assert world.transport.sent == [start]


# leaving an endpoint alone


def fail(world: World, times: int) -> None:
    """Has that many deliveries fail, one after another."""
    world.transport.answers = [REFUSED] * times
    for _ in range(times):
        world.put()
        world.lane.step()


def test_an_open_breaker_holds_everything_back_and_then_lets_one_through() -> None:
    world = World(policy=Policy(RetrySchedule((1.0, 1e6), jitter=0.0)))
    fail(world, 5)
    held = world.put()
    assert world.lane.step() == 30.0
    world.clock.advance(30.0)
    world.transport.answers = [REFUSED]
    assert world.lane.step() == 0.0
    assert world.lane.step() == 60.0
    world.clock.advance(60.0)
    world.run_until_idle()
    assert held in world.transport.sent


def test_a_lane_with_nothing_to_do_does_not_wake_for_its_breaker() -> None:
    world = World(*[Response(404)] * 5, policy=Policy(RetrySchedule((), jitter=0.0)))
    for _ in range(5):
        world.put()
        world.lane.step()
    assert world.lane.health.paused_until > world.clock.steady()
    assert world.lane.step() is None


def test_an_outage_uses_up_no_attempts_of_what_waits_behind_it() -> None:
    world = World(policy=Policy(RetrySchedule((1.0,) * 50, jitter=0.0)))
    fail(world, 5)
    waiting = [world.put() for _ in range(20)]
    for _ in range(10):
        world.transport.answers = [REFUSED]
        pause = world.lane.step()
        world.clock.advance(pause or 0.0)
    assert all(states(world.store, id) == {"a": State.WAITING} for id in waiting)
    world.transport.answers = []
    world.lane.reset()
    while (pause := world.lane.step()) is not None:
        world.clock.advance(pause)
    assert set(waiting) <= set(world.transport.sent)


def test_health_survives_the_lane() -> None:
    world = World()
    fail(world, 5)
    world.put()
    successor = dataclasses.replace(world.lane)
    assert successor.step() == 30.0


def test_of_successes_right_after_another_the_first_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(Response(200), Response(200), Response(500), Response(200))
    written: List[Optional[Health]] = []
    settle = world.store.settle

    def noting(*settlements: Settlement) -> None:
        written.extend(one.health for one in settlements)
        settle(*settlements)

    monkeypatch.setattr(world.store, "settle", noting)
    for _ in range(4):
        world.put()
    world.run_until_idle()
    world.clock.advance(1.0)
    world.put()
    world.run_until_idle()
    assert [health is not None for health in written] == [True, False, True, True, True]
    assert world.store.health("a") == world.lane.health


def test_health_of_a_clock_that_went_wrong_holds_nothing_back() -> None:
    world = World()
    know_health(world.store, "a", Health(failures=9, open_until=world.clock.steady() + 1e7))
    sent = world.put()
    world.run_until_idle()
    assert world.transport.sent == [sent]


def test_attempts_keep_to_the_rate_also_across_lanes() -> None:
    world = World(policy=Policy(rates=(Rate(2, 60.0),)))
    for _ in range(3):
        world.put()
    assert world.run_until_idle() == 60.0
    successor = dataclasses.replace(world.lane)
    assert successor.step() == 60.0
    world.clock.advance(60.0)
    world.run_until_idle()
    assert len(world.transport.sent) == 3


def test_an_endpoint_that_is_gone_is_switched_off_until_it_is_reset() -> None:
    world = World(Response(410))
    dead, kept = world.put(), world.put()
    assert world.run_until_idle() is None
    assert states(world.store, dead) == {"a": State.DEAD}
    assert states(world.store, kept) == {"a": State.WAITING}
    assert [notice.kind for notice in world.notices] == [NoticeKind.DISABLED]
    world.lane.reset()
    world.run_until_idle()
    assert states(world.store, kept) == {"a": State.DELIVERED}


# notices for people


def test_a_long_outage_gives_one_notice_and_so_does_the_recovery() -> None:
    world = World(policy=Policy(RetrySchedule((60.0,) * 99, jitter=0.0)))
    world.put()
    world.transport.answers = [REFUSED] * 14
    for _ in range(40):
        world.clock.advance(world.lane.step() or 0.0)
    kinds = [notice.kind for notice in world.notices]
    assert kinds == [NoticeKind.FAILING, NoticeKind.RECOVERED]
    assert world.notices[0].seconds >= 600.0
    assert world.notices[0].reason == "connection refused"
    assert world.notices[1].seconds > world.notices[0].seconds


def test_a_hiccup_gives_no_notice() -> None:
    world = World(REFUSED)
    world.put()
    for _ in range(3):
        world.clock.advance(world.lane.step() or 0.0)
    assert world.notices == []


def test_only_the_first_failure_and_dead_letters_are_warnings(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="test.lane")
    world = World(REFUSED, REFUSED, REFUSED)
    world.put()
    for _ in range(5):
        world.clock.advance(world.lane.step() or 0.0)
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.INFO, logging.WARNING]


# one task, one conversation


def test_the_end_is_composed_with_the_receipt_of_its_start() -> None:
    world = World()
    world.put("backup_start", task_id="t")
    start = world.store.claim("a", at=world.clock.steady())
    assert start is not None
    world.store.settle(Settlement(start.key, State.DELIVERED, 0.0, receipt={"ts": "1"}))
    world.put("backup_success", task_id="t")
    world.run_until_idle()
    assert world.previous == {"ts": "1"}


# a store that cannot


class Broken(Outbox):
    error: OutboxError = OutboxError("disk full")

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        raise self.error


@pytest.mark.parametrize(("error", "pause"), [(OutboxError("disk full"), 5.0), (OutboxClosedError("closed"), None)])
def test_a_store_that_fails_is_asked_again_and_a_closed_one_is_not(error: OutboxError, pause: Optional[float]) -> None:
    world = World()
    world.lane.outbox = broken = Broken(Database(MEMORY))
    broken.error = error
    assert world.lane.step() == pause


def test_an_attempt_that_only_another_process_can_make_is_left_to_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="test.lane")
    world = World(TransportFailure(FailureKind.ELSEWHERE, Wording("only MCDReforged can", "只有 MCDReforged 能")))
    sent = [world.put(), world.put()]
    assert world.run_until_idle() is None
    assert world.transport.sent == sent[:1]
    assert world.lane.health == Health()
    assert caplog.records == []
    assert [states(world.store, one)["a"] for one in sent] == [State.WAITING, State.WAITING]
    world.lane.reset()
    world.run_until_idle()
    assert world.transport.sent == [sent[0], sent[0], sent[1]]


def test_the_log_says_who_has_seen_a_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="test.lane")
    world = World()
    world.lane.endpoint = endpoint("a", type="minecraft")
    world.transport.send = lambda request, **_: Response(0, {}, b"shown to Steve")  # type: ignore[method-assign]
    world.put()
    world.run_until_idle()
    assert caplog.messages == ['a: "Backup done" delivered (0 ms, shown to Steve)']


def test_an_attempt_that_we_cut_off_ourselves_counts_for_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="test.lane")
    world = World(TransportFailure(FailureKind.STOPPED, Wording("the plugin is stopping", "插件正在停止")))
    sent = world.put()
    assert world.lane.step() == 0.0
    assert world.lane.health == Health()
    assert caplog.records == []
    again = world.store.claim("a", at=world.clock.steady())
    assert again is not None
    assert (again.notification.id, again.attempt) == (sent, 1)
