"""The plan that a loaded Prime Backup's objects tell, of whatever shape they are."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from prime_notify.schedules.plan import Plan
from prime_notify.sources.prime_backup.plan import read_plan
from tests.support.scheduled_job import Duration, Raising, scheduled_prime_backup

NOW = 1_000_000.0


def plan(entry: Any) -> Plan:
    return read_plan(entry, now=NOW, load=3)


def test_an_interval_is_read_with_its_jitter_and_its_next_run() -> None:
    entry = scheduled_prime_backup()
    expected = Plan(
        "prime_backup",
        loaded=True,
        enabled=True,
        interval=3600.0,
        jitter=10.0,
        next_run=NOW + 60,
        load=3,
        storage=str(Path("pb_files").absolute()),
    )
    assert plan(entry) == expected


def test_a_crontab_is_read() -> None:
    found = plan(scheduled_prime_backup(interval=None, crontab="0 4 * * *"))
    assert (found.enabled, found.interval, found.crontab) == (True, None, "0 4 * * *")


def test_an_absolute_storage_stays_as_it_is(tmp_path: Path) -> None:
    entry = scheduled_prime_backup()
    entry.config.storage_root = str(tmp_path)
    assert plan(entry).storage == str(tmp_path)


def test_a_relative_storage_is_one_of_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert plan(scheduled_prime_backup()).storage == str(tmp_path / "pb_files")


def test_a_schedule_that_is_off_is_loaded_and_not_enabled() -> None:
    found = plan(scheduled_prime_backup(enabled=False))
    assert (found.plugin_id, found.loaded, found.enabled, found.interval) == ("prime_backup", True, False, None)


def test_a_paused_schedule_has_no_next_run_and_its_interval() -> None:
    entry = scheduled_prime_backup()
    entry.job.left = None
    found = plan(entry)
    assert (found.enabled, found.paused, found.next_run, found.interval) == (True, True, None, 3600.0)


def test_a_run_that_is_late_is_due_now() -> None:
    entry = scheduled_prime_backup()
    entry.job.left = -3.0
    assert plan(entry).next_run == NOW


def fail() -> Any:
    raise RuntimeError


@pytest.mark.parametrize(
    "job",
    [
        None,
        object(),
        SimpleNamespace(is_pause=fail, get_seconds_until_next_run=fail),
        SimpleNamespace(is_pause=lambda: "no", get_seconds_until_next_run=lambda: "soon"),
        SimpleNamespace(is_pause=7, get_seconds_until_next_run=lambda: float("nan")),
        SimpleNamespace(is_pause=lambda: None, get_seconds_until_next_run=lambda: True),
        Raising(),
    ],
)
def test_a_job_that_tells_nothing_leaves_the_schedule_of_the_config(job: Any) -> None:
    entry = scheduled_prime_backup()
    for job_id in entry.crontab_manager.jobs:
        entry.crontab_manager.jobs[job_id] = job
    found = plan(entry)
    assert (found.plugin_id, found.enabled, found.interval) == ("prime_backup", True, 3600.0)
    assert (found.paused, found.next_run) == (False, None)


@pytest.mark.parametrize("manager", [None, SimpleNamespace(), SimpleNamespace(jobs=[1, 2]), Raising()])
def test_jobs_of_another_shape_leave_the_schedule_of_the_config(manager: Any) -> None:
    entry = scheduled_prime_backup()
    entry.crontab_manager = manager
    assert plan(entry).interval == 3600.0


@pytest.mark.parametrize(
    "changes",
    [
        {"interval": "12h"},  # no value
        {"interval": Duration("12h")},
        {"interval": Duration(float("inf"))},
        {"interval": Duration(-5)},
        {"interval": Duration(0)},
        {"interval": Duration(True)},
        {"interval": None, "crontab": None},
        {"interval": None, "crontab": 5},
        {"interval": None, "crontab": " "},
        {"enabled": "yes"},
        {"enabled": None},
    ],
)
def test_a_schedule_that_cannot_be_read_is_not_taken_as_one_that_is_off(changes: Any) -> None:
    found = plan(scheduled_prime_backup(**changes))
    assert (found.plugin_id, found.loaded, found.enabled) == ("", True, False)
    assert (found.interval, found.crontab) == (None, None)
    assert found.storage is not None


@pytest.mark.parametrize("jitter", [None, "10s", Duration(None), Duration(-1)])
def test_a_jitter_that_cannot_be_read_is_none(jitter: Any) -> None:
    assert plan(scheduled_prime_backup(jitter=jitter)).jitter == 0.0


@pytest.mark.parametrize("root", [None, "", 5, b"pb_files"])
def test_a_storage_that_cannot_be_read_is_unknown(root: Any) -> None:
    entry = scheduled_prime_backup()
    entry.config.storage_root = root
    assert plan(entry).storage is None


def test_a_working_directory_that_is_gone_leaves_the_storage_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_path: Path) -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "absolute", gone)
    assert plan(scheduled_prime_backup()).storage is None


@pytest.mark.parametrize("entry", [None, SimpleNamespace(), SimpleNamespace(config=5), Raising()])
def test_without_a_config_nothing_is_known(entry: Any) -> None:
    assert plan(entry) == Plan("", loaded=True, load=3)
