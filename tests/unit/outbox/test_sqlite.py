"""What only the store on disk promises: it is all there again after the process is not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from prime_notify.outbox.base import OutboxError, TaskChange
from prime_notify.outbox.sqlite import SqliteOutbox
from tests.support.build import notification


def test_what_was_put_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    accepted = notification()
    first = SqliteOutbox(path)
    first.put(accepted, ["a"], TaskChange(), at=0.0)
    first.close()
    second = SqliteOutbox(path)
    delivery = second.claim("a", at=0.0)
    second.close()
    assert delivery is not None
    assert delivery.notification == accepted


def test_a_lease_left_by_a_dead_process_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    dead = SqliteOutbox(path)
    dead.put(notification(), ["a"], TaskChange(), at=0.0)
    assert dead.claim("a", at=0.0) is not None
    dead.close()
    alive = SqliteOutbox(path)
    delivery = alive.claim("a", at=0.0)
    alive.close()
    assert delivery is not None


def test_a_failed_put_leaves_nothing_behind(tmp_path: Path) -> None:
    store = SqliteOutbox(tmp_path / "outbox.sqlite3")
    store.put(notification(id="same"), ["a"], TaskChange(), at=0.0)
    with pytest.raises(OutboxError, match="UNIQUE"):
        store.put(notification(id="same"), ["a", "b"], TaskChange(), at=0.0)
    assert store.waiting() == {"a": 1}
    store.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(OutboxError, match=r"outbox\.sqlite3"):
        SqliteOutbox(path)


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    SqliteOutbox(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(OutboxError, match="newer"):
        SqliteOutbox(path)


@pytest.mark.parametrize("call", [lambda store: store.waiting(), lambda store: store.claim("a", at=0.0)])
def test_a_closed_store_says_so(tmp_path: Path, call) -> None:
    store = SqliteOutbox(tmp_path / "outbox.sqlite3")
    store.close()
    with pytest.raises(OutboxError):
        call(store)
