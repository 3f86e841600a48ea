"""A disk that is nearly full, or soon will be, is told once; and again when it has clearly more room."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any, Iterator, List, Optional

import pytest

from prime_notify.model.figures import Disk
from prime_notify.model.payload import Payload
from prime_notify.watch import disks
from prime_notify.watch.disks import Usage
from prime_notify.watch.storage import StorageWatch
from tests.support.fake_disks import GIB, FakeDisks
from tests.support.watch_world import DAY, HOUR, MINUTE, WatchWorld

ROOT = "/srv/pb_files"
QUIET = {"backup": {"every": False}, "stuck_after": False}


class _KilledError(Exception):
    """In place of a kill."""


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> FakeDisks:
    made = FakeDisks()
    made.put(ROOT, free=50)
    monkeypatch.setattr("prime_notify.watch.storage.DiskReader", lambda: made)
    return made


@pytest.fixture
def world(tmp_path: Path, machine: FakeDisks) -> Iterator[WatchWorld]:
    made = WatchWorld(tmp_path, watch=QUIET)
    made.plan_now = made.plan_now._replace(storage=ROOT)
    yield made.start()
    made.stop()


def configure(world: WatchWorld, **options: Any) -> None:
    world.configure(watch={**QUIET, "storage": options})


def part(world: WatchWorld) -> StorageWatch:
    return world.engine.watching.part(StorageWatch)


def shown(payload: Payload) -> List[Disk]:
    assert payload.storage is not None
    return payload.storage.disks


def count(world: WatchWorld, name: str) -> int:
    return [payload.event.value for payload in world.told].count(name)


# telling


def test_it_is_told_once_and_again_when_there_is_clearly_more_room(world: WatchWorld, machine: FakeDisks) -> None:
    assert world.look() == []
    machine.put(ROOT, free=9.9)
    assert world.look_until(9 * MINUTE, step=MINUTE) == []
    assert world.look(MINUTE) == ["storage_low"]
    low = world.told[-1]
    assert (low.severity.value, low.plugin.id, low.task.value) == ("warning", "prime_notify", "storage")
    assert shown(low) == [Disk(path=ROOT, free=int(9.9 * GIB), total=100 * GIB, low=True)]
    assert (low.message or "").splitlines() == [
        f"__prime_notify__:storage_free:{ROOT}|9.9 GiB|100.0 GiB",
        "__prime_notify__:storage_do",
    ]
    for free in (5, 10.5, 9, 11.9):
        machine.put(ROOT, free=free)
        assert world.look(HOUR) == []
    machine.put(ROOT, free=12)
    assert world.look(HOUR) == ["storage_ok"]
    well = world.told[-1]
    assert well.storage is not None
    assert well.storage.for_s == 5 * HOUR
    assert "storage_again:5h 00m" in (well.message or "")
    assert well.severity.value == "info"
    assert [disk.low for disk in shown(well)] == [False]
    assert world.look_until(DAY) == []
    machine.put(ROOT, free=9)
    assert world.look(HOUR) == ["storage_low"]


def test_it_is_told_by_the_pace_of_the_last_backups(world: WatchWorld, machine: FakeDisks) -> None:
    configure(world, min_free=False)
    told: List[str] = []
    free = 50.0
    for _ in range(60):
        free -= 1.5
        machine.put(ROOT, free=free)
        world.backup()
        told = world.look(12 * HOUR - MINUTE)
        if told:
            break
    assert told == ["storage_low"]
    [disk] = shown(world.told[-1])
    assert disk.growth == pytest.approx(3 * GIB)
    assert disk.free == 8 * GIB
    assert disk.days_left == pytest.approx(8 / 3, abs=0.01)
    assert "storage_days" in (world.told[-1].message or "")


def test_a_row_is_made_after_each_good_backup_only(world: WatchWorld, machine: FakeDisks) -> None:
    world.look_until(HOUR)
    world.backup("backup_failure")
    world.look(5)
    assert world.past.disk(ROOT, 10) == []
    machine.put(ROOT, free=40)
    world.backup()
    world.look(5)
    world.look(5)
    [row] = world.past.disk(ROOT, 10)
    assert (row.free, row.total, row.at) == (40 * GIB, 100 * GIB, world.clock.wall() - 5)


def test_a_further_disk_is_told_and_the_end_when_no_disk_is_low(world: WatchWorld, machine: FakeDisks) -> None:
    machine.put("/mnt/nas", free=5, device=2)
    machine.put(ROOT, free=5)
    assert world.look() == ["storage_low"]
    configure(world, paths=["/mnt/nas"])
    world.clock.advance(HOUR)
    assert world.look() == ["storage_low"]
    assert [disk.path for disk in shown(world.told[-1]) if disk.low] == [ROOT, "/mnt/nas"]
    assert (world.told[-1].message or "").count("storage_free") == 2
    machine.put(ROOT, free=50)
    assert world.look(HOUR) == []
    machine.put(ROOT, free=5)
    assert world.look(HOUR) == ["storage_low"]
    machine.put(ROOT, free=50)
    machine.put("/mnt/nas", free=50, device=2)
    assert world.look(HOUR) == ["storage_ok"]
    assert world.told[-1].storage is not None
    assert world.told[-1].storage.for_s == 4 * HOUR


def test_two_paths_on_one_disk_are_one(world: WatchWorld, machine: FakeDisks) -> None:
    configure(world, paths=["/srv/copies", ROOT])
    machine.put(ROOT, free=5)
    machine.put("/srv/copies", free=5)
    assert world.look() == ["storage_low"]
    assert [disk.path for disk in shown(world.told[-1])] == [ROOT]
    world.plan_now = world.plan_now._replace(storage="/srv/copies")
    assert world.look(HOUR) == []


def test_network_disks_without_a_number_are_several(world: WatchWorld, machine: FakeDisks) -> None:
    configure(world, paths=["/mnt/a", "/mnt/b"])
    machine.put("/mnt/a", free=50, device=0)
    machine.put("/mnt/b", free=60, device=0)
    world.look()
    assert [disk.path for disk in part(world).disks] == [ROOT, "/mnt/a", "/mnt/b"]


# what is kept


def test_restarts_tell_nothing_again(world: WatchWorld, machine: FakeDisks) -> None:
    machine.put(ROOT, free=5)
    assert world.look() == ["storage_low"]
    world.restart(down=HOUR)
    assert world.look() == []
    machine.put(ROOT, free=50)
    world.restart(down=HOUR)
    assert world.look() == ["storage_ok"]
    assert world.told[-1].storage is not None
    assert world.told[-1].storage.for_s == 2 * HOUR
    world.restart(down=HOUR)
    assert world.look() == []


def test_the_folder_of_a_plugin_that_is_not_loaded_is_remembered(world: WatchWorld, machine: FakeDisks) -> None:
    world.look()
    machine.put(ROOT, free=5)
    world.plan_now = world.plan_now._replace(loaded=False, storage=None)
    world.restart()
    assert world.look(HOUR) == ["storage_low"]


@pytest.mark.parametrize("kept", [{}, {"since": "then", "low": []}, {"since": 5.0, "low": 7}])
def test_what_another_version_kept_stops_nothing(world: WatchWorld, machine: FakeDisks, kept: Any) -> None:
    world.past.keep("storage", {"other": 1, **kept})
    world.past.keep("backups", {"other": 1})
    machine.put(ROOT, free=5)
    world.restart()
    assert world.look() == ["storage_low"]


def test_a_change_of_the_clock_tells_nothing(world: WatchWorld, machine: FakeDisks) -> None:
    machine.put(ROOT, free=5)
    assert world.look() == ["storage_low"]
    world.clock.ahead = -DAY
    machine.put(ROOT, free=50)
    assert world.look(HOUR) == ["storage_ok"]
    assert world.told[-1].storage is not None
    assert world.told[-1].storage.for_s == 0.0


@pytest.mark.parametrize("change", [{"min_free": False, "min_days": False}, {"min_free": "1GiB"}])
def test_what_is_switched_off_is_forgotten_silently_and_another_limit_is_not(
    world: WatchWorld, machine: FakeDisks, change: Any
) -> None:
    machine.put(ROOT, free=5)
    assert world.look() == ["storage_low"]
    configure(world, **change)
    assert world.look() == ([] if change["min_free"] is False else ["storage_ok"])
    assert world.past.value("storage") is None
    configure(world)
    assert world.look() == ["storage_low"]


def test_a_path_that_is_removed_while_low_is_forgotten_silently(world: WatchWorld, machine: FakeDisks) -> None:
    configure(world, paths=["/mnt/nas"])
    machine.put("/mnt/nas", free=5, device=2)
    assert world.look() == ["storage_low"]
    configure(world)
    assert world.look_until(DAY) == []
    assert world.past.value("storage") is None


def test_nothing_is_told_while_notifications_are_switched_off(world: WatchWorld, machine: FakeDisks) -> None:
    machine.put(ROOT, free=5)
    world.configure(watch=QUIET, notification={"enabled": False, "endpoints": []})
    assert world.look_until(DAY) == []
    assert [disk.low for disk in part(world).disks] == [True]
    world.configure(watch=QUIET)
    assert world.look(HOUR) == ["storage_low"]


@pytest.mark.parametrize("moment", ["begin", "commit", "done"])
@pytest.mark.parametrize("name", ["storage_low", "storage_ok"])
def test_it_is_told_once_over_a_kill_at_any_moment(
    world: WatchWorld, machine: FakeDisks, name: str, moment: str
) -> None:
    def kill(step: str) -> None:
        if step == f"watch-tell:{moment}":
            raise _KilledError

    machine.put(ROOT, free=5)
    if name == "storage_ok":
        world.look()
        machine.put(ROOT, free=50)
    world.crash_point = kill
    with pytest.raises(_KilledError):
        world.look(HOUR)
    world.crash_point = lambda step: None
    for _ in range(3):
        world.restart()
        world.look(HOUR)
    assert count(world, "storage_low") == 1
    assert count(world, name) == 1


# what does not answer


def test_a_disk_that_hangs_is_asked_once_and_the_others_are_watched(
    world: WatchWorld, machine: FakeDisks, caplog: pytest.LogCaptureFixture
) -> None:
    configure(world, paths=["/mnt/dead"])
    machine.hanging.add("/mnt/dead")
    machine.put(ROOT, free=5)
    with caplog.at_level(logging.INFO, "test.watch"):
        assert world.look() == []
        assert world.look(10) == ["storage_low"]
        assert [(one.path, one.missing) for one in part(world).silent] == [("/mnt/dead", False)]
        world.look_until(DAY)
        assert machine.questions.count("/mnt/dead") == 1
        assert caplog.text.count("/mnt/dead is not watched now: its disk does not answer") == 1
        machine.put("/mnt/dead", free=5, device=2)
        machine.hanging.clear()
        assert world.look(5) == ["storage_low"]
        assert part(world).silent == []
        world.look(HOUR)
        assert caplog.text.count("/mnt/dead is watched again") == 1


def test_a_low_disk_that_hangs_is_not_well_again(world: WatchWorld, machine: FakeDisks) -> None:
    machine.put(ROOT, free=5)
    assert world.look() == ["storage_low"]
    machine.hanging.add(ROOT)
    assert world.look_until(HOUR, step=5.0) == []
    assert part(world).disks == ()
    machine.put(ROOT, free=50)
    machine.hanging.clear()
    assert world.look(5) == ["storage_ok"]


def test_a_path_that_does_not_exist_is_named_once(
    world: WatchWorld, machine: FakeDisks, caplog: pytest.LogCaptureFixture
) -> None:
    configure(world, paths=["/mnt/nothing"])
    machine.put(ROOT, free=5)
    assert world.look() == ["storage_low"]
    world.look_until(DAY)
    assert caplog.text.count("The free space of /mnt/nothing is not watched: there is no such path") == 1
    [silent] = part(world).silent
    assert (silent.path, silent.missing) == ("/mnt/nothing", True)


def test_relative_paths_begin_at_the_working_directory(
    world: WatchWorld, machine: FakeDisks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    configure(world, paths=["./copies/../backups"])
    machine.put(str(tmp_path / "backups"), free=50, device=2)
    world.look()
    assert [disk.path for disk in part(world).disks] == [ROOT, str(tmp_path / "backups")]


def test_without_anything_to_watch_no_disk_is_asked(world: WatchWorld, machine: FakeDisks) -> None:
    world.plan_now = world.plan_now._replace(storage=None)
    assert world.look_until(DAY) == []
    assert machine.questions == []
    assert part(world).refresh()


# what the backups take


def sizes(world: WatchWorld) -> Optional[int]:
    [disk] = part(world).disks
    return disk.backups


def test_the_files_are_counted_once_a_day_and_not_at_the_start(world: WatchWorld, machine: FakeDisks) -> None:
    world.look()
    assert machine.questions == [ROOT]
    world.look_until(11 * MINUTE, step=5.0)
    assert sizes(world) == 7 * GIB
    world.look_until(23 * HOUR)
    world.restart()
    world.look_until(30 * MINUTE)
    assert machine.questions.count((ROOT,)) == 1
    assert sizes(world) == 7 * GIB
    world.look_until(DAY)
    assert machine.questions.count((ROOT,)) == 2


def test_a_report_gets_new_figures(world: WatchWorld, machine: FakeDisks) -> None:
    assert not part(world).refresh()
    world.look()
    assert not part(world).refresh()
    world.look(5)
    world.look(5)
    assert part(world).refresh()
    assert sizes(world) == 7 * GIB
    world.look_until(9 * MINUTE, step=MINUTE)
    assert part(world).refresh()
    world.clock.advance(2 * HOUR)
    assert not part(world).refresh()
    machine.size = None
    machine.put(ROOT, free=44)
    world.look()
    world.look(5)
    assert part(world).refresh()
    assert sizes(world) is None
    assert part(world).disks[0].free == 44 * GIB


def test_a_report_does_not_wait_for_what_cannot_be_read(world: WatchWorld, machine: FakeDisks) -> None:
    del machine.usage[ROOT]
    assert not part(world).refresh()
    world.look()
    assert part(world).refresh()


# with threads


def test_a_real_disk_that_hangs_costs_the_watch_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, asked = threading.Event(), threading.Event()
    well: List[threading.Thread] = []
    real = disks.usage_of

    def ask(path: str) -> Any:
        if path == "/mnt/dead":
            go_on.wait()
            return Usage(GIB, GIB, 2)
        well.append(threading.current_thread())
        asked.set()
        return real(path)

    monkeypatch.setattr(disks, "usage_of", ask)
    world = WatchWorld(tmp_path, watch={**QUIET, "storage": {"paths": ["/mnt/dead", str(tmp_path)], "min_free": "8EB"}})
    world.start()
    try:
        assert world.look() == []
        assert asked.wait(30)
        well[0].join(30)
        assert world.look(10) == ["storage_low"]
        assert [disk.path for disk in part(world).disks] == [str(tmp_path)]
        assert [one.path for one in part(world).silent] == ["/mnt/dead"]
    finally:
        go_on.set()
        world.stop()
