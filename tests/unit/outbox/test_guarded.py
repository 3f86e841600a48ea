"""A disk that refuses costs no notification, and nothing is sent twice for its sake."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, List, Optional, Tuple

import pytest

from prime_notify.model.health import Health
from prime_notify.outbox.base import OutboxClosedError, OutboxDamagedError, OutboxError
from prime_notify.outbox.guarded import GuardedOutbox
from prime_notify.outbox.sqlite import SqliteOutbox
from prime_notify.outbox.values import Delivery, Heir, Purpose, Retention, Settlement, State, TaskChange
from tests.support.build import event, notification, open_task, states

WRITES = ("put", "bring", "settle", "keep_late", "replay", "drop", "prune", "release", "hand_over")
READS = (
    "claim",
    "claim_held",
    "held_due",
    "kin",
    "peek",
    "next_due",
    "waiting",
    "dead",
    "health",
    "attempts_since",
    "open_tasks",
    "late_events",
)


class Disk(SqliteOutbox):
    """A disk that can be full (only reading works) or broken (nothing does)."""

    full = False
    broken: Optional[OutboxError] = None

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in WRITES and super().__getattribute__("full"):
            return self._refuse
        broken = super().__getattribute__("broken")
        if name in (*WRITES, *READS) and broken is not None:
            return lambda *_args, **_more: self._raise(broken)
        return found

    def _refuse(self, *_args: object, **_more: object) -> Any:
        raise OutboxError("database or disk is full")

    @staticmethod
    def _raise(error: OutboxError) -> Any:
        raise error


class World:
    def __init__(self, folder: Path, *, disk: bool = True) -> None:
        self.folder = folder
        self.said: List[Tuple[bool, str]] = []
        self.can_open = disk
        self.opened = 0
        self.disk: Optional[Disk] = self.open() if disk else None
        self.store = GuardedOutbox(
            self.disk, self.reopen, lambda refusing, reason: self.said.append((refusing, reason))
        )

    def open(self) -> Disk:
        self.opened += 1
        self.disk = Disk(self.folder / f"outbox-{self.opened}.sqlite3")
        return self.disk

    def reopen(self, _damaged: object) -> Disk:
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
        assert self.disk is not None
        self.disk.full = True

    def make_room(self) -> SqliteOutbox:
        assert self.disk is not None
        self.disk.full = False
        self.store.recover()
        assert not self.store.refusing
        return self.disk


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_what_a_full_disk_refuses_is_sent_from_memory_and_said_once(world: World) -> None:
    assert world.disk is not None
    world.disk.full = True
    first, second = world.put(), world.put()
    assert world.said == [(True, "database or disk is full")]
    assert world.store.refusing
    assert world.store.waiting() == {"a": 2}
    assert [world.claim().notification.id, world.claim().notification.id] == [first, second]
    assert world.store.claim("a", at=0.0) is None


def test_it_is_brought_to_the_disk_once_that_takes_it(world: World) -> None:
    assert world.disk is not None
    world.disk.full = True
    id = world.put(opened=open_task("t"))
    world.store.recover()
    assert world.store.refusing
    world.disk.full = False
    world.store.recover()
    assert states(world.disk, id) == {"a": State.WAITING}
    assert world.disk.open_tasks() == [open_task("t")]
    assert world.said[1:] == [(False, "")]
    assert not world.store.refusing
    assert world.claim(at=1.0).notification.id == id


@pytest.mark.parametrize("full_again", [False, True])
def test_an_end_does_not_overtake_its_start_on_the_way_to_the_disk(
    world: World, monkeypatch: pytest.MonkeyPatch, *, full_again: bool
) -> None:
    assert world.disk is not None
    world.disk.full = True
    start, end = (notification(name, task_id="t") for name in ("backup_start", "backup_success"))
    world.store.put(start, ["a"], TaskChange(), at=0.0)
    world.disk.full = False
    bring = world.disk.bring

    def meanwhile(*args: Any, **more: Any) -> None:
        monkeypatch.undo()
        world.store.put(end, ["a"], TaskChange(), at=0.0)
        if full_again:
            raise OutboxError("database or disk is full")
        bring(*args, **more)

    monkeypatch.setattr(world.disk, "bring", meanwhile)
    world.store.recover()
    world.store.recover()
    assert not world.store.refusing
    first = world.claim()
    assert first.notification.id == start.id
    assert world.store.claim("a", at=0.0) is None
    world.settle(first)
    assert world.claim().notification.id == end.id


def test_a_delivery_noted_down_too_late_is_not_sent_again(world: World) -> None:
    assert world.disk is not None
    id = world.put()
    delivery = world.claim()
    world.disk.full = True
    world.settle(delivery)
    assert world.store.claim("a", at=99.0) is None
    world.disk.full = False
    world.store.recover()
    assert states(world.disk, id) == {"a": State.DELIVERED}
    assert world.store.claim("a", at=99.0) is None


def test_a_retry_that_could_not_be_noted_down_is_made_from_memory(world: World) -> None:
    assert world.disk is not None
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
    assert states(world.disk, id) == {"a": State.DELIVERED}


def test_a_retry_in_memory_goes_back_to_the_disk_with_its_due_time(world: World) -> None:
    assert world.disk is not None
    world.put()
    delivery = world.claim()
    world.disk.full = True
    world.settle(delivery, State.WAITING, due=10.0)
    world.disk.full = False
    world.store.recover()
    assert world.disk.next_due("a") == 10.0
    assert world.store.waiting() == {"a": 1}


def test_what_is_being_tried_from_memory_is_not_handed_out_by_the_disk_meanwhile(world: World) -> None:
    assert world.disk is not None
    id = world.put()
    delivery = world.claim()
    world.disk.full = True
    world.settle(delivery, State.WAITING, due=1.0)
    under_way = world.claim(at=1.0)
    world.disk.full = False
    world.store.recover()
    assert world.store.claim("a", at=99.0) is None
    assert world.store.refusing
    world.settle(under_way)
    world.store.recover()
    assert states(world.disk, id) == {"a": State.DELIVERED}
    assert not world.store.refusing


def test_the_end_of_a_task_stays_behind_its_start_wherever_that_is(world: World) -> None:
    assert world.disk is not None
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
    assert world.store.disk is None
    assert world.store.health("a") == Health()
    world.settle(world.claim(), State.WAITING, health=Health(failures=2))
    assert world.store.health("a").failures == 2
    assert world.store.prune(Retention(0.0, 5), most=5) == 0
    with pytest.raises(OutboxError):
        world.store.keep_late(event())
    world.can_open = True
    world.store.recover()
    assert states(world.disk, id) == {"a": State.WAITING}


def test_a_damaged_disk_is_replaced_and_what_it_handed_out_means_nothing_to_the_new_one(world: World) -> None:
    assert world.disk is not None
    world.put()
    old = world.claim()
    world.disk.broken = OutboxDamagedError("malformed")
    id = world.put()
    assert world.said == [(True, "malformed")]
    assert world.opened == 2
    world.store.recover()
    new = world.claim(at=1.0)
    assert new.notification.id == id
    world.settle(old)
    assert states(world.disk, id) == {"a": State.WAITING}
    world.settle(new)
    assert states(world.disk, id) == {"a": State.DELIVERED}


def test_a_damaged_disk_that_cannot_be_replaced_leaves_memory(world: World) -> None:
    assert world.disk is not None
    world.can_open = False
    world.disk.broken = OutboxDamagedError("malformed")
    id = world.put()
    assert world.store.disk is None
    assert world.claim().notification.id == id


def test_dead_letters_in_memory_are_replayed_and_dropped_too(world: World) -> None:
    assert world.disk is not None
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
    assert world.disk is not None
    world.disk.close()
    with pytest.raises(OutboxClosedError):
        world.store.claim("a", at=0.0)


def test_whoever_asks_while_a_damaged_disk_is_replaced_gets_its_successor(world: World) -> None:
    assert world.disk is not None
    damaged, replacing, asking = world.disk, threading.Event(), threading.Event()
    open_another = world.open

    def slowly() -> Disk:
        SqliteOutbox.close(damaged)
        replacing.set()
        assert asking.wait(10)
        return open_another()

    world.open = slowly  # type: ignore[method-assign]
    damaged.broken = OutboxDamagedError("malformed")
    lane = threading.Thread(target=lambda: world.store.claim("a", at=0.0))
    lane.start()
    assert replacing.wait(10)
    damaged.broken = OutboxClosedError("the outbox is closed")
    threading.Thread(target=asking.set).start()
    id = world.put()
    lane.join()
    world.store.recover()
    assert states(world.disk, id) == {"a": State.WAITING}
    assert world.said[-1] == (False, "")


def test_what_the_disk_cannot_hold_back_is_held_back_in_memory_and_then_by_the_disk(world: World) -> None:
    assert world.disk is not None
    first, second = world.put(), world.put()
    delivery = world.claim()
    world.disk.full = True
    world.store.settle(Settlement(delivery.key, State.WAITING, 0.0, due=50.0, held=True, tried=False))
    third = world.put()
    assert world.store.held_due("a") == 50.0
    world.store.release("a", at=40.0)
    [in_memory] = world.store.claim_held("a", at=40.0, most=1)
    assert (in_memory.notification.id, in_memory.attempt) == (first, 1)
    world.store.settle(Settlement(in_memory.key, State.WAITING, 0.0, due=50.0, held=True, tried=False))
    world.disk.full = False
    world.store.recover()
    for _ in range(2):
        world.store.settle(Settlement(world.claim().key, State.WAITING, 0.0, due=60.0, held=True, tried=False))
    held = world.store.claim_held("a", at=60.0, most=9)
    assert sorted(one.notification.id for one in held) == sorted([first, second, third])
    assert [one.attempt for one in held] == [1, 1, 1]


def test_what_is_held_back_in_memory_and_on_the_disk_is_handed_out_together(world: World) -> None:
    assert world.disk is not None
    world.put()
    world.store.settle(Settlement(world.claim().key, State.WAITING, 0.0, due=5.0, held=True, tried=False))
    world.disk.full = True
    world.put()
    world.store.settle(Settlement(world.claim().key, State.WAITING, 0.0, due=9.0, held=True, tried=False))
    assert len(world.store.claim_held("a", at=9.0, most=9)) == 2


def test_what_waits_in_memory_is_handed_over_like_anything_else(world: World) -> None:
    on_disk = world.put()
    world.fill_up()
    in_memory = world.put("backup_failure")
    [seen] = world.store.peek("a", after=0, most=9)
    [unwritten] = world.store.peek_unwritten("a")
    assert (seen.notification.id, unwritten.notification.id) == (on_disk, in_memory)
    assert not world.store.hand_over(seen.key, [Heir("c", "q")], at=0.0)
    assert world.store.hand_over(unwritten.key, [Heir("c", "q")], at=0.0)
    assert world.claim(endpoint="c").notification.id == in_memory
    assert world.store.kin(unwritten.key) == [("a", State.WAITING), ("c", State.WAITING)]
    assert world.store.kin(seen.key) == [("a", State.WAITING)]


def test_what_is_given_up_while_the_disk_refuses_is_told_by_the_next_one_and_by_nobody_twice(world: World) -> None:
    first, second = world.put("backup_failure"), world.put("backup_failure", to="a b")
    world.fill_up()
    for _ in range(2):
        world.settle(world.claim(), State.DEAD, heirs=[Heir("b", "q"), Heir("c", "q")])
    heir = world.claim(endpoint="b")
    assert heir.notification.id == first
    world.settle(heir)
    assert world.claim(endpoint="b").notification.id == second  # by itself, from the disk
    assert world.store.claim("c", at=99.0) is None
    disk = world.make_room()
    assert states(disk, first) == {"a": State.DEAD, "b": State.DELIVERED}
    assert world.store.claim("b", at=99.0) is None


def test_an_heir_that_has_not_told_yet_does_so_from_the_disk(world: World) -> None:
    id = world.put("backup_failure")
    world.fill_up()
    world.settle(world.claim(), State.WAITING, due=50.0)
    [waiting] = world.store.peek_unwritten("a")
    assert world.store.hand_over(waiting.key, [Heir("b", "q", instead=True)], at=0.0)
    disk = world.make_room()
    assert states(disk, id) == {"a": State.PASSED, "b": State.WAITING}
    assert world.store.peek_unwritten("b") == []
    assert world.claim(endpoint="b").notification.id == id


def test_a_reminder_of_what_was_told_from_memory_goes_to_the_disk(world: World) -> None:
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
    assert world.disk is not None
    world.disk.full = False
    world.store.recover()
    assert world.store.refusing  # for a reminder is just being told
    world.settle(under_way, at=180.0, remind_at=240.0)
    disk = world.make_room()
    assert world.store.waiting() == {"a": 1}
    assert disk.next_due("a") == 240.0
    assert world.claim(at=240.0).purpose is Purpose.REMINDER


def test_dead_letters_and_what_was_told_from_memory_are_on_record_afterwards(world: World) -> None:
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
    assert world.disk is not None
    world.disk.full = False
    world.store.recover()
    assert world.store.claim("a", at=0.0) is None
    world.settle(start)
    assert world.claim().notification.id == end
