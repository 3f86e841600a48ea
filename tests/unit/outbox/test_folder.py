"""The data folder from the point of view of one process."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import List

import pytest

from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import DataFolder, leave_events
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.values import Received, State, TaskChange
from tests.support.build import event, notification, smash_index, states
from tests.support.clock import FakeClock


class Said(List[str]):
    def __call__(self, _level: int, key: str, **_values: object) -> None:
        self.append(key)


def folder(path: Path, said: Said) -> DataFolder:
    return DataFolder(path, FakeClock(), said, longest_wait=lambda: 86400.0)


def test_a_second_process_gets_nothing_until_the_first_lets_go_and_says_so_once(tmp_path: Path) -> None:
    said = Said()
    first, second = folder(tmp_path, Said()), folder(tmp_path, said)
    assert first.take()
    assert not second.take()
    assert not second.take()
    assert (second.owned, said) == (False, ["log.owned_elsewhere"])
    assert second.owner.startswith("process")
    first.release()
    assert second.take()
    assert (second.owned, second.owner, said[1:]) == (True, "", ["log.taken_over"])
    second.release()


def test_what_the_second_process_keeps_reaches_the_first(tmp_path: Path) -> None:
    first, second = folder(tmp_path, Said()), folder(tmp_path, Said())
    first.take()
    first.changed_by_others()
    second.take()
    second.leave_events([Received("left", event("backup_failure"))])
    assert first.changed_by_others()
    assert not first.changed_by_others()
    assert [one.event.name.value for one in first.outbox.inbox()] == ["backup_failure"]
    first.release()


def test_a_folder_that_cannot_be_written_to_leaves_memory_and_says_so(tmp_path: Path) -> None:
    said = Said()
    missing = folder(tmp_path / "missing", said)
    assert missing.take()
    assert said == ["log.outbox_unusable"]
    assert missing.refusing
    assert not missing.changed_by_others()
    assert missing.history is None
    missing.outbox.put(notification(), ["a"], TaskChange(), at=0.0)
    assert missing.outbox.waiting() == {"a": 1}
    missing.release()


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / OUTBOX_FILE).write_bytes(b"garbage" * 1000)
    said = Said()
    one = folder(tmp_path, said)
    assert one.take()
    assert said == ["log.outbox_damaged"]
    one.release()


def test_a_disk_that_begins_to_refuse_is_said_and_what_waits_in_memory_is_saved_at_the_end(tmp_path: Path) -> None:
    said = Said()
    one = folder(tmp_path, said)
    one.take()
    disk = one._database.file
    assert disk is not None
    disk._connection.execute("PRAGMA query_only = ON")
    kept = notification()
    one.outbox.put(kept, ["a"], TaskChange(), at=0.0)
    assert said == ["log.outbox_refuses"]
    disk._connection.execute("PRAGMA query_only = OFF")
    one.release()
    assert said[1:] == ["log.outbox_recovered"]
    again = folder(tmp_path, Said())
    again.take()
    assert states(again.outbox, kept.id) == {"a": State.WAITING}
    again.release()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no file that is open")
def test_a_file_that_is_deleted_while_it_is_used_is_said_with_its_own_sentence(tmp_path: Path) -> None:
    said = Said()
    one = folder(tmp_path, said)
    one.take()
    kept = notification()
    one.outbox.put(kept, ["a"], TaskChange(), at=0.0)
    for file in tmp_path.glob(f"{OUTBOX_FILE}*"):
        file.unlink()
    assert one.recover()
    assert said == ["log.outbox_gone", "log.outbox_recovered"]
    assert states(one.outbox, kept.id) == {"a": State.WAITING}
    one.release()


def test_due_times_of_a_clock_that_went_wrong_are_mended_when_the_folder_is_taken(tmp_path: Path) -> None:
    first = folder(tmp_path, Said())
    first.take()
    first.outbox.put(notification(), ["a"], TaskChange(), at=FakeClock().steady() + 10 * 86400)
    first.release()
    second = folder(tmp_path, Said())
    second.take()
    assert second.outbox.next_due("a") == FakeClock().steady()
    second.release()


def test_a_clock_that_cannot_be_mended_because_the_disk_refuses_is_said(tmp_path: Path) -> None:
    first = folder(tmp_path, Said())
    first.take()
    first.outbox.put(notification(), ["a"], TaskChange(), at=FakeClock().steady() + 10 * 86400)
    first.release()
    other = sqlite3.connect(tmp_path / OUTBOX_FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = Said()
    second = folder(tmp_path, said)
    second.take()
    other.close()
    assert said == ["log.outbox_locked"]
    assert second.outbox.waiting() == {"a": 1}
    second.release()


def test_a_late_event_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutboxError):
        leave_events(tmp_path / "missing", [Received("left", event())])


def test_damage_that_shows_when_the_clock_is_looked_at_is_dealt_with_at_once(tmp_path: Path) -> None:
    first = folder(tmp_path, Said())
    first.take()
    kept = notification()
    first.outbox.put(kept, ["a"], TaskChange(), at=FakeClock().steady() + 10 * 86400)
    first.release()
    smash_index(tmp_path / OUTBOX_FILE, "delivery_due")
    smash_index(tmp_path / OUTBOX_FILE, "delivery_task")
    said = Said()
    second = folder(tmp_path, said)
    assert second.take()
    assert said == ["log.outbox_damaged"]
    assert states(second.outbox, kept.id) == {"a": State.WAITING}
    assert second.outbox.next_due("a") == FakeClock().steady()
    second.release()


def test_a_folder_that_somebody_else_owns_is_not_touched_when_it_is_let_go(tmp_path: Path) -> None:
    first = folder(tmp_path, Said())
    first.take()
    said = Said()
    second = folder(tmp_path, said)
    second.take()
    (tmp_path / OUTBOX_FILE).with_name("before").write_bytes((tmp_path / OUTBOX_FILE).read_bytes())
    second.release()
    assert said == ["log.owned_elsewhere"]
    assert (tmp_path / OUTBOX_FILE).read_bytes() == (tmp_path / "before").read_bytes()
    first.release()
