"""A backup that does not come is told, once, at its time, with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from prime_notify.schedules.plan import SkipReason
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
