"""Heartbeats: only while the engine accepts and delivers, and no backup is overdue or failed."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from prime_notify.outbox.errors import OutboxError
from tests.support.answers import HANG, Answer, json_answer
from tests.support.build import loaded
from tests.support.receiver import Receiver
from tests.support.watch_world import HOUR, MINUTE, WatchWorld
from tests.unit.engine.test_engine import build, engine

UUID = "8f57b2d4-0000-0000-0000-000000000000"
PING, PUSH = f"/ping/{UUID}", "/api/push/8Xk2mQ4vTzLr7NcYp1WbSg5HdJf9RaEu"

OK_OF_HEALTHCHECKS = Answer(200, {}, b"OK")


class World(WatchWorld):
    """Endpoints with heartbeats at a receiver. Their threads are the test's own."""

    def __init__(self, folder: Path, *endpoints: Dict[str, Any], **sections: Any) -> None:
        self.endpoints = endpoints
        super().__init__(folder, **sections)

    def configure(self, **sections: Any) -> None:
        self.config = loaded(*self.endpoints, **sections)
        if self._engine is not None:
            self._engine.reload(self.config)

    def beats(self, after: float = 60.0) -> List[str]:
        """Time passes, and every heart may beat: the names of the endpoints that did."""
        self.clock.advance(after)
        hearts = self.engine.heartbeats.hearts()
        before = {name: heart.last.at for name, heart in hearts.items()}
        for heart in hearts.values():
            heart.step()
        return [name for name, heart in hearts.items() if heart.last.at != before[name]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        listening.behave(OK_OF_HEALTHCHECKS)
        yield listening


def check(receiver: Receiver, name: str = "hc", **options: Any) -> Dict[str, Any]:
    return {"name": name, "type": "healthchecks", "url": receiver.url(PING), "heartbeat": "1m", **options}


@pytest.fixture
def world(tmp_path: Path, receiver: Receiver) -> Iterator[World]:
    alive = World(tmp_path, check(receiver, events=["backup_overdue"]))
    alive.start()
    alive.look()
    yield alive
    alive.stop()


def pings(receiver: Receiver) -> List[str]:
    return [request.target.partition(UUID)[2] for request in receiver.requests]


def test_a_ping_is_a_success_without_a_run(world: World, receiver: Receiver) -> None:
    assert world.beats() == ["hc"]
    [request] = receiver.requests
    assert (request.method, request.target, request.body) == ("POST", PING, b"")


def test_a_dead_mans_switch(world: World, receiver: Receiver) -> None:
    """The recipe: overdue is told, and from then on there are no heartbeats; the next success brings them back."""
    assert world.beats() == ["hc"]
    assert world.look(12 * HOUR + 40 * MINUTE) == ["backup_overdue"]
    assert world.beats() == []
    receiver.wait_for(2)
    assert pings(receiver)[1].startswith("/fail")
    world.backup()
    world.look()
    assert world.beats() == ["hc"]


def test_no_heartbeat_once_the_deadline_has_passed_although_nobody_was_told_yet(world: World) -> None:
    world.clock.advance(12 * HOUR + 40 * MINUTE)
    assert world.beats() == []


def test_a_failed_backup_stops_them_until_the_next_success(world: World) -> None:
    world.backup("backup_failure")
    assert world.beats() == []
    world.backup("backup_aborted")
    assert world.beats() == []
    world.restart()
    world.look()
    assert world.beats() == []
    world.backup()
    assert world.beats() == ["hc"]
    world.backup("backup_aborted")
    assert world.beats() == ["hc"]


def test_other_tasks_count_where_the_check_watches_them(tmp_path: Path, receiver: Receiver) -> None:
    watching = {"tasks": ["backup", "storage", "restore"]}
    world = World(tmp_path, check(receiver, "all", healthchecks=watching), check(receiver, "backups"))
    world.start()
    world.look()
    for bad, good in (("storage_low", "storage_ok"), ("restore_failure", "restore_success")):
        world.begin(bad)
        assert world.beats() == ["backups"]
        world.begin(good)
        assert world.beats() == ["all", "backups"]
    world.stop()


def test_an_aborted_backup_counts_where_it_alerts(tmp_path: Path, receiver: Receiver) -> None:
    world = World(tmp_path, check(receiver, healthchecks={"aborted": "fail"}))
    world.start()
    world.look()
    world.backup("backup_aborted")
    assert world.beats() == []
    world.stop()


def test_before_the_first_look_nothing_is_known(tmp_path: Path, receiver: Receiver) -> None:
    world = World(tmp_path, check(receiver))
    world.start()
    assert world.beats() == []
    assert world.engine.overview().endpoints[0].heartbeat == (None, "", True)
    world.look()
    assert world.beats() == ["hc"]
    world.stop()


def test_not_while_notifications_are_switched_off(world: World) -> None:
    world.configure(notification={"enabled": False})
    assert world.beats() == []
    world.configure()
    assert world.beats() == ["hc"]


def test_not_while_the_endpoint_is_switched_off(world: World) -> None:
    world.engine.switch("hc", on=False)
    assert world.beats() == []
    world.engine.switch("hc", on=True)
    assert world.beats() == ["hc"]


def test_not_while_the_disk_refuses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(type(world.engine._folder), "refusing", True)
        assert world.beats() == []
    assert world.beats() == ["hc"]


def test_not_while_the_disk_does_not_answer(world: World) -> None:
    world.engine._hand_off.is_slow = True
    assert world.beats() == []
    world.engine._hand_off.is_slow = False
    assert world.beats() == ["hc"]


def test_not_while_the_past_cannot_be_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OutboxError("disk I/O error")

    world.backup()
    world.backup("backup_aborted")
    with monkeypatch.context() as patched:
        patched.setattr(world.past, "newest", refuse)
        assert world.beats() == []
    assert world.beats() == ["hc"]


def test_not_when_a_lane_has_died(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(type(world.engine._lanes), "alive", False)
        assert world.beats() == []
    assert world.beats() == ["hc"]


def test_not_while_another_process_owns_the_folder(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, {"name": "a", "url": receiver.url("/a")}), engine(tmp_path, check(receiver)) as second:
        assert second.heartbeats.hearts() == {}


def test_each_kind_sends_its_own_form(tmp_path: Path, receiver: Receiver) -> None:
    receiver.behave(json_answer({"ok": True}), path=PUSH)
    signing = {"scheme": "standard", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    world = World(
        tmp_path,
        check(receiver),
        {"name": "kuma", "type": "uptime_kuma", "url": receiver.url(f"{PUSH}?status=up&msg=OK"), "heartbeat": 60},
        {
            "name": "own",
            "url": receiver.url("/own?at={{ event }}"),
            "heartbeat": 60,
            "headers": {"X-Team": "mc", "X-Event": "{{ event }}"},
            "webhook": {"signing": signing, "token": "t0"},
        },
        {"name": "get", "url": receiver.url("/get"), "heartbeat": 60, "webhook": {"method": "GET"}},
        {"name": "ce", "url": receiver.url("/ce"), "heartbeat": 60, "webhook": {"format": "cloudevents"}},
        server={"name": "SMP"},
    )
    world.start()
    world.look()
    assert world.beats() == ["hc", "kuma", "own", "get", "ce"]
    world.stop()
    _, kuma, own, get, cloud = receiver.requests
    assert kuma.target == f"{PUSH}?status=up&msg=OK"
    assert (own.method, own.target) == ("POST", "/own?at=heartbeat")
    assert own.header("X-Team") == "mc"
    assert own.header("X-Event") == "heartbeat"
    assert own.header("Authorization") == "Bearer t0"
    assert (own.header("webhook-signature") or "").startswith("v1,")
    body = own.json()
    assert set(body) == {"event", "timestamp", "plugin", "server", "next_by", "id"}
    assert body["event"] == "heartbeat"
    assert body["server"] == {"running": True, "name": "SMP"}
    assert body["id"] == own.header("webhook-id")
    assert (get.method, get.target, get.body) == ("GET", "/get", b"")
    assert cloud.json()["type"] == "prime_notify.heartbeat"
    assert cloud.json()["data"]["event"] == "heartbeat"


# with threads


def heartbeat_threads() -> List[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("prime_notify-heartbeat")]


def test_a_receiver_that_hangs_delays_no_other_and_ends_at_unload(tmp_path: Path, receiver: Receiver) -> None:
    receiver.behave(HANG, path="/hang")
    hanging = {"name": "hang", "url": receiver.url("/hang"), "heartbeat": 20, "timeout": "10m", "events": ["report"]}
    running = build(tmp_path, hanging, check(receiver, heartbeat=20))
    running.start(threads=False)
    running.watching.look()
    running.heartbeats.start()
    assert len(heartbeat_threads()) == 2
    receiver.wait_for(lambda got: {one.path for one in got} >= {"/hang", PING})
    running.stop(grace=0.0)
    assert heartbeat_threads() == []


def test_a_reload_begins_only_changed_ones_anew(tmp_path: Path, receiver: Receiver) -> None:
    world = World(tmp_path, check(receiver, "a"), check(receiver, "b"))
    world.start()
    before = world.engine.heartbeats.hearts()
    world.endpoints = (check(receiver, "a"), check(receiver, "b", heartbeat="2m"))
    world.configure()
    after = world.engine.heartbeats.hearts()
    assert after["a"] is before["a"]
    assert after["b"] is not before["b"]
    world.endpoints = (check(receiver, "a"), check(receiver, "b", heartbeat=None))
    world.configure()
    assert list(world.engine.heartbeats.hearts()) == ["a"]
    world.stop()


def test_a_heartbeat_is_in_no_history(world: World) -> None:
    assert world.beats() == ["hc"]
    history = world.engine.history
    assert history is not None
    assert history.count() == 0
    state = world.engine.overview().endpoints[0]
    assert state.heartbeat is not None
    assert state.heartbeat.at == world.clock.wall()
    assert state.last is None


def test_what_it_is_for_is_logged_once(world: World, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    receiver.behave(Answer(404, {}, b"not found"))
    world.beats()
    world.beats()
    receiver.behave(OK_OF_HEALTHCHECKS)
    world.beats()
    said = [message for message in caplog.messages if "heartbeat" in message]
    assert len(said) == 2
    assert UUID not in caplog.text
