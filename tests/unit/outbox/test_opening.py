"""A damaged file is moved aside, a new one started, and what is undelivered saved as far as it can be read."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import List

import pytest

from prime_notify.model.health import FailureRecord, Health
from prime_notify.outbox.database import Database
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.opening import OUTBOX_FILE, Damage, Opener
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Purpose, Received, Settlement, State, TaskChange
from tests.support.build import event, notification, open_task, states


class World:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / OUTBOX_FILE
        self.damages: List[Damage] = []
        self.opener = Opener(folder, lambda: 1_700_000_000.9, self.damages.append)


def database_of(store: Outbox) -> Database:
    assert isinstance(store.database, Database)
    return store.database


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_file_that_is_no_database_is_kept_beside_a_new_one(world: World) -> None:
    world.path.write_bytes(b"garbage" * 1000)
    store = Outbox(world.opener.open())
    store.put(notification(), ["a"], TaskChange(), at=0.0)
    store.close()
    [damage] = world.damages
    assert damage.moved_to == world.folder / f"{OUTBOX_FILE}.damaged-1700000000"
    assert damage.moved_to.read_bytes() == b"garbage" * 1000
    assert "not a database" in damage.reason
    assert damage.saved == 0


def test_a_second_damaged_file_of_the_same_second_is_kept_too(world: World) -> None:
    for _ in range(3):
        world.path.write_bytes(b"garbage" * 1000)
        world.opener.open().close()
    assert len({damage.moved_to for damage in world.damages}) == 3
    assert all(damage.moved_to.exists() for damage in world.damages)


def test_what_is_undelivered_is_saved_from_a_store_that_turns_out_to_be_damaged(world: World) -> None:
    store = Outbox(world.opener.open())
    waiting, dead, done = (notification() for _ in range(3))
    for one, endpoint in ((waiting, "w"), (dead, "d"), (done, "x")):
        store.put(one, [endpoint], TaskChange(opened=open_task(one.id)), at=0.0)
    for endpoint, state in (("d", State.DEAD), ("x", State.DELIVERED)):
        delivery = store.claim(endpoint, at=0.0)
        assert delivery is not None
        store.settle(Settlement(delivery.key, state, 0.0))
    fresh = Outbox(world.opener.reopen(database_of(store)))
    assert world.damages[0].saved == 2
    assert states(fresh, waiting.id) == {"w": State.WAITING}
    assert states(fresh, dead.id) == {"d": State.DEAD}
    assert states(fresh, done.id) == {}
    assert len(fresh.open_tasks()) == 3
    claimed = fresh.claim("w", at=0.0)
    assert claimed is not None
    assert claimed.notification == waiting
    fresh.close()


def test_what_was_deferred_and_why_is_saved_with_what_the_endpoint_knows(world: World) -> None:
    store = Outbox(world.opener.open())
    failure, success = notification("backup_failure"), notification()
    store.put(failure, ["a"], TaskChange(), at=0.0)
    sent = store.claim("a", at=0.0)
    assert sent is not None
    health = Health(records=(FailureRecord("prime_backup:backup", failure.id, 1.0, 1),))
    store.settle(Settlement(sent.key, State.DELIVERED, 0.0, remind_at=60.0, health=health))
    store.put(success, [], TaskChange(), at=0.0, recovery=["a"])
    waiting = store.claim("a", at=0.0)
    assert waiting is not None
    store.settle(Settlement(waiting.key, State.WAITING, 0.0, 50.0, tried=False, deferred=True))
    fresh = Outbox(world.opener.reopen(database_of(store)))
    assert fresh.claim("a", at=59.0) is None
    [deferred] = fresh.claim_deferred("a", at=50.0, most=9)
    reminder = fresh.claim("a", at=60.0)
    assert reminder is not None
    assert (deferred.notification, deferred.purpose) == (success, Purpose.RECOVERY)
    assert (reminder.notification, reminder.purpose) == (failure, Purpose.REMINDER)
    assert fresh.health("a") == health
    fresh.close()


def test_pages_in_the_middle_that_are_garbage_cost_only_what_is_in_them(world: World) -> None:
    store = Outbox(world.opener.open())
    for _ in range(400):
        store.put(notification(), ["a"], TaskChange(), at=0.0)
    store.close()
    content = bytearray(world.path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8 * 4096] = b"\xff" * (8 * 4096)
    world.path.write_bytes(content)
    fresh = Outbox(world.opener.reopen(Database(world.path)))
    assert fresh.waiting().get("a", 0) == world.damages[0].saved
    fresh.close()


def test_a_store_that_could_not_be_opened_is_opened_later(world: World) -> None:
    store = Outbox(world.opener.reopen(None))
    assert store.waiting() == {}
    store.close()
    assert not world.damages


def test_a_damaged_file_that_cannot_be_moved_is_an_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise PermissionError("in use")

    world.path.write_bytes(b"garbage" * 1000)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutboxError, match="cannot be moved aside"):
        world.opener.open()


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches a kill."""


@pytest.mark.parametrize(
    ("step", "passed"),
    [
        *itertools.product(("salvage-begin:part", "salvage-end:part"), (1, 2, 3)),
        *itertools.product(("open", "migrate-1:done", "salvage:begin", "salvage:commit", "salvage:done"), (1,)),
    ],
)
def test_whoever_is_killed_while_saving_leaves_the_rest_to_the_next(world: World, step: str, passed: int) -> None:
    waiting, received = notification(), Received("r", event("backup_failure"))
    store = Outbox(world.opener.open())
    store.put(waiting, ["a"], TaskChange(opened=open_task("t")), at=0.0)
    store.receive([received])
    left = passed

    def kill(name: str) -> None:
        nonlocal left
        left -= name == step
        if not left:
            raise Killed

    with pytest.raises(Killed):
        Opener(world.folder, lambda: 0.0, world.damages.append, kill).reopen(database_of(store))
    fresh = Outbox(world.opener.open())
    assert states(fresh, waiting.id) == {"a": State.WAITING}
    assert fresh.waiting() == {"a": 1}
    assert len(fresh.open_tasks()) == 1
    assert fresh.inbox() == [received]
    assert not list(world.folder.glob("*.salvage*"))
    fresh.close()
