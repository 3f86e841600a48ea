"""What an outbox in a file promises: everything is there again when the process is not."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sqlite3
import statistics
from pathlib import Path
from types import MappingProxyType
from typing import Any, Dict, List, Optional

import pytest

from prime_notify.outbox.database import Database
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.history import History
from prime_notify.outbox.inbox import store as store_in_inbox
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.schema import MIGRATIONS
from prime_notify.outbox.values import Received, Retention, Settlement, State, TaskChange
from tests.support.build import event, notification, open_task


def test_what_was_put_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    accepted = notification()
    first = Outbox(Database(path))
    first.put(accepted, ["a"], TaskChange(), at=0.0)
    first.close()
    second = Outbox(Database(path))
    delivery = second.claim("a", at=0.0)
    second.close()
    assert delivery is not None
    assert delivery.notification == accepted


def test_a_lease_left_by_a_dead_process_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    dead = Outbox(Database(path))
    dead.put(notification(), ["a"], TaskChange(), at=0.0)
    assert dead.claim("a", at=0.0) is not None
    dead.close()
    alive = Outbox(Database(path))
    delivery = alive.claim("a", at=0.0)
    alive.close()
    assert delivery is not None


def test_a_failed_put_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    store.put(notification(id="same"), ["a"], TaskChange(), at=0.0)
    with pytest.raises(OutboxError, match="UNIQUE"):
        store.put(notification(id="same"), ["a", "b"], TaskChange(), at=0.0)
    assert store.waiting() == {"a": 1}
    store.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(OutboxError, match=r"outbox\.sqlite3"):
        Outbox(Database(path))


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    Outbox(Database(path)).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(OutboxError, match="newer"):
        Outbox(Database(path))


@pytest.mark.parametrize("call", [lambda store: store.waiting(), lambda store: store.claim("a", at=0.0)])
def test_a_closed_store_says_so(tmp_path: Path, call) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    store.close()
    with pytest.raises(OutboxError):
        call(store)


def test_a_database_of_the_first_version_is_brought_up_to_date_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    old = sqlite3.connect(path, isolation_level=None)
    for statement in MIGRATIONS[0].split(";"):
        old.execute(statement)
    payload = notification("backup_failure", id="old", task_id="t").payload.model_dump_json(exclude_none=True)
    old.execute("INSERT INTO notification VALUES (1, 'old', 5.0, ?)", (payload,))
    old.execute("INSERT INTO delivery (notification, endpoint, task_id, due) VALUES (1, 'waiting', 't', 5.0)")
    old.execute(
        "INSERT INTO delivery (notification, endpoint, task_id, state, due, attempts, settled, status, ms, reason)"
        " VALUES (1, 'dead', 't', 'dead', 0, 2, 6.0, 404, 12.0, 'HTTP 404')"
    )
    old.execute("PRAGMA user_version = 1")
    old.close()
    store = Outbox(Database(path))
    delivery = store.claim("waiting", at=5.0)
    [record] = History(store.database).find("old")
    assert store.dead() == {"dead": 1}
    store.close()
    assert delivery is not None
    assert delivery.notification.id == "old"
    [tried] = record.deliveries[1].tries
    assert (tried.number, tried.outcome, tried.status, tried.reason) == (2, State.DEAD, 404, "HTTP 404")


def test_attempts_that_a_former_version_recorded_are_kept_with_their_deliveries(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    old = sqlite3.connect(path, isolation_level=None)
    for script in MIGRATIONS[:6]:
        for statement in script.split(";"):
            old.execute(statement)
    payload = notification("backup_failure", id="old", task_id="t").payload.model_dump_json(exclude_none=True)
    old.execute("INSERT INTO notification VALUES (1, 'old', 5.0, ?)", (payload,))
    old.execute(
        "INSERT INTO delivery (seq, notification, endpoint, task_id, state, due, attempts, settled)"
        " VALUES (2, 1, 'a', 't', 'dead', 0, 2, 7.0), (3, 1, 'b', 't', 'dead', 0, 1, 7.0)"
    )
    old.execute(
        "INSERT INTO attempt (seq, delivery, number, at, outcome, status, ms, reason, hint, response, shared)"
        " VALUES (4, 2, 1, 6.0, 'waiting', 503, 12.0, 'busy', 'wait', 'no', 0),"
        " (5, 3, 1, 7.0, 'dead', 404, 12.0, 'gone', '', '', 1), (6, 2, 2, 7.0, 'dead', NULL, 9.0, 'lost', '', '', 0)"
    )
    old.execute("PRAGMA user_version = 6")
    old.close()
    store = Outbox(Database(path))
    [record] = History(store.database).find("old")
    shown = [
        [(one.number, one.at, one.status, one.reason, one.hint, one.response) for one in each.tries]
        for each in record.deliveries
    ]
    times = [list(store.attempts_since(endpoint, 0.0, 9)) for endpoint in "ab"]
    assert store.database.first_key() == 7
    store.drop(None, at=9.0)
    assert store.prune(Retention(6.0, 100), most=9) == 1
    assert store.database.read("SELECT * FROM attempt") == []
    store.close()
    assert sorted(shown[0]) == [(1, 6.0, 503, "busy", "wait", "no"), (2, 7.0, None, "lost", "", "")]
    assert shown[1] == [(1, 7.0, 404, "gone", "", "")]
    assert times == [[6.0, 7.0], []]


@pytest.mark.parametrize("page", [1024, 4096, None])
def test_the_log_grows_to_the_same_size_whatever_the_pages_of_a_file(tmp_path: Path, page: Optional[int]) -> None:
    path = tmp_path / "outbox.sqlite3"
    if page is not None:  # another version made the file
        with contextlib.closing(sqlite3.connect(path)) as former:
            former.execute(f"PRAGMA page_size = {page}")
            former.execute("VACUUM")
    database = Database(path)
    [[size], [pages]] = [database.read(f"PRAGMA {name}")[0] for name in ("page_size", "wal_autocheckpoint")]
    database.close()
    assert size == (page or 2048)
    assert size * pages == 16 * 1024 * 1024


def test_the_outcome_of_an_attempt_costs_four_pages_of_the_log(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    store = Outbox(Database(path))
    for _ in range(200):
        store.put(notification(), ["a"], TaskChange(), at=0.0)
    log = path.with_name(f"{path.name}-wal")
    written = []
    for _ in range(100):
        delivery, before = store.claim("a", at=0.0), log.stat().st_size
        assert delivery is not None
        store.settle(Settlement(delivery.key, State.DELIVERED, 1.0, status=200, response="ok"))
        written.append((log.stat().st_size - before) // (2048 + 24))  # a page and its head
    store.close()
    assert statistics.median(written) == 4


def test_a_migration_that_is_broken_off_leaves_the_former_version(tmp_path: Path) -> None:
    def break_off(step: str) -> None:
        if step == "migrate-2:commit":
            raise KeyboardInterrupt

    path = tmp_path / "outbox.sqlite3"
    with pytest.raises(KeyboardInterrupt):
        Outbox(Database(path, break_off))
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()
    Outbox(Database(path)).close()


def test_a_row_that_cannot_be_read_is_buried_and_holds_up_nothing(tmp_path: Path) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    broken, fine = notification(), notification()
    for one in (broken, fine):
        store.put(one, ["a"], TaskChange(), at=0.0)
    store.database.write(
        "test",
        lambda connection: connection.execute("UPDATE notification SET payload = '{}' WHERE id = ?", (broken.id,)),
    )
    delivery = store.claim("a", at=0.0)
    assert delivery is not None
    assert delivery.notification == fine
    [record] = History(store.database).find(broken.id)
    assert record.payload is None
    assert (record.deliveries[0].state, record.deliveries[0].attempts) == (State.DEAD, 0)
    store.close()


def test_a_row_that_cannot_be_read_is_buried_though_it_is_deferred(tmp_path: Path) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    ids = [notification(), notification()]
    for one in ids:
        store.put(one, ["a"], TaskChange(), at=0.0)
        delivery = store.claim("a", at=0.0)
        assert delivery is not None
        store.settle(Settlement(delivery.key, State.WAITING, 0.0, deferred=True, tried=False))
    broken, fine = ids
    query = "UPDATE notification SET payload = '{}' WHERE id = ?"
    store.database.write("test", lambda connection: connection.execute(query, (broken.id,)))
    assert [one.notification for one in store.claim_deferred("a", at=0.0, most=9)] == [fine]
    assert store.dead() == {"a": 1}
    store.close()


@pytest.mark.parametrize("damage", ["UPDATE notification SET payload = '{}'", "DELETE FROM notification"])
def test_an_open_task_whose_start_is_pruned_or_unreadable_stays_open(tmp_path: Path, damage: str) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    start = notification("backup_start", task_id="t")
    task = dataclasses.replace(open_task("t"), notification_id=start.id, said=start.payload.task_fields())
    store.put(start, [], TaskChange(opened=task), at=0.0)
    store.database.write("test", lambda connection: connection.execute(damage))
    [kept] = store.open_tasks()
    assert (kept.task_id, kept.said) == ("t", {})
    store.close()


def test_what_a_clock_that_went_wrong_put_off_is_due_at_once(tmp_path: Path) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    store.put(notification(), ["near"], TaskChange(), at=100.0)
    store.put(notification(), ["far"], TaskChange(), at=100_000.0)
    assert store.adopt_clock(50.0, longest=1000.0) == 1
    assert store.adopt_clock(50.0, longest=1000.0) == 0
    assert (store.next_due("near"), store.next_due("far")) == (100.0, 50.0)
    store.close()


def test_fields_that_cannot_be_stored_are_left_out_of_a_received_event(tmp_path: Path) -> None:
    endless: Dict[str, Any] = {}
    endless["again"] = endless
    odd = event(message="kept", backup=MappingProxyType({"id": 3}), extra={(1, 2): 3}, server=endless, operator=object)
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    store.receive([Received("a", odd)])
    [kept] = store.inbox()
    assert kept.event.fields == {"message": "kept", "backup": {"id": 3}, "operator": str(object)}
    store.close()


def test_writes_of_another_process_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    ours, other = Database(path), Database(path)
    store, before = Outbox(ours), ours.foreign_writes()
    store.put(notification(), [], TaskChange(), at=0.0)
    assert ours.foreign_writes() == before
    store_in_inbox(other, [Received("b", event())])
    assert ours.foreign_writes() != before
    ours.close()
    other.close()


def test_an_end_folds_a_start_that_a_former_process_deferred(tmp_path: Path) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    start = notification("backup_start", task_id="t")
    store.put(start, ["a"], TaskChange(), at=0.0)
    deferred = store.claim("a", at=0.0)
    assert deferred is not None
    store.settle(Settlement(deferred.key, State.WAITING, 0.0, due=100.0, deferred=True, tried=False))
    store.close()
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    store.put(notification("backup_success", task_id="t"), ["a"], TaskChange(), at=1.0)
    end = store.claim("a", at=1.0)
    assert end is not None
    store.settle(Settlement(end.key, State.DELIVERED, 1.0))
    assert store.waiting() == {}
    assert store.deferred_due("a") is None
    store.close()


def _settled(store: Outbox) -> None:
    store.put(notification(), ["a"], TaskChange(), at=0.0)
    delivery = store.claim("a", at=0.0)
    assert delivery is not None
    store.settle(Settlement(delivery.key, State.DELIVERED, 0.0))


def test_what_was_settled_is_synced_once_when_there_is_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    synced: List[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    store.flush()
    assert not synced  # nothing was settled
    _settled(store)
    store.flush()
    store.flush()
    assert len(synced) == 1
    _settled(store)
    store.put(notification(), ["a"], TaskChange(), at=0.0)  # which syncs what is before it, too
    store.flush()
    assert len(synced) == 1
    store.close()


def test_after_a_flush_the_next_commit_has_only_its_own_rows_to_write(tmp_path: Path) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    _settled(store)
    store.flush()
    statements: List[str] = []
    store.database.query(lambda connection: connection.set_trace_callback(statements.append))
    store.put(notification(), ["a"], TaskChange(), at=0.0)
    assert [one.split()[0] for one in statements] == ["BEGIN", "INSERT", "INSERT", "INSERT", "SELECT", "COMMIT"]
    assert store.database.read("PRAGMA synchronous") == [(2,)]  # FULL
    store.close()


def test_what_is_settled_while_it_is_synced_is_synced_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    synced: List[int] = []

    def sync(file: int) -> None:
        synced.append(file)
        if len(synced) == 1:
            _settled(store)
            store.flush()  # another lane's, which leaves it to the first

    monkeypatch.setattr(os, "fsync", sync)
    _settled(store)
    store.flush()
    assert len(synced) == 2
    store.close()


def test_a_disk_that_cannot_sync_is_left_to_the_next_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: int) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    store = Outbox(Database(tmp_path / "outbox.sqlite3"))
    _settled(store)
    store.flush()
    store.close()
