"""A backup that does not come is told, once, at its time, with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Tuple

import pytest

from prime_notify.schedules.plan import NO_PLAN, SkipReason
from tests.support.watch_world import DAY, HOUR, MINUTE, WatchWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WatchWorld]:
    started = WatchWorld(tmp_path).start()
    yield started
    started.stop()


def test_it_is_told_once_when_the_grace_is_over(world: WatchWorld) -> None:
    world.look()
    world.backup()
    assert world.look_until(12 * HOUR + 29 * MINUTE) == []
    assert world.look_until(DAY) == ["backup_overdue"]
    overdue = world.told[-1]
    assert overdue.severity.value == "error"
    assert overdue.overdue is not None
    assert overdue.overdue.due == pytest.approx(world.told[1].timestamp.unix + 12 * HOUR)


def test_the_next_good_backup_says_for_how_long_it_was_overdue(world: WatchWorld) -> None:
    world.look()
    world.look_until(DAY)
    success = world.backup()
    assert success.overdue is not None
    assert success.overdue.for_s == pytest.approx(12 * HOUR + MINUTE)
    assert success.message is not None
    assert "overdue_over:12h 01m" in success.message
    assert world.backup().overdue is None


def test_what_is_overdue_at_the_start_is_told_after_the_grace(world: WatchWorld) -> None:
    world.look()
    world.backup()
    world.restart(down=3 * DAY)
    assert world.look_until(25 * MINUTE) == []
    assert world.look_until(6 * MINUTE, step=MINUTE) == ["backup_overdue"]
    assert world.told[-1].overdue is not None
    assert "mcdr_down" in world.told[-1].overdue.reasons


def test_a_run_that_was_left_out_since_nobody_was_online_puts_it_off(world: WatchWorld) -> None:
    world.look()
    world.backup()
    world.look_until(12 * HOUR)
    world.skip(SkipReason.NOBODY_ONLINE)
    assert world.look_until(12 * HOUR) == []
    assert world.deadline.put_off is not None
    assert world.look_until(HOUR) == ["backup_overdue"]


def test_a_run_that_was_left_out_since_nobody_was_online_counts_where_the_owner_says_so(world: WatchWorld) -> None:
    world.configure(watch={"backup": {"skipped_counts": True}})
    world.look()
    world.backup()
    world.look_until(12 * HOUR)
    world.skip(SkipReason.NOBODY_ONLINE)
    assert world.look_until(HOUR) == ["backup_overdue"]
    assert reasons(world) == ("nobody_online",)


def test_it_is_not_told_while_a_backup_runs_but_when_that_one_fails(world: WatchWorld) -> None:
    world.configure(watch={"stuck_after": False})
    world.look()
    world.look_until(12 * HOUR)
    task_id = world.begin()
    assert world.look_until(DAY) == []
    world.end(task_id, "backup_failure")
    assert world.look(5.0) == ["backup_overdue"]
    assert reasons(world) == ("failed",)


def test_a_backup_that_begins_within_the_grace_after_a_start_is_awaited(world: WatchWorld) -> None:
    world.look()
    world.backup()
    world.restart(down=DAY)
    world.look_until(20 * MINUTE)
    assert world.backup(takes=HOUR).overdue is None
    assert world.look_until(12 * HOUR) == []


def test_nothing_is_expected_where_the_owner_says_so(world: WatchWorld) -> None:
    world.configure(watch={"backup": {"every": False}})
    assert world.look_until(3 * DAY, step=HOUR) == []
    assert world.deadline.terms.unwatched == "switched_off"


def test_nothing_is_expected_without_a_schedule(world: WatchWorld) -> None:
    world.plan_now = world.plan_now._replace(enabled=False)
    assert world.look_until(3 * DAY, step=HOUR) == []
    assert world.deadline.terms.unwatched == "not_scheduled"


def test_nothing_is_expected_where_prime_backup_was_never_seen(tmp_path: Path) -> None:
    world = WatchWorld(tmp_path)
    world.plan_now = NO_PLAN
    world.start()
    assert world.look_until(3 * DAY, step=HOUR) == []
    assert world.deadline.terms.unwatched == "no_plan"
    world.stop()


def test_a_crontab_that_its_library_cannot_read_is_not_watched(world: WatchWorld) -> None:
    world.plan_now = world.plan_now._replace(interval=None, crontab="not a crontab")
    assert world.look_until(DAY, step=HOUR) == []
    assert world.deadline.terms.unwatched == "unreadable"


def test_what_was_told_is_forgotten_when_nothing_is_watched_any_more(world: WatchWorld) -> None:
    world.look()
    world.look_until(DAY)
    world.configure(watch={"backup": {"every": False}})
    world.look(5.0)
    assert world.deadline.overdue is None
    assert world.backup().overdue is None


def test_the_deadline_follows_another_schedule_from_the_moment_of_the_change(world: WatchWorld) -> None:
    world.look()
    world.backup()
    world.look_until(6 * HOUR)
    world.plan_now = world.plan_now._replace(interval=2 * HOUR, load=2)
    world.look()
    assert world.deadline.due == pytest.approx(world.clock.wall() + 2 * HOUR)


def test_the_schedule_of_prime_backup_counts_while_it_is_not_loaded_also_after_a_restart(world: WatchWorld) -> None:
    world.look()
    world.backup()
    world.plan_now = world.plan_now._replace(loaded=False)
    world.restart()
    assert world.look_until(DAY) == ["backup_overdue"]
    assert reasons(world) == ("not_loaded",)


def test_the_backups_of_other_plugins_do_not_count_for_the_schedule_of_prime_backup(world: WatchWorld) -> None:
    world.look()
    world.look_until(12 * HOUR)
    world.backup(plugin_id="other")
    assert world.look_until(HOUR) == ["backup_overdue"]


def test_the_backups_of_every_plugin_count_for_a_schedule_of_the_config(world: WatchWorld) -> None:
    world.configure(watch={"backup": {"every": "12h"}})
    world.look()
    world.look_until(11 * HOUR)
    world.backup(plugin_id="other")
    assert world.look_until(12 * HOUR) == []
    assert world.look_until(HOUR) == ["backup_overdue"]
    assert world.told[-1].plugin.id == "other"


def test_a_schedule_that_is_paused_is_told_as_overdue_all_the_same(world: WatchWorld) -> None:
    world.look()
    world.plan_now = world.plan_now._replace(paused=True)
    assert world.look_until(DAY) == ["backup_overdue"]
    assert reasons(world) == ("paused",)


def test_a_server_that_is_restarted_more_often_than_the_interval_is_told_why(world: WatchWorld) -> None:
    world.look()
    world.backup()
    told = []
    for _ in range(4):
        world.restart()
        told += world.look_until(5 * HOUR)
    assert told == ["backup_overdue"]
    assert reasons(world) == ("never_elapsed",)


def test_a_server_that_does_not_run_is_told_as_the_reason(world: WatchWorld) -> None:
    world.look()
    world.server_runs = False
    world.look_until(DAY)
    assert reasons(world) == ("server_stopped",)


def test_where_nothing_was_seen_that_is_said(world: WatchWorld) -> None:
    world.look()
    world.look_until(3 * DAY, step=HOUR)
    assert reasons(world) == ("unseen",)


def test_nothing_is_told_while_notifications_are_off_and_nothing_was_expected_then(world: WatchWorld) -> None:
    world.look()
    world.configure(notification={"enabled": False})
    assert world.look_until(3 * DAY, step=HOUR) == []
    world.configure()
    assert world.look_until(12 * HOUR) == []
    assert world.look_until(HOUR) == ["backup_overdue"]


def test_the_folder_says_when_the_next_backup_is_due_to_those_who_read_it(world: WatchWorld) -> None:
    world.look()
    world.backup()
    world.look(5.0)
    kept = world.past.value("deadline")
    assert kept is not None
    assert kept["due"] == world.deadline.due
    assert kept["overdue"] is None


def reasons(world: WatchWorld) -> Tuple[str, ...]:
    """Those of the newest event, which says that a backup is overdue."""
    overdue = world.told[-1].overdue
    assert overdue is not None
    return overdue.reasons


def test_runs_that_were_left_out_within_an_hour_for_the_same_reason_are_one_row(world: WatchWorld) -> None:
    for reason in (SkipReason.BUSY, SkipReason.BUSY, SkipReason.NOBODY_ONLINE, SkipReason.BUSY, SkipReason.BUSY):
        world.skip(reason)
        world.look(MINUTE)
    world.restart()
    world.skip(SkipReason.BUSY)
    world.look(HOUR)
    world.skip(SkipReason.BUSY)
    world.look()
    rows = world.past.between(0.0, world.clock.wall())
    assert [(row.reason, row.times) for row in rows] == [("busy", 2), ("nobody_online", 1), ("busy", 3), ("busy", 1)]


def test_a_reload_of_ours_is_no_load_of_prime_backup(world: WatchWorld) -> None:
    began = world.clock.wall()
    world.plan_now = world.plan_now._replace(next_run=began + 12 * HOUR)
    world.look()
    world.look_until(13 * HOUR)
    world.stop()
    world.start()
    world.look()
    assert world.past.value("loads") == {"at": [began]}
