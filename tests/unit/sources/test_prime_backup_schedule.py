"""The schedule of Prime Backup over its loads, unloads and reloads."""

from __future__ import annotations

import logging
from types import ModuleType, SimpleNamespace
from typing import Any, Dict, Optional

import pytest

from prime_notify.schedules.plan import NO_SCHEDULE, Plan
from prime_notify.sources.all import Sources
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.schedule import PrimeBackupSchedule
from prime_notify.sources.prime_backup.seams import Seam
from prime_notify.sources.prime_backup.watcher import Watcher
from prime_notify.sources.quick_backup import QuickBackup
from prime_notify.sources.source import SourceContext
from tests.support.clock import FakeClock
from tests.support.prime_backup_classes import Server, tr
from tests.support.scheduled_job import Duration, load_modules, scheduled_prime_backup

LOG = logging.getLogger("test.schedule")
NOT_LOADED = Plan("prime_backup")
MISFIT = "prime_backup.misfit.scheduled_job 1.13.0 "


class World:
    """A server, at first without Prime Backup, and its schedule as our plugin follows it."""

    def __init__(self) -> None:
        self.server = Server()
        self.clock = FakeClock()
        self.modules: Dict[str, ModuleType] = {}
        self.start()

    def start(self) -> None:
        self.watcher = Watcher(self.server, self.make_observer, log=LOG, tr=tr, modules=self.modules)
        self.schedule = PrimeBackupSchedule(
            self.server, self.watcher, log=LOG, tr=tr, wall=self.clock.wall, modules=self.modules
        )

    def make_observer(self, version: Optional[str]) -> Observer:
        return Observer(lambda event: None, version=version, server_running=lambda: True, log=LOG)

    def load(self, version: str = "1.13.0", **config: Any) -> Any:
        """As MCDR loads or reloads it; the entry module."""
        entry = scheduled_prime_backup(**config)
        self.modules.clear()
        self.modules.update(load_modules(entry))
        self.server.load("prime_backup", version, entry)
        return entry

    def unload(self) -> None:
        self.server.get_plugin_instance("prime_backup").crontab_manager = None
        self.modules.clear()
        self.server.unload("prime_backup")

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.watcher.tick()
            self.schedule.tick()

    def plan(self) -> Plan:
        return self.schedule.plan()

    def skip(self, entry: Any) -> int:
        """A run is left out; how many skips that makes."""
        self.server.running = entry.job.config.enabled = True
        entry.job.outcome = SimpleNamespace(executed=False)
        entry.scheduler.fire()
        return len(self.schedule.take_skips())


