"""``report``: how the backups went, read from the folder."""

from __future__ import annotations

import time

import pytest

from prime_notify.model.health import Health
from prime_notify.outbox.past import DiskRow, Past
from prime_notify.outbox.tasks import TaskRow
from tests.support.build import know_health
from tests.support.cli_folder import Folder, hook
from tests.support.receiver import Receiver

DAY = 86400.0
GIB = 1 << 30


def task(days_ago: float, status: str = "success", **more: object) -> TaskRow:
    id = more.pop("id", f"{days_ago}-{status}")
    return TaskRow(str(id), "prime_backup", "backup", status, time.time() - days_ago * DAY, **more)  # type: ignore[arg-type]


def test_without_an_outbox_there_is_nothing_yet(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    said = folder.run("report")
    assert (said.code, said.lines) == (0, ["nothing yet"])
    assert folder.run("report", "--json").data == {"report": None}


def test_it_covers_the_time_since_the_last_report(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    with folder.archive() as archive:
        past = Past(archive.outbox.database)
        past.put(task(10), task(2, raw_size=GIB, cost=12.0, backup_id=7), task(1, raw_size=2 * GIB, backup_id=8))
        past.put_disks(
            [DiskRow("/former", -9e9, 1, GIB), DiskRow("/srv", 1.0, 1, GIB), DiskRow("/srv", 2.0, 5 * GIB, 10 * GIB)]
        )
        past.keep("report", {"at": 0.0, "since": time.time() - 7 * DAY, "times": "", "wanted": True})
        past.keep("deadline", {"due": time.time() + DAY, "tell_at": None, "overdue": None, "unwatched": ""})
    said = folder.run("report")
    assert said.code == 0
    assert said.lines[:2] == ["Backup report: all is well", "Backups: 2 done"]
    assert said.lines[2].startswith("Last good one: #8, ")
    assert said.lines[3].startswith("Next one: by ")
    assert said.lines[4].startswith("Size: 2.0 GiB ")
    assert "Disk: 5.0 GiB of 10.0 GiB free" in said.lines
    assert folder.run("report", "--days", "30", "--json").data["report"]["backups"]["done"] == 3


def test_before_the_first_report_it_covers_all_that_is_kept(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    with folder.archive() as archive:
        Past(archive.outbox.database).put(task(390), task(30))
    assert folder.run("report", "--json").data["report"]["backups"]["done"] == 2


def test_what_is_not_well_is_the_exit_code_of_a_monitor(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver), hook(receiver, "ops"), {"name": "typo", "type": "bark", "barc": {}})
    with folder.archive() as archive:
        archive.dead("gone from the config")
        know_health(archive.outbox, "phone", Health(failures=9, failing_since=time.time() - 7200.0))
        know_health(archive.outbox, "ops", Health(failures=1, failing_since=time.time() - 7200.0))
        past = Past(archive.outbox.database)
        past.put(task(1, "failure"))
        past.keep("deadline", {"due": 1.0, "overdue": time.time() - DAY})
    said = folder.run("report")
    assert said.code == 1
    assert said.lines[:5] == [
        "Backup report: backup overdue, 1 failed and 1 more",
        "Not well: A backup has been overdue for 1d 00h",
        "  1 backup failed",
        "  phone has been failing for 2h 00m",
        "  typo is off: mistake in the config",
    ]
    data = folder.run("report", "--json").data["report"]
    assert [(one["name"], one["state"]) for one in data["unwell"]] == [
        ("phone", "failing"),
        ("typo", "mistake"),
        ("gone from the config", "dead_letters"),
    ]


def test_a_config_that_cannot_be_read_hides_nothing_of_the_past(folder: Folder) -> None:
    (folder.path / "config.json").write_text("{", encoding="utf-8")
    with folder.archive() as archive:
        Past(archive.outbox.database).put(task(1))
        know_health(archive.outbox, "phone", Health(failures=9, failing_since=time.time() - 7200.0))
    said = folder.run("report", "--days", "7")
    assert said.lines[0] == "Backup report: phone is failing"


@pytest.mark.parametrize("days", ["0", "-1", "401", "many", "nan"])
def test_a_strange_number_of_days_is_refused(folder: Folder, days: str) -> None:
    said = folder.run("report", "--days", days)
    assert said.code == 2
    assert "is no number of days from 1 to 400" in said.errors
