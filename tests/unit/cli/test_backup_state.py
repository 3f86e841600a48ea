"""``status`` says whether a backup is overdue, also where no process watches."""

from __future__ import annotations

import time
from typing import Any, Optional

import pytest

from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.outbox.past import Past
from prime_notify.outbox.tasks import TaskRow
from tests.support.cli_folder import Folder, Said

HOUR = 3600.0
PHONE = {"name": "phone", "url": "http://127.0.0.1:9/"}
PLAN = {"plugin_id": PRIME_BACKUP, "enabled": True, "interval": 12 * HOUR}


@pytest.fixture
def now() -> float:
    return time.time()


def status(
    folder: Folder, *, last: Optional[float] = None, enabled: bool = True, watch: Any = None, **kept: Any
) -> Said:
    """What is said of a folder with these values of the watch, and a good backup at ``last``."""
    folder.configure(PHONE, enabled=enabled, **({"watch": {"backup": watch}} if watch else {}))
    with folder.archive() as archive:
        past = Past(archive.outbox.database)
        for name, value in kept.items():
            past.keep(name, value)
        if last is not None:
            past.put(TaskRow("n1", PRIME_BACKUP, "backup", "success", last))
    return folder.run("status")


def deadline(due: float) -> Any:
    return {"due": due, "tell_at": due + HOUR, "overdue": None, "unwatched": ""}


def backups(said: Said) -> str:
    [line] = [line for line in said.lines if line.startswith("Backups: ")]
    return line


def test_an_overdue_backup_needs_a_person(folder: Folder, now: float) -> None:
    said = status(folder, last=now - 14 * HOUR, plan=PLAN, deadline=deadline(now - 2 * HOUR))
    assert said.code == 1
    assert backups(said).startswith("Backups: overdue since 20")
    assert backups(said).endswith("; last good one 14h 00m ago")
    data = folder.run("status", "--json").data
    assert data["backups"] == {
        "overdue": True,
        "last_success": now - 14 * HOUR,
        "due": now - 2 * HOUR,
        "next_by": now - HOUR,
        "unwatched": None,
    }
    assert data["well"] is False


def test_until_the_grace_is_over_all_is_well(folder: Folder, now: float) -> None:
    said = status(folder, plan=PLAN, deadline=deadline(now - 0.5 * HOUR))
    assert said.code == 0
    assert backups(said).startswith("Backups: next by 20")
    assert backups(said).endswith("; no good one yet")


def test_what_was_told_stays_overdue_over_a_restart(folder: Folder, now: float) -> None:
    """After a start, what is overdue is told after the grace only, unless it was told before."""
    told = {"due": now - 2 * HOUR, "last": now - 14 * HOUR}
    said = status(folder, plan=PLAN, deadline=deadline(now - 0.5 * HOUR), overdue=told)
    assert said.code == 1
    assert folder.run("status", "--json").data["backups"]["due"] == now - 2 * HOUR


def test_a_good_backup_since_the_watch_looked_counts(folder: Folder, now: float) -> None:
    told = {"due": now - 2 * HOUR, "last": now - 14 * HOUR}
    said = status(folder, last=now - 60, plan=PLAN, deadline=deadline(now - 2 * HOUR), overdue=told)
    assert said.code == 0
    assert folder.run("status", "--json").data["backups"]["due"] == pytest.approx(now - 60 + 12 * HOUR)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"enabled": False}, "notifications are switched off"),
        ({"watch": {"every": False}}, "watch.backup.every is false"),
        ({"plan": {**PLAN, "enabled": False}}, "Prime Backup makes no scheduled backups"),
        ({"plan": None}, "no plugin is known that makes scheduled backups; watch.backup.every can name a schedule"),
        ({"deadline": None}, "MCDReforged has not watched with this folder yet"),
        ({"deadline": {**deadline(5.0), "due": None, "tell_at": None}}, "its schedule cannot be read, or never comes"),
    ],
)
def test_it_says_why_nobody_watches(folder: Folder, now: float, more: Any, why: str) -> None:
    said = status(folder, **{"plan": PLAN, "deadline": deadline(now - 2 * HOUR), "last": None, **more})
    assert said.code == 0
    assert backups(said).startswith(f"Backups: not watched: {why}")


def test_without_a_config_the_kept_deadline_counts(folder: Folder, now: float) -> None:
    status(folder, plan=PLAN, deadline=deadline(now - 2 * HOUR))
    (folder.path / "config.json").unlink()
    assert folder.run("status", "--json").data["backups"]["overdue"] is True


def test_without_a_config_an_unwatched_deadline_is_said(folder: Folder, now: float) -> None:
    status(folder, deadline={**deadline(now), "due": None, "tell_at": None, "unwatched": "not_scheduled"})
    (folder.path / "config.json").unlink()
    assert folder.run("status", "--json").data["backups"]["unwatched"] == "not_scheduled"


def test_while_mcdreforged_runs_it_says_the_same(folder: Folder) -> None:
    document = folder.configure(PHONE, watch={"backup": {"every": "12h"}})
    with folder.owned(document) as engine:
        engine.watching.look()
        said = folder.run("status")
        assert said.code == 0
        assert backups(said).startswith("Backups: next by 20")


def test_a_disk_that_is_nearly_full_needs_a_person(folder: Folder, now: float) -> None:
    said = status(folder, storage={"since": now, "low": ["/srv/pb_files"]})
    assert said.code == 1
    assert "Disk nearly full: /srv/pb_files" in said.lines
    assert folder.run("status", "--json").data["storage"] == {"low": ["/srv/pb_files"]}
