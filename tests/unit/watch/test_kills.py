"""A kill at every named step: what is overdue is told once, and ended once.

The files of the data folder are copied at each step, as a kill leaves them, and another process goes on from there.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import List, NamedTuple, Tuple

import pytest

from prime_notify.outbox.history import History
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.schedules.plan import SkipReason
from tests.support.watch_world import DAY, HOUR, MINUTE, WatchWorld


class Kill(NamedTuple):
    """``at``: on the clock of the world."""

    step: str
    folder: Path
    at: float


def kills_in_a_life(folder: Path) -> List[Kill]:
    """A life in which a backup becomes overdue, and comes; the folder as it is at each step."""
    kills: List[Kill] = []
    world = WatchWorld(folder / "life")

    def at_step(step: str) -> None:
        copy = folder / f"{len(kills)}"
        shutil.copytree(world.folder, copy)
        kills.append(Kill(step, copy, world.clock.time))

    world.start()
    world.look()
    world.backup()
    world.crash_point = at_step
    world.look(HOUR)
    world.skip(SkipReason.BUSY)
    world.look(12 * HOUR)
    world.look(5.0)
    world.backup("backup_failure")
    world.look(5.0)
    world.backup()
    world.look(5.0)
    world.crash_point = lambda step: None
    world.stop()
    return kills


def test_it_is_told_once_and_ended_once_whenever_the_process_is_killed(tmp_path: Path) -> None:
    kills = kills_in_a_life(tmp_path)
    assert {"watch-tell:begin", "watch-tell:commit", "watch-tell:done", "put:begin", "put:commit", "put:done"} <= {
        kill.step for kill in kills
    }
    for number, kill in enumerate(kills):
        world = WatchWorld(kill.folder)
        world.clock.time = kill.at + 10.0
        world.start()
        try:
            world.look()
            if told_in(world)[1] == 0:  # it has not come yet
                world.look_until(14 * HOUR, step=10 * MINUTE)
                world.backup()
            assert world.look_until(12 * HOUR, step=10 * MINUTE) == []
            assert told_in(world) == (1, 1), (number, kill.step)
            assert world.deadline.overdue is None
        finally:
            world.stop()


def told_in(world: WatchWorld) -> Tuple[int, int]:
    """How many events say that a backup is overdue, and how many successes that it was."""
    history = world.engine.history
    assert isinstance(history, History)
    payloads = [record.payload for record in history.page(1000) if record.payload]
    overdue = sum(payload.event.value == "backup_overdue" for payload in payloads)
    return overdue, sum(payload.event.value == "backup_success" and payload.overdue is not None for payload in payloads)


def test_a_kill_while_the_table_of_tasks_is_made_loses_nothing_of_the_history(tmp_path: Path) -> None:
    life = tmp_path / "life"
    world = WatchWorld(life).start()
    world.backup(backup={"id": 7, "raw_size": 100, "stored_size": 50})
    world.backup("backup_failure")
    world.stop()
    take_back_the_tables(life / OUTBOX_FILE)
    folders: List[Path] = []

    def at_step(step: str) -> None:
        if step.startswith("migrate-8"):
            folders.append(tmp_path / str(len(folders)))
            shutil.copytree(life, folders[-1])

    world.crash_point = at_step
    world.start()
    world.stop()
    assert len(folders) > 3
    for folder in [*folders, life]:
        world = WatchWorld(folder).start()
        rows = world.past.between(0.0, world.clock.wall() + DAY)
        world.stop()
        assert [(row.status, row.backup_id) for row in rows] == [("success", 7), ("failure", None)]


def take_back_the_tables(file: Path) -> None:
    """Make the file one of the version before."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for table in ("task", "disk", "watch"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 7")


@pytest.mark.parametrize("seconds", [0.0, 3 * HOUR])
def test_a_plugin_that_is_loaded_again_in_the_same_process_tells_nothing_twice(tmp_path: Path, seconds: float) -> None:
    world = WatchWorld(tmp_path).start()
    world.look()
    assert world.look_until(DAY) == ["backup_overdue"]
    world.restart(down=seconds)
    assert world.look_until(DAY) == []
    world.stop()
