"""What every store promises, run against each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Union

import pytest

from prime_notify.outbox.base import Settlement, State, TaskChange
from prime_notify.outbox.memory import MemoryOutbox
from prime_notify.outbox.sqlite import SqliteOutbox
from tests.support.build import event, notification, open_task, states

Store = Union[MemoryOutbox, SqliteOutbox]
NOTHING = TaskChange()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store = MemoryOutbox() if request.param == "memory" else SqliteOutbox(tmp_path / "outbox.sqlite3")
    yield store
    store.close()


def settled(key: int, state: State, *, at: float = 0.0, due: float = 0.0) -> Settlement:
    return Settlement(key, state, at, due)


def test_each_endpoint_gets_its_own_delivery_of_the_same_notification(store: Store) -> None:
    accepted = notification()
    store.put(accepted, ["a", "b"], NOTHING, at=5.0)
    first, second = store.claim("a", at=5.0), store.claim("b", at=5.0)
    assert first is not None
    assert second is not None
    assert first.key != second.key
    assert first.notification == second.notification == accepted
    assert (first.attempt, first.accepted) == (1, 5.0)


def test_a_claimed_delivery_is_not_handed_out_again(store: Store) -> None:
    store.put(notification(), ["a"], NOTHING, at=0.0)
    assert store.claim("a", at=0.0) is not None
    assert store.claim("a", at=0.0) is None
    assert store.next_due("a") is None


def test_a_delivered_one_is_gone_and_still_on_record(store: Store) -> None:
    accepted = notification()
    store.put(accepted, ["a"], NOTHING, at=0.0)
    delivery = store.claim("a", at=0.0)
    assert delivery is not None
    store.settle(settled(delivery.key, State.DELIVERED))
    assert store.claim("a", at=99.0) is None
    assert store.waiting() == {}
    assert states(store, accepted.id) == {"a": State.DELIVERED}


def test_a_retried_one_comes_back_when_due_and_counts_its_attempts(store: Store) -> None:
    store.put(notification(), ["a"], NOTHING, at=0.0)
    delivery = store.claim("a", at=0.0)
    assert delivery is not None
    store.settle(settled(delivery.key, State.WAITING, due=10.0))
    assert store.claim("a", at=9.9) is None
    assert store.next_due("a") == 10.0
    again = store.claim("a", at=10.0)
    assert again is not None
    assert again.attempt == 2


def test_deliveries_are_handed_out_in_the_order_of_acceptance(store: Store) -> None:
    accepted = [notification() for _ in range(3)]
    for number, one in enumerate(accepted):
        store.put(one, ["a"], NOTHING, at=float(number))
    claimed = [store.claim("a", at=5.0) for _ in accepted]
    assert [one.notification.id for one in claimed if one] == [one.id for one in accepted]


def test_the_end_of_a_task_waits_for_its_start(store: Store) -> None:
    store.put(notification("backup_start", task_id="t"), ["a"], NOTHING, at=0.0)
    store.put(notification("backup_success", task_id="t"), ["a"], NOTHING, at=1.0)
    start = store.claim("a", at=1.0)
    assert start is not None
    assert store.claim("a", at=1.0) is None
    store.settle(settled(start.key, State.DELIVERED))
    end = store.claim("a", at=1.0)
    assert end is not None
    assert end.notification.payload.event == "backup_success"


def test_a_start_that_is_retried_holds_back_its_own_end_only(store: Store) -> None:
    store.put(notification("backup_start", task_id="t"), ["a"], NOTHING, at=0.0)
    store.put(notification("backup_success", task_id="t"), ["a"], NOTHING, at=1.0)
    other = notification(task_id="u")
    store.put(other, ["a"], NOTHING, at=2.0)
    start = store.claim("a", at=2.0)
    assert start is not None
    store.settle(settled(start.key, State.WAITING, due=60.0))
    next_one = store.claim("a", at=2.0)
    assert next_one is not None
    assert next_one.notification.id == other.id
    assert store.claim("a", at=2.0) is None


def test_a_dead_start_no_longer_holds_back_its_end(store: Store) -> None:
    store.put(notification("backup_start", task_id="t"), ["a"], NOTHING, at=0.0)
    store.put(notification("backup_failure", task_id="t"), ["a"], NOTHING, at=0.0)
    start = store.claim("a", at=0.0)
    assert start is not None
    store.settle(settled(start.key, State.DEAD))
    assert store.claim("a", at=0.0) is not None


def test_waiting_counts_by_endpoint(store: Store) -> None:
    store.put(notification(), ["a", "b"], NOTHING, at=0.0)
    store.put(notification(), ["a"], NOTHING, at=0.0)
    assert store.waiting() == {"a": 2, "b": 1}


def test_open_tasks_are_kept_until_closed(store: Store) -> None:
    task = open_task("t")
    store.put(notification("backup_start", task_id="t"), [], TaskChange(opened=task), at=0.0)
    assert store.open_tasks() == [task]
    store.put(notification(task_id="t"), [], TaskChange(closed="t"), at=0.0)
    assert store.open_tasks() == []


def test_late_events_are_kept_until_accepted(store: Store) -> None:
    late = event("backup_failure", task_id="t", message="too late")
    store.keep_late(late)
    [kept] = store.late_events()
    assert kept.event == late
    store.put(notification(), [], TaskChange(late=kept.key), at=0.0)
    assert store.late_events() == []
