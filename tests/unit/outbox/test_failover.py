"""A disk that refuses costs no notification, and nothing is sent twice for its sake."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Tuple

import pytest

from prime_notify.model.health import Health
from prime_notify.outbox import failover
from prime_notify.outbox.database import Database
from prime_notify.outbox.errors import OutboxClosedError, OutboxDamagedError, OutboxError
from prime_notify.outbox.history import History
from prime_notify.outbox.inbox import store as store_in_inbox
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Purpose, Received, Settlement, State, Substitute, TaskChange
from tests.support.build import event, notification, open_task, states
from tests.support.disk import FailoverOutbox, FaultyDisk

Undo = Callable[[], object]


class KilledError(BaseException):
    """The process ends here."""


class World:
    """``disk``: the newest file; another one is opened when it is damaged and as long as ``can_open``."""

    def __init__(self, folder: Path, *, disk: bool = True) -> None:
        self.folder = folder
        self.can_open = disk
        self.opened = 0
        self.disk: FaultyDisk
        self.store = FailoverOutbox(self.open() if disk else None, self.reopen)
        self.said: List[Tuple[bool, str]] = self.store.said

    def open(self) -> FaultyDisk:
        self.opened += 1
        self.disk = FaultyDisk(self.folder / f"outbox-{self.opened}.sqlite3")
        return self.disk

    def reopen(self, damaged: Optional[Database]) -> FaultyDisk:
        if damaged is not None:
            damaged.close()
        if not self.can_open:
            raise OutboxError("read-only")
        return self.open()

    def put(self, name: str = "backup_success", *, task_id: str = "", to: str = "a", **change: Any) -> str:
        accepted = notification(name, task_id=task_id)
        self.store.put(accepted, to.split(), TaskChange(**change), at=0.0)
        return accepted.id

    def claim(self, *, at: float = 0.0, endpoint: str = "a") -> Delivery:
        delivery = self.store.claim(endpoint, at=at)
        assert delivery is not None
        return delivery

    def settle(
        self, delivery: Delivery, state: State = State.DELIVERED, *, due: float = 0.0, at: float = 0.0, **more: Any
    ) -> None:
        self.store.settle(Settlement(delivery.key, state, at, due, **more))

    def fill_up(self) -> None:
        self.disk.full = True

    def make_room(self) -> Outbox:
        """The file works again; an outbox that sees the file alone."""
        self.disk.full, self.disk.broken = False, None
        self.store.recover()
        assert not self.store.refusing
        return self.on_disk

    @property
    def on_disk(self) -> Outbox:
        return Outbox(self.disk)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_what_a_full_disk_refuses_is_sent_from_memory_and_said_once(world: World) -> None:
    world.disk.full = True
    first, second = world.put(), world.put()
    assert world.said == [(True, "database or disk is full")]
    assert world.store.refusing
    assert world.store.waiting() == {"a": 2}
    assert [world.claim().notification.id, world.claim().notification.id] == [first, second]
    assert world.store.claim("a", at=0.0) is None


def test_it_is_brought_to_the_disk_once_that_takes_it(world: World) -> None:
    world.disk.full = True
    id = world.put(opened=open_task("t"))
    world.store.recover()
    assert world.store.refusing
    world.disk.full = False
    world.store.recover()
    assert states(world.on_disk, id) == {"a": State.WAITING}
    assert world.on_disk.open_tasks() == [open_task("t")]
    assert world.said[1:] == [(False, "")]
    assert not world.store.refusing
    assert world.claim(at=1.0).notification.id == id


@pytest.mark.parametrize("full_again", [False, True])
def test_an_end_does_not_overtake_its_start_on_the_way_to_the_disk(
    world: World, monkeypatch: pytest.MonkeyPatch, *, full_again: bool
) -> None:
    world.disk.full = True
    start, end = (notification(name, task_id="t") for name in ("backup_start", "backup_success"))
    world.store.put(start, ["a"], TaskChange(), at=0.0)
    world.disk.full = False
    write = world.disk.write

    def meanwhile(name: str, *args: Any, **more: Any) -> Any:
        if name == "probe":
            return write(name, *args, **more)
        monkeypatch.undo()
        world.store.put(end, ["a"], TaskChange(), at=0.0)
        if full_again:
            raise OutboxError("database or disk is full")
        return write(name, *args, **more)

    monkeypatch.setattr(world.disk, "write", meanwhile)
    world.store.recover()
    assert world.store.refusing is full_again
    world.store.recover()
    assert not world.store.refusing
    first = world.claim()
    assert first.notification.id == start.id
    assert world.store.claim("a", at=0.0) is None
    world.settle(first)
    assert world.claim().notification.id == end.id


def test_a_delivery_noted_down_too_late_is_not_sent_again(world: World) -> None:
    id = world.put()
    delivery = world.claim()
    world.disk.full = True
    world.settle(delivery)
    assert world.store.claim("a", at=99.0) is None
    world.disk.full = False
    world.store.recover()
    assert states(world.on_disk, id) == {"a": State.DELIVERED}
    assert world.store.claim("a", at=99.0) is None


def test_a_retry_that_could_not_be_noted_down_is_made_from_memory(world: World) -> None:
    id = world.put()
    delivery = world.claim()
    world.disk.full = True
    world.settle(delivery, State.WAITING, due=10.0)
    assert world.store.next_due("a") == 10.0
    again = world.claim(at=10.0)
    assert (again.notification.id, again.attempt) == (id, 2)
    world.settle(again)
    assert world.store.claim("a", at=99.0) is None
    world.disk.full = False
    world.store.recover()
    assert states(world.on_disk, id) == {"a": State.DELIVERED}


def test_a_retry_in_memory_goes_back_to_the_disk_with_its_due_time(world: World) -> None:
    world.put()
    delivery = world.claim()
    world.disk.full = True
    world.settle(delivery, State.WAITING, due=10.0)
    world.disk.full = False
    world.store.recover()
    assert world.on_disk.next_due("a") == 10.0
    assert world.store.waiting() == {"a": 1}


def test_what_is_being_tried_from_memory_is_not_handed_out_by_the_disk_meanwhile(world: World) -> None:
    id = world.put()
    delivery = world.claim()
    world.disk.full = True
    world.settle(delivery, State.WAITING, due=1.0)
    under_way = world.claim(at=1.0)
    world.make_room()
    assert world.store.claim("a", at=99.0) is None
    world.settle(under_way)
    assert states(world.on_disk, id) == {"a": State.DELIVERED}


def test_the_end_of_a_task_stays_behind_its_start_wherever_that_is(world: World) -> None:
    world.disk.full = True
    world.put("backup_start", task_id="t")
    world.disk.full = False
    world.put("backup_success", task_id="t")
    start = world.claim()
    assert start.notification.payload.event == "backup_start"
    assert world.store.claim("a", at=0.0) is None
    world.settle(start)
    assert world.claim().notification.payload.event == "backup_success"


def test_without_any_disk_everything_works_in_memory_until_one_can_be_opened(tmp_path: Path) -> None:
    world = World(tmp_path, disk=False)
    id = world.put()
    world.store.recover()
    assert world.store.failover.file is None
    assert world.store.health("a") == Health()
    world.settle(world.claim(), State.WAITING, health=Health(failures=2))
    assert world.store.health("a").failures == 2
    world.can_open = True
    world.store.recover()
    assert states(world.on_disk, id) == {"a": State.WAITING}
    assert world.on_disk.health("a").failures == 2


def test_a_file_that_can_be_opened_later_keeps_its_rows_beside_those_of_memory(tmp_path: Path) -> None:
    on_file = notification()
    file = FaultyDisk(tmp_path / "outbox-1.sqlite3")
    Outbox(file).put(on_file, ["a"], TaskChange(), at=0.0)
    file.close()
    world = World(tmp_path, disk=False)
    in_memory = world.put()
    delivery = world.claim()
    world.can_open = True
    world.store.recover()
    assert states(world.on_disk, on_file.id) == states(world.on_disk, in_memory) == {"a": State.WAITING}
    world.settle(delivery)
    assert world.claim().notification.id == on_file.id
    assert states(world.on_disk, in_memory) == {"a": State.DELIVERED}


def test_a_damaged_disk_is_replaced_and_what_it_handed_out_is_settled_in_the_new_one(world: World) -> None:
    before = world.put()
    old = world.claim()
    world.disk.broken = OutboxDamagedError("malformed")
    id = world.put()
    assert world.said == [(True, "malformed")]
    world.store.recover()
    assert world.opened == 2
    new = world.claim(at=1.0)
    assert new.notification.id == id
    world.settle(old)
    assert states(world.on_disk, id) == {"a": State.WAITING}
    assert states(world.on_disk, before) == {"a": State.DELIVERED}
    world.settle(new)
    assert states(world.on_disk, id) == {"a": State.DELIVERED}


def test_a_settlement_of_a_delivery_that_is_gone_changes_nothing(world: World) -> None:
    id = world.put()
    substitutes = [Substitute("b", "q")]
    world.store.settle(Settlement(world.claim().key + 99, State.DEAD, 0.0, substitutes=substitutes, remind_at=5.0))
    assert states(world.on_disk, id) == {"a": State.WAITING}
    assert (world.store.waiting(), world.store.dead()) == ({"a": 1}, {})


def test_a_damaged_disk_that_cannot_be_replaced_leaves_memory(world: World) -> None:
    world.can_open = False
    world.disk.broken = OutboxDamagedError("malformed")
    id = world.put()
    world.store.recover()
    assert world.store.failover.file is None
    assert world.claim().notification.id == id


def test_what_can_be_read_of_a_damaged_disk_is_delivered_though_no_other_can_be_made(world: World) -> None:
    world.can_open = False
    waiting = world.put(opened=open_task("t"))

    def damaged(_name: str) -> None:
        raise OutboxDamagedError("malformed")

    world.disk._crash_point = damaged
    id = world.put()
    world.store.recover()
    assert [world.claim().notification.id for _ in range(2)] == [waiting, id]
    assert world.store.open_tasks() == [open_task("t")]


def test_dead_letters_in_memory_are_replayed_and_dropped_too(world: World) -> None:
    world.disk.full = True
    world.put()
    world.settle(world.claim(), State.DEAD)
    assert world.store.dead() == {"a": 1}
    assert list(world.store.replay(None, at=1.0)) == ["a"]
    world.settle(world.claim(at=1.0), State.DEAD)
    assert world.store.drop(None, at=2.0) == 1


def test_nothing_is_done_after_closing(world: World) -> None:
    world.store.close()
    world.store.recover()
    for call in (lambda: world.put(), lambda: world.store.claim("a", at=0.0), lambda: world.store.waiting()):
        with pytest.raises(OutboxClosedError):
            call()


def test_a_store_that_somebody_else_closed_says_so(world: World) -> None:
    world.disk.close()
    with pytest.raises(OutboxClosedError):
        world.store.claim("a", at=0.0)


def test_nobody_waits_while_a_damaged_disk_is_replaced(world: World) -> None:
    replacing, asked = threading.Event(), threading.Event()
    open_another = world.open

    def slowly() -> FaultyDisk:
        replacing.set()
        assert asked.wait(60.0)
        return open_another()

    world.open = slowly  # type: ignore[method-assign]
    world.disk.broken = OutboxDamagedError("malformed")
    assert world.store.claim("a", at=0.0) is None
    housekeeping = threading.Thread(target=world.store.recover)
    housekeeping.start()
    assert replacing.wait(60.0)
    id = world.put()
    asked.set()
    housekeeping.join()
    assert states(world.on_disk, id) == {"a": State.WAITING}
    assert world.said[-1] == (False, "")


def test_what_the_disk_cannot_defer_is_deferred_in_memory_and_then_on_the_disk(world: World) -> None:
    first, second = world.put(), world.put()
    delivery = world.claim()
    world.disk.full = True
    world.store.settle(Settlement(delivery.key, State.WAITING, 0.0, due=50.0, deferred=True, tried=False))
    third = world.put()
    assert world.store.deferred_due("a") == 50.0
    world.store.make_deferred_due("a", at=40.0)
    [in_memory] = world.store.claim_deferred("a", at=40.0, most=1)
    assert (in_memory.notification.id, in_memory.attempt) == (first, 1)
    world.store.settle(Settlement(in_memory.key, State.WAITING, 0.0, due=50.0, deferred=True, tried=False))
    world.disk.full = False
    world.store.recover()
    for _ in range(2):
        world.store.settle(Settlement(world.claim().key, State.WAITING, 0.0, due=60.0, deferred=True, tried=False))
    deferred = world.store.claim_deferred("a", at=60.0, most=9)
    assert sorted(one.notification.id for one in deferred) == sorted([first, second, third])
    assert [one.attempt for one in deferred] == [1, 1, 1]


def test_what_is_deferred_in_memory_and_on_the_disk_is_handed_out_together(world: World) -> None:
    world.put()
    world.store.settle(Settlement(world.claim().key, State.WAITING, 0.0, due=5.0, deferred=True, tried=False))
    world.disk.full = True
    world.put()
    world.store.settle(Settlement(world.claim().key, State.WAITING, 0.0, due=9.0, deferred=True, tried=False))
    assert len(world.store.claim_deferred("a", at=9.0, most=9)) == 2


def test_what_waits_is_reassigned_while_the_disk_refuses(world: World) -> None:
    on_disk = world.put()
    world.fill_up()
    in_memory = world.put("backup_failure")
    seen, unwritten = world.store.peek("a", after=0, most=9)
    assert (seen.notification.id, unwritten.notification.id) == (on_disk, in_memory)
    for one in (seen, unwritten):
        world.store.reassign(one.key, [Substitute("c", one.notification.id)], at=0.0)
        assert world.claim(endpoint="c").notification.id == one.notification.id
        assert states(world.store, one.notification.id) == {"a": State.WAITING, "c": State.WAITING}
    disk = world.make_room()
    assert states(disk, on_disk) == states(disk, in_memory) == {"a": State.WAITING, "c": State.WAITING}


def test_what_is_given_up_while_the_disk_refuses_is_delivered_by_the_next_one_and_never_twice(world: World) -> None:
    first, second = world.put("backup_failure"), world.put("backup_failure", to="a b")
    world.fill_up()
    for _ in range(2):
        world.settle(world.claim(), State.DEAD, substitutes=[Substitute("b", "q"), Substitute("c", "q")])
    assert world.claim(endpoint="b").notification.id == second  # by itself
    substitute = world.claim(endpoint="b")
    assert substitute.notification.id == first
    world.settle(substitute)
    assert world.store.claim("c", at=99.0) is None
    disk = world.make_room()
    assert states(disk, first) == {"a": State.DEAD, "b": State.DELIVERED}
    assert world.store.claim("b", at=99.0) is None


def test_a_substitute_that_has_not_delivered_yet_does_so_from_the_disk(world: World) -> None:
    id = world.put("backup_failure")
    world.fill_up()
    world.settle(world.claim(), State.WAITING, due=50.0)
    [waiting] = world.store.peek("a", after=0, most=9)
    world.store.reassign(waiting.key, [Substitute("b", "q", instead=True)], at=0.0)
    disk = world.make_room()
    assert states(disk, id) == {"a": State.PASSED, "b": State.WAITING}
    assert world.claim(endpoint="b").notification.id == id


def test_a_reminder_of_what_was_delivered_from_memory_goes_to_the_disk(world: World) -> None:
    world.fill_up()
    id = world.put("backup_failure")
    world.settle(world.claim(), remind_at=60.0)
    world.make_room()
    assert world.store.claim("a", at=59.0) is None
    reminder = world.claim(at=60.0)
    assert (reminder.notification.id, reminder.purpose, reminder.attempt) == (id, Purpose.REMINDER, 1)


def test_reminders_go_on_while_the_disk_refuses_and_there_is_only_one_of_them(world: World) -> None:
    id = world.put("backup_failure")
    delivery = world.claim()
    world.fill_up()
    world.settle(delivery, remind_at=60.0)
    for due in (60.0, 120.0):
        reminder = world.claim(at=due)
        assert (reminder.notification.id, reminder.purpose) == (id, Purpose.REMINDER)
        world.settle(reminder, at=due, remind_at=due + 60.0)
    under_way = world.claim(at=180.0)
    disk = world.make_room()
    world.settle(under_way, at=180.0, remind_at=240.0)
    assert world.store.waiting() == {"a": 1}
    assert disk.next_due("a") == 240.0
    assert world.claim(at=240.0).purpose is Purpose.REMINDER


def test_dead_letters_and_what_was_delivered_from_memory_are_on_record_afterwards(world: World) -> None:
    world.fill_up()
    id = world.put(to="a b c")
    for endpoint, state in (("a", State.DEAD), ("b", State.DELIVERED)):
        world.settle(world.claim(endpoint=endpoint), state)
    world.settle(world.claim(endpoint="c"), State.WAITING, due=70.0)
    disk = world.make_room()
    assert states(disk, id) == {"a": State.DEAD, "b": State.DELIVERED, "c": State.WAITING}
    assert disk.next_due("c") == 70.0
    assert world.claim(endpoint="c", at=70.0).attempt == 2


def test_what_the_disk_refuses_again_stays_in_memory(world: World) -> None:
    world.fill_up()
    ids = [world.put(opened=open_task(f"t{number}")) for number in range(3)]
    world.store.recover()
    assert [world.claim().notification.id for _ in range(3)] == ids
    assert len(world.store.open_tasks()) == 3


def test_a_task_of_which_something_is_being_tried_stays_together(world: World) -> None:
    world.fill_up()
    world.put("backup_start", task_id="t")
    start, end = world.claim(), world.put(task_id="t")
    world.disk.full = False
    world.store.recover()
    assert world.store.claim("a", at=0.0) is None
    world.settle(start)
    assert world.claim().notification.id == end


def test_a_disk_that_turns_out_to_be_damaged_while_it_is_written_to_is_replaced(world: World) -> None:
    waiting = world.put()
    world.fill_up()
    id = world.put()
    world.disk.full, world.disk.broken = False, OutboxDamagedError("malformed")
    world.store.recover()
    assert world.store.refusing
    world.store.recover()
    assert world.opened == 2
    assert states(world.on_disk, waiting) == states(world.on_disk, id) == {"a": State.WAITING}
    assert [refusing for refusing, _ in world.said] == [True, False]


def test_what_is_much_is_written_in_rounds_and_what_comes_meanwhile_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failover, "_SMALL", 3)
    world.fill_up()
    ids = [world.put() for _ in range(9)]
    world.disk.full = False
    written: List[str] = []

    def note(name: str) -> None:
        written.append(name)
        if name == "write-back:begin" and len(ids) < 20:
            ids.extend(world.put() for _ in range(5))

    world.disk._crash_point = note
    world.store.recover()
    assert written.count("write-back:done") == 4
    assert [one.notification.id for one in world.on_disk.peek("a", after=0, most=99)] == ids


@pytest.mark.parametrize("point", ["probe:done", "write-back:done"])
def test_nothing_is_written_back_after_closing(world: World, point: str) -> None:
    world.fill_up()
    id = world.put()
    world.disk.full = False

    def close(name: str) -> None:
        if name == point:
            world.store.failover._closed = True  # another thread is about to close both databases

    world.disk._crash_point = close
    world.store.recover()
    assert world.said == [(True, "database or disk is full")]
    assert bool(states(world.on_disk, id)) is (point == "write-back:done")
    with pytest.raises(OutboxClosedError):
        world.put()


def test_a_disk_that_is_opened_after_closing_is_closed_again(tmp_path: Path) -> None:
    world = World(tmp_path, disk=False)
    world.put()
    world.can_open = True
    open_another = world.open

    def late() -> FaultyDisk:
        world.store.close()
        return open_another()

    world.open = late  # type: ignore[method-assign]
    world.store.recover()
    with pytest.raises(OutboxClosedError):
        world.disk.read("SELECT 1")


def test_rows_that_a_damaged_file_left_impossible_cost_only_themselves(world: World) -> None:
    fine, broken = world.put(), world.put()
    connection = world.disk._connection
    for change in (
        "writable_schema = ON",
        "foreign_keys = OFF",
    ):
        connection.execute(f"PRAGMA {change}")
    connection.execute(
        "UPDATE sqlite_master SET sql = replace(sql, 'REAL NOT NULL', 'REAL') WHERE name = 'notification'"
    )
    connection.execute("PRAGMA writable_schema = RESET")
    connection.execute("UPDATE notification SET accepted = NULL WHERE id = ?", (broken,))
    world.fill_up()
    third = world.put()
    assert [world.claim().notification.id for _ in range(2)] == [fine, third]


# a file that cannot even be read


def test_what_is_under_way_is_not_sent_again_though_the_disk_cannot_be_read(world: World) -> None:
    first, second = world.put(), world.put(opened=open_task("t"))
    delivered, retried = world.claim(), world.claim()
    third = world.put()
    world.disk.broken = OutboxError("disk I/O error")
    assert world.store.claim("a", at=0.0) is None
    fourth = world.put("backup_failure", closed="t")
    world.settle(delivered, substitutes=[Substitute("b", "q")])
    world.settle(retried, State.WAITING, due=10.0)
    assert world.store.waiting() == {"a": 2, "b": 1}
    assert world.store.open_tasks() == []
    again = world.claim(at=10.0)
    assert again.notification.id == fourth
    again = world.claim(at=10.0)
    assert (again.notification.id, again.attempt) == (second, 2)
    disk = world.make_room()
    world.settle(again)
    assert states(disk, first) == {"a": State.DELIVERED, "b": State.WAITING}
    assert states(disk, second) == {"a": State.DELIVERED}
    assert states(disk, third) == states(disk, fourth) == {"a": State.WAITING}
    assert disk.open_tasks() == []


def test_what_was_read_ahead_is_delivered_though_the_disk_cannot_be_read(world: World) -> None:
    ids = [world.put() for _ in range(3)]
    world.settle(world.claim())
    world.disk.broken = OutboxError("disk I/O error")
    for id in ids[1:]:
        delivery = world.claim()
        assert delivery.notification.id == id
        world.settle(delivery)
    assert world.store.claim("a", at=0.0) is None
    disk = world.make_room()
    assert [states(disk, id) for id in ids] == [{"a": State.DELIVERED}] * 3


def test_what_others_wrote_meanwhile_stays(world: World) -> None:
    dead = world.put()
    world.settle(world.claim(), State.DEAD)
    world.store.receive([Received("1", event())])
    world.fill_up()
    world.put(received="1")
    other = Database(world.disk.path)
    store_in_inbox(other, [Received("2", event())])
    assert Outbox(other).replay(dead, at=5.0) == ["a"]
    other.close()
    disk = world.make_room()
    assert [one.id for one in disk.inbox()] == ["2"]
    assert states(disk, dead) == {"a": State.WAITING}


def test_the_history_and_the_rates_go_on_in_memory(world: World) -> None:
    ids = [world.put() for _ in range(3)]
    for at in (1.0, 2.0, 3.0):
        world.settle(world.claim(), at=at, receipt={"ts": "1"})
    world.fill_up()
    ids.append(world.put())
    world.settle(world.claim(), at=4.0)
    assert list(world.store.attempts_since("a", 2.0, 9)) == [2.0, 3.0, 4.0]
    history = History(world.store.database)
    assert list(history.ids(9)) == ids[::-1]
    assert [one.at for one in history.find(ids[0])[0].deliveries[0].tries] == [1.0]
    world.make_room()
    assert list(world.store.attempts_since("a", 0.0, 9)) == [1.0, 2.0, 3.0, 4.0]


def test_the_end_of_a_task_gets_the_receipt_of_its_start_though_that_is_long_past(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failover, "_HISTORY", 1)
    world.put("backup_start", task_id="t")
    world.settle(world.claim(), receipt={"ts": "1"})
    world.put("backup_success", task_id="t")
    for _ in range(3):
        world.put(to="b")
        world.settle(world.claim(endpoint="b"))
    world.fill_up()
    world.put(to="b")
    assert world.claim().previous == {"ts": "1"}


def test_keys_are_never_used_again_while_the_process_lives(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failover, "_HISTORY", 0)
    world.put()
    delivery = world.claim()
    world.settle(delivery)  # so that no row with these keys is in memory
    world.fill_up()
    world.put()
    assert world.claim().key > delivery.key
    world.make_room()
    assert len(History(world.disk).page(9)) == 2


@pytest.mark.parametrize("step", ["write-back:begin", "write-back:commit", "write-back:done", "write-back:switched"])
def test_whoever_is_killed_while_writing_back_has_lost_nothing_of_the_file(world: World, step: str) -> None:
    """And everything from the end of the transaction on."""
    on_disk = world.put()
    world.fill_up()
    in_memory = world.put()
    world.settle(world.claim())

    def kill(name: str) -> None:
        if name == step:
            raise KilledError

    world.disk.full, world.disk._crash_point, world.store.failover._crash_point = False, kill, kill
    with pytest.raises(KilledError):
        world.store.recover()
    next_one = Outbox(Database(world.disk.path))
    written = step in ("write-back:done", "write-back:switched")
    assert states(next_one, on_disk) == {"a": State.DELIVERED if written else State.WAITING}
    assert states(next_one, in_memory) == ({"a": State.WAITING} if written else {})


# disks that really refuse


def a_full_disk(database: Database) -> Undo:
    """No page can be added; and to be sure, none is free."""
    connection = database._connection
    [pages] = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    return lambda: connection.execute("PRAGMA max_page_count = 1000000")


def a_locked_file(database: Database) -> Undo:
    other = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    database._connection.execute("PRAGMA busy_timeout = 1")
    return other.close


def a_deleted_file(database: Database) -> Undo:
    database.path.unlink()
    return lambda: None


def a_deleted_log(database: Database) -> Undo:
    database.path.with_name(f"{database.path.name}-wal").unlink()
    return lambda: None


def another_file(database: Database) -> Undo:
    """As when an owner copies a folder back from a backup."""
    copy = database.path.with_name("copy")
    with contextlib.closing(sqlite3.connect(copy)) as target:
        database._connection.backup(target)
    copy.replace(database.path)
    return lambda: None


def a_deleted_folder(database: Database) -> Undo:
    folder = database.path.parent
    shutil.rmtree(folder)
    return folder.mkdir


@pytest.mark.parametrize(
    "refuse",
    [
        a_full_disk,
        a_locked_file,
        pytest.param(
            a_deleted_folder,
            marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no file that is open"),
        ),
    ],
)
def test_whatever_a_disk_really_refuses_for_it_gets_everything_back(
    tmp_path: Path, refuse: Callable[[Database], Undo]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def open_again(_damaged: Optional[Database]) -> Database:
        return Database(folder / "outbox.sqlite3")

    store = FailoverOutbox(open_again(None), open_again)
    before, dead = notification(), notification()
    for one, endpoint in ((before, "a"), (dead, "b")):
        store.put(one, [endpoint], TaskChange(), at=0.0)
    under_way = store.claim("a", at=0.0)
    assert under_way is not None
    assert store.failover.file is not None
    undo = refuse(store.failover.file)
    store.recover()
    later = [notification(message="x" * 3000) for _ in range(20)]
    for one in later:
        store.put(one, ["a"], TaskChange(), at=0.0)
    store.recover()
    assert store.refusing
    store.settle(Settlement(under_way.key, State.DELIVERED, 0.0))
    undo()
    store.recover()
    assert not store.refusing
    store.close()
    on_disk = Outbox(Database(folder / "outbox.sqlite3"))
    assert states(on_disk, before.id) == {"a": State.DELIVERED}
    assert on_disk.waiting() == {"a": 20, "b": 1}
    assert [one.notification for one in on_disk.peek("a", after=0, most=99)] == later


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes and replaces no file that is open")
@pytest.mark.parametrize("lose", [a_deleted_file, a_deleted_log, another_file])
def test_a_file_that_was_deleted_or_replaced_is_noticed_and_gets_everything_undelivered(
    tmp_path: Path, lose: Callable[[Database], Undo]
) -> None:
    path = tmp_path / "outbox.sqlite3"
    store = FailoverOutbox(Database(path), lambda _damaged: Database(path))
    before, delivered = notification(), notification()
    store.put(before, ["a"], TaskChange(), at=0.0)
    store.put(delivered, ["b"], TaskChange(), at=0.0)
    under_way = store.claim("b", at=0.0)
    assert under_way is not None
    assert store.failover.file is not None
    assert not store.failover.recover()
    lose(store.failover.file)
    unseen = notification()
    store.put(unseen, ["a"], TaskChange(), at=0.0)  # SQLite writes on to what is deleted
    assert store.failover.recover()
    assert not store.refusing
    store.settle(Settlement(under_way.key, State.DELIVERED, 0.0))
    found = Outbox(Database(path))  # as after a kill
    assert found.waiting() == {"a": 2}
    assert [one.notification for one in found.peek("a", after=0, most=9)] == [before, unseen]
    assert not store.failover.recover()
    store.close()


@pytest.fixture
def no_root() -> Iterator[None]:
    """Root may write to whatever is read-only."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    yield
    if is_root:
        os.seteuid(0)


def test_a_read_only_file_gets_everything_back_once_it_can_be_written_to(no_root: None) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "outbox.sqlite3"
        Outbox(Database(path)).put(notification(), ["a"], TaskChange(), at=0.0)
        gc.collect()  # the last connection takes the write-ahead log with it
        path.chmod(0o444)
        store = FailoverOutbox(Database(path), lambda damaged: Database(path))
        assert not store.refusing
        added = notification()
        store.put(added, ["a"], TaskChange(), at=0.0)
        assert store.refusing
        assert store.waiting() == {"a": 2}
        store.recover()
        assert store.refusing
        path.chmod(0o644)
        for _ in range(2):
            store.recover()
        assert not store.refusing
        assert states(Outbox(Database(path)), added.id) == {"a": State.WAITING}
        store.close()
