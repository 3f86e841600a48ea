"""A kill at every named step: a low disk and a stuck backup are told once, and so is the end of each."""

from __future__ import annotations

import collections
import shutil
from pathlib import Path
from typing import Counter, List, NamedTuple

import pytest

from prime_notify.outbox.history import History
from tests.support.fake_disks import FakeDisks
from tests.support.watch_world import DAY, HOUR, MINUTE, WatchWorld

ROOT = "/srv/pb_files"
QUIET = {"backup": {"every": False}}


class Kill(NamedTuple):
    """``at``: on the clock of the world."""

    step: str
    folder: Path
    at: float


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> FakeDisks:
    made = FakeDisks()
    monkeypatch.setattr("prime_notify.watch.storage.DiskReader", lambda: made)
    return made


def make(folder: Path) -> WatchWorld:
    world = WatchWorld(folder, watch=QUIET)
    world.plan_now = world.plan_now._replace(storage=ROOT)
    return world


def told_in(world: WatchWorld) -> Counter[str]:
    history = world.engine.history
    assert isinstance(history, History)
    return collections.Counter(record.payload.event.value for record in history.page(1000) if record.payload)


def kills_in_a_life(folder: Path, machine: FakeDisks) -> List[Kill]:
    """A life in which the disk becomes low during a backup that is stuck, and is well again after it."""
    kills: List[Kill] = []
    world = make(folder / "life")

    def at_step(step: str) -> None:
        copy = folder / f"{len(kills)}"
        shutil.copytree(world.folder, copy)
        kills.append(Kill(step, copy, world.clock.time))

    machine.put(ROOT, free=50)
    world.start()
    world.look()
    world.backup()
    world.look(5.0)
    world.crash_point = at_step
    task_id = world.begin()
    machine.put(ROOT, free=5)
    world.look(15 * MINUTE)
    world.look(DAY)
    world.end(task_id)
    world.look(5.0)
    machine.put(ROOT, free=50)
    world.look(HOUR)
    world.crash_point = lambda step: None
    world.stop()
    return kills


@pytest.mark.parametrize("process", ["the same", "another"])
def test_each_is_told_once_whenever_the_process_is_killed(
    tmp_path: Path, machine: FakeDisks, process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = kills_in_a_life(tmp_path, machine)
    steps = [kill.step for kill in kills]
    assert [steps.count(f"watch-tell:{moment}") for moment in ("begin", "commit", "done")] == [3, 3, 3]
    assert "watch-disk:done" in steps
    if process == "another":
        monkeypatch.setattr("prime_notify.engine.engine.process_token", lambda: "another")
    for number, kill in enumerate(kills):
        world = make(kill.folder)
        world.clock.time = kill.at + 10.0
        world.start()
        try:
            go_on(world, machine)
            told = told_in(world)
            assert (told["storage_low"], told["storage_ok"]) == (1, 1), (number, kill.step, told)
            assert told["backup_stuck"] == 1 or (process == "another" and not told["backup_stuck"])
            assert told["backup_start"] == told["backup_success"] + told["backup_aborted"]
            assert world.past.names("stuck:") == []
            assert world.past.value("storage") is None
        finally:
            world.stop()


def go_on(world: WatchWorld, machine: FakeDisks) -> None:
    """The rest of the life."""
    if not told_in(world)["storage_ok"]:
        machine.put(ROOT, free=5)
        world.look_until(DAY, step=HOUR)
        machine.put(ROOT, free=50)
    for run in world.engine.watching.open_runs():
        world.look_until(DAY, step=HOUR)
        world.end(run.task_id)
    if not told_in(world)["backup_stuck"]:  # the start was not seen
        task_id = world.begin()
        world.look_until(DAY, step=HOUR)
        world.end(task_id)
    assert world.look_until(DAY, step=HOUR) in ([], ["storage_ok"])
