"""A task that does not end is told, once, with the time that it usually takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, List

import pytest

from prime_notify.model.event import Task
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.past import Past
from prime_notify.watch.stuck import StuckWatch, patience
from tests.support.watch_world import DAY, HOUR, MINUTE, WatchWorld


class _KilledError(Exception):
    """In place of a kill."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WatchWorld]:
    started = WatchWorld(tmp_path, watch={"backup": {"every": False}}).start()
    yield started
    started.stop()


def stuck(world: WatchWorld) -> frozenset[str]:
    return world.engine.watching.part(StuckWatch).stuck_ids


def names(world: WatchWorld) -> List[str]:
    return [payload.event.value for payload in world.told]


@pytest.mark.parametrize(
    ("task", "longest", "seconds"),
    [
        (Task.BACKUP, 60.0, 30 * MINUTE),
        (Task.BACKUP, HOUR, 4 * HOUR),
        (Task.BACKUP, None, 2 * HOUR),
        (Task.RESTORE, None, 30 * MINUTE),
        (Task.RESTORE, 20 * MINUTE, 80 * MINUTE),
    ],
)
def test_the_patience_is_four_times_the_longest_and_thirty_minutes_at_least(
    task: Task, longest: float, seconds: float
) -> None:
    assert patience(task, longest) == seconds


def test_a_backup_that_takes_four_times_the_longest_of_the_last_ten_is_told_once(world: WatchWorld) -> None:
    for minutes in (90, 20, 5, 5, 5, 5, 5, 5, 5, 5, 5):  # the first is no more among the last ten
        world.backup(takes=minutes * MINUTE)
    task_id = world.begin(backup={"comment": "before the update"}, operator={"type": "player", "name": "Steve"})
    assert world.look_until(79 * MINUTE, step=MINUTE) == []
    assert world.look_until(DAY, step=MINUTE) == ["backup_stuck"]
    told = world.told[-1]
    assert told.task_id == task_id
    assert told.severity.value == "warning"
    assert told.cost_s == 80 * MINUTE
    assert told.backup is not None
    assert told.backup.comment == "before the update"
    assert told.operator is not None
    assert told.operator.name == "Steve"
    assert told.message is not None
    assert "stuck_longer:1h 20m|20m 00s" in told.message
    assert "stuck_backup" in told.message
    assert stuck(world) == {task_id}


def test_the_end_is_told_as_usual_and_the_next_one_may_be_stuck_again(world: WatchWorld) -> None:
    world.backup(takes=MINUTE)
    task_id = world.begin()
    assert world.look(31 * MINUTE) == ["backup_stuck"]
    end = world.end(task_id, cost_s=1900.0)
    assert (end.message, end.cost_s) == (None, 1900.0)
    assert stuck(world) == frozenset()
    assert world.past.names("stuck:") == []
    world.begin()
    assert world.look(DAY) == ["backup_stuck"]


def test_of_a_first_backup_nothing_is_known_so_it_gets_two_hours(world: WatchWorld) -> None:
    world.backup("backup_failure", takes=MINUTE)
    world.begin()
    assert world.look(HOUR) == []
    assert world.look(HOUR) == ["backup_stuck"]
    assert "stuck_first:2h 00m" in (world.told[-1].message or "")


def test_restores_and_other_plugins_have_times_of_their_own(world: WatchWorld) -> None:
    world.backup(takes=HOUR)
    world.backup(takes=MINUTE, plugin_id="other")
    world.begin("restore_start")
    world.begin()
    world.begin(plugin_id="other")
    assert sorted(world.look(30 * MINUTE)) == ["backup_stuck", "restore_stuck"]
    assert sorted(payload.plugin.id for payload in world.told[-2:]) == ["other", "prime_backup"]
    [restore] = [payload for payload in world.told if payload.event.value == "restore_stuck"]
    assert "stuck_restore" in (restore.message or "")
    assert world.look(4 * HOUR) == ["backup_stuck"]


def test_a_time_of_the_config_counts_for_all(tmp_path: Path) -> None:
    world = WatchWorld(tmp_path, watch={"stuck_after": "5m", "backup": {"every": False}}).start()
    world.backup(takes=HOUR)
    world.begin()
    assert world.look(4 * MINUTE) == []
    assert world.look(MINUTE) == ["backup_stuck"]
    assert "stuck_longer:5m 00s|1h 00m" in (world.told[-1].message or "")
    world.configure(watch={"stuck_after": False, "backup": {"every": False}})
    world.begin("restore_start")
    assert world.look(DAY) == []
    world.stop()