@pytest.fixture
def world(caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level(logging.WARNING)
    return World()


def test_without_prime_backup_it_is_not_loaded(world: World) -> None:
    world.tick(3)
    assert world.plan() == NOT_LOADED
    assert world.schedule.take_skips() == []


def test_a_loaded_one_has_a_plan_and_the_number_one(world: World) -> None:
    world.load()
    world.tick()
    found = world.plan()
    assert (found.plugin_id, found.loaded, found.enabled, found.interval) == ("prime_backup", True, True, 3600.0)
    assert found.next_run == world.clock.wall() + 60
    assert found.load == world.plan().load == 1


def test_each_load_has_another_number_and_its_own_schedule(world: World) -> None:
    world.load()
    world.tick()
    assert world.plan().load == 1
    world.load(interval=Duration(7200))
    assert (world.plan().load, world.plan().interval) == (2, 7200.0)  # also before the next tick
    world.unload()
    assert world.plan() == NOT_LOADED
    world.tick()
    world.load()
    world.tick()
    assert world.plan().load == 3


def test_one_that_is_being_unloaded_is_not_loaded(world: World) -> None:
    entry = world.load()
    world.tick()
    entry.crontab_manager = None  # its on_unload
    assert world.plan() == NOT_LOADED


def test_one_that_starts_or_failed_to_start_is_not_loaded(world: World) -> None:
    entry = world.load()
    entry.init_ok, entry.init_thread = None, SimpleNamespace(is_alive=lambda: True)
    world.tick()
    assert world.plan() == NOT_LOADED
    entry.init_thread.is_alive = lambda: False
    world.tick()
    assert world.plan() == NOT_LOADED


def test_one_that_is_disabled_in_its_config_is_loaded_and_makes_no_backups(world: World) -> None:
    entry = world.load()
    entry.config.enabled = False
    world.tick()
    assert world.plan() == Plan("prime_backup", loaded=True, load=1)


def test_before_it_is_known_whether_its_backups_are_seen_it_is_not_loaded(world: World) -> None:
    world.load()
    del world.modules[Seam.CREATE_TASK.module]
    world.tick()
    assert world.plan() == NOT_LOADED


def test_without_sight_of_its_backups_no_schedule_is_known(world: World) -> None:
    """Each backup would be told to be overdue."""
    world.load()
    del world.modules[Seam.CREATE_TASK.module]
    world.tick(10)
    found = world.plan()
    assert (found.plugin_id, found.loaded, found.enabled, found.load) == ("", True, False, 1)
    assert found.storage is not None


@pytest.mark.parametrize("seam", [Seam.RESTORE_TASK, Seam.LIST_ACTION])
def test_the_sight_of_other_tasks_does_not_matter(world: World, seam: Seam) -> None:
    world.load()
    del world.modules[seam.module]
    world.tick(10)
    assert world.plan().plugin_id == "prime_backup"


def test_one_that_is_too_old_has_no_schedule(world: World) -> None:
    world.load("1.8.0")
    world.tick(3)
    assert world.plan().plugin_id == ""


def test_one_that_emits_its_backups_itself_has_a_schedule(world: World) -> None:
    entry = world.load()
    world.tick()
    world.watcher.leave()
    world.tick(3)
    assert world.plan().plugin_id == "prime_backup"
    assert world.skip(entry) == 1


def test_an_unexpected_error_is_taken_as_not_loaded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(plugin_id: str) -> Any:
        raise RuntimeError(plugin_id)

    monkeypatch.setattr(world.server, "get_plugin_instance", fail)
    assert world.plan() == NOT_LOADED


# skips


def test_skips_are_taken_once_in_their_order(world: World) -> None:
    entry = world.load()
    world.tick()
    entry.job.outcome = SimpleNamespace(executed=False)
    for _ in range(3):
        world.clock.advance(60)
        entry.scheduler.fire()
    taken = world.schedule.take_skips()
    assert [skip.at for skip in taken] == [world.clock.wall() - 120, world.clock.wall() - 60, world.clock.wall()]
    assert world.schedule.take_skips() == []


def test_skips_that_nobody_takes_do_not_pile_up(world: World) -> None:
    entry = world.load()
    world.tick()
    entry.job.outcome = SimpleNamespace(executed=False)
    for _ in range(1500):
        entry.scheduler.fire()
    assert len(world.schedule.take_skips()) == 1000


def test_a_reloaded_one_is_observed_anew_and_the_former_no_more(world: World) -> None:
    former = world.load()
    world.tick()
    latter = world.load()
    world.tick(2)
    assert world.skip(former) == 0
    assert world.skip(latter) == 1


def test_after_our_own_reload_it_is_observed_once(world: World) -> None:
    entry = world.load()
    world.tick()
    world.schedule.stop()
    world.schedule.tick()
    assert world.skip(entry) == 0
    world.watcher.stop()
    world.start()
    world.tick(2)
    assert world.skip(entry) == 1


def test_one_without_scheduled_backups_is_left_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    entry = world.load(enabled=False)
    entry.crontab_manager.jobs.clear()
    world.tick(3)
    assert entry.scheduler.listeners == []
    assert caplog.messages == []


def test_a_job_that_does_not_fit_is_warned_of_once_and_costs_only_the_reasons(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    entry = world.load()
    del entry.crontab_manager.scheduler
    world.tick(5)
    assert caplog.messages == [f"{MISFIT}its scheduler takes no listener: AttributeError"]
    assert world.watcher.sees_backups
    assert world.plan().interval == 3600.0
    world.load()
    world.tick()
    assert len(caplog.messages) == 1


# as a source


def test_the_sources_have_the_schedule_of_prime_backup() -> None:
    sources = Sources(Server(), accept=lambda event: None, late=lambda event: None, log=LOG, tr=tr)
    assert sources.schedule.plan() == NOT_LOADED
    assert sources.schedule.take_skips() == []
    sources.stop()


def test_a_source_without_a_schedule_says_so() -> None:
    assert QuickBackup(SourceContext(Server(), lambda event: None, LOG, tr)).schedule is NO_SCHEDULE