def test_a_change_of_the_machines_clock_tells_nothing(world: WatchWorld) -> None:
    world.begin()
    world.clock.ahead = 30 * DAY
    assert world.look(MINUTE) == []
    world.clock.ahead = -30 * DAY
    assert world.look(HOUR) == []
    assert world.look(HOUR) == ["backup_stuck"]


def test_a_reload_of_the_plugin_changes_nothing(world: WatchWorld) -> None:
    world.begin()
    world.look(90 * MINUTE)
    world.restart()
    assert world.look(29 * MINUTE) == []
    assert world.look(2 * MINUTE) == ["backup_stuck"]
    world.restart()
    assert len(stuck(world)) == 1
    assert world.look(DAY) == []


def test_a_reload_with_a_changed_clock_changes_nothing_either(world: WatchWorld) -> None:
    """The steady clock of an instance begins at the time of the machine's clock."""
    world.begin()
    world.look(90 * MINUTE)
    world.stop()
    world.clock.advance(30 * DAY)  # both clocks of the next instance
    world.start()
    assert world.look(29 * MINUTE) == []
    assert world.look(2 * MINUTE) == ["backup_stuck"]


def test_the_time_of_the_start_counts_where_the_former_instance_kept_none(
    world: WatchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.begin()
    world.look(90 * MINUTE)
    monkeypatch.setattr(StuckWatch, "stop", lambda self: None)
    world.restart()
    assert world.look(30 * MINUTE) == ["backup_stuck"]


def test_the_tasks_of_a_former_process_have_ended(world: WatchWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.begin()
    assert world.look(DAY) == ["backup_stuck"]
    world.stop()
    monkeypatch.setattr("prime_notify.engine.engine.process_token", lambda: "another")
    world.start()
    assert names(world)[-1] == "backup_aborted"
    assert world.past.names("stuck:") == []
    assert world.look(DAY) == []


def test_a_task_that_ends_at_the_last_moment_is_not_stuck(world: WatchWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    task_id = world.begin()
    newest = Past.newest

    def end_and_find(past: Past, *args: Any, **options: Any) -> Any:
        monkeypatch.setattr(Past, "newest", newest)
        world.end(task_id)
        return newest(past, *args, **options)

    monkeypatch.setattr(Past, "newest", end_and_find)
    assert world.look(DAY) == ["backup_success"]
    assert stuck(world) == frozenset()


def test_a_disk_that_refuses_at_the_unload_costs_only_the_exact_time(
    world: WatchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.begin()
    world.look(90 * MINUTE)
    keep = Past.keep

    def refuse(past: Past, *args: Any) -> None:
        raise OutboxError("database or disk is full")

    monkeypatch.setattr(Past, "keep", refuse)
    world.stop()
    monkeypatch.setattr(Past, "keep", keep)
    world.start()
    assert world.look(30 * MINUTE) == ["backup_stuck"]


def test_a_test_notification_is_no_task(world: WatchWorld) -> None:
    world.begin(test=True)
    assert world.look(DAY) == []


@pytest.mark.parametrize("moment", ["begin", "commit", "done"])
def test_it_is_told_once_over_a_kill_at_any_moment(world: WatchWorld, moment: str) -> None:
    def kill(step: str) -> None:
        if step == f"watch-tell:{moment}":
            raise _KilledError

    world.begin()
    world.crash_point = kill
    with pytest.raises(_KilledError):
        world.look(DAY)
    world.crash_point = lambda step: None
    world.restart()
    world.look(MINUTE)
    world.restart()
    world.look(MINUTE)
    assert names(world).count("backup_stuck") == 1


def test_it_waits_while_notifications_are_switched_off(world: WatchWorld) -> None:
    world.begin()
    off = {"enabled": False, "endpoints": []}
    world.configure(watch={"backup": {"every": False}}, notification=off)
    assert world.look(DAY) == []
    world.configure(watch={"backup": {"every": False}})
    assert world.look(MINUTE) == ["backup_stuck"]
