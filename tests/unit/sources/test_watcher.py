"""Prime Backup is loaded, unloaded and reloaded at any time."""

from __future__ import annotations

import logging
from types import ModuleType, SimpleNamespace
from typing import Any, Dict, List, Optional

import pytest

from prime_notify.model.event import Event
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.seams import Seam
from prime_notify.sources.prime_backup.watcher import Watcher
from prime_notify.sources.source import SourceState, SourceStatus
from tests.support.prime_backup_classes import Server, modules, prime_backup, tr

LOG = logging.getLogger("test.watcher")
FOUND = "prime_backup.found_backups_and_restores 1.13.0"


class Scene:
    """A server without Prime Backup, and a watcher on it."""

    def __init__(self) -> None:
        self.server = Server()
        self.modules: Dict[str, ModuleType] = {}
        self.events: List[Event] = []
        self.pb = prime_backup()
        self.watcher = Watcher(self.server, self.make_observer, log=LOG, tr=tr, modules=self.modules)

    def make_observer(self, version: Optional[str]) -> Observer:
        return Observer(self.events.append, version=version, server_running=lambda: True, log=LOG)

    def load(self, version: str = "1.13.0", *, enabled: bool = True) -> None:
        """As MCDR loads a plugin: its modules, its instance, its on_load that reads the config."""
        self.pb = prime_backup()
        self.modules.clear()
        self.modules.update(modules(self.pb))
        self.server.load("prime_backup", version, SimpleNamespace(config=SimpleNamespace(enabled=enabled)))

    def unload(self) -> None:
        self.modules.clear()
        self.server.unload("prime_backup")

    @property
    def state(self) -> Optional[SourceState]:
        return self.watcher.status.state if self.watcher.status else None

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.watcher.tick()

    def observed(self) -> bool:
        self.events.clear()
        self.pb.CreateBackupTask().run()
        return [event.name.value for event in self.events] == ["backup_start", "backup_success"]


def observed(version: str) -> SourceStatus:
    return SourceStatus("prime_backup", "Prime Backup", version, SourceState.OBSERVED)


@pytest.fixture
def scene(caplog: pytest.LogCaptureFixture) -> Scene:
    caplog.set_level(logging.INFO)
    return Scene()


def test_a_prime_backup_that_is_there_is_observed_after_one_look(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.load()
    scene.tick(20)
    assert scene.observed()
    assert scene.events[0].plugin_version == "1.13.0"
    assert caplog.messages == [FOUND]
    assert scene.watcher.status == observed("1.13.0")


def test_without_prime_backup_nothing_is_said(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.tick(20)
    assert caplog.messages == []
    assert scene.watcher.status is None


def test_one_that_is_loaded_later_unloaded_and_loaded_again_is_followed(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.tick()
    scene.load()
    scene.tick()
    assert scene.observed()
    scene.unload()
    scene.tick(2)
    assert not scene.observed()
    assert scene.state is None
    scene.load()
    scene.tick()
    assert scene.observed()
    assert caplog.messages == [FOUND, "prime_backup.gone", FOUND]


def test_one_that_is_reloaded_is_observed_anew(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.load()
    scene.tick()
    scene.load()
    scene.tick()
    assert scene.observed()
    assert caplog.messages == [FOUND, FOUND]


def test_one_that_is_disabled_in_its_config_is_said_to_be_once(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.load(enabled=False)
    scene.tick(20)
    assert not scene.observed()
    assert caplog.messages == ["prime_backup.disabled 1.13.0"]
    assert scene.state is SourceState.DISABLED


def test_one_that_turns_out_to_be_disabled_is_let_go(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.load()
    instance: Any = scene.server.instances["prime_backup"]
    instance.config = None  # before its on_load
    scene.tick()
    assert scene.observed()
    assert scene.state is SourceState.LOADING
    instance.config = SimpleNamespace(enabled=False)
    scene.tick()
    assert not scene.observed()
    assert caplog.messages == ["prime_backup.disabled 1.13.0"]


class Thread:
    """Prime Backup's ``init_thread``."""

    def __init__(self, *, alive: bool) -> None:
        self.alive = alive

    def is_alive(self) -> bool:
        return self.alive


NOT_STARTED = "prime_backup.not_started 1.13.0"
READ = SimpleNamespace(enabled=True)


@pytest.mark.parametrize(
    ("entry", "ticks"),
    [
        ({"config": None, "init_thread": None, "init_ok": None}, 20),  # its config is broken
        ({"config": READ, "init_thread": None, "init_ok": None}, 20),  # its on_load failed after that
        ({"config": READ, "init_thread": Thread(alive=False), "init_ok": None}, 1),  # 1.13: its database is broken
        ({"config": READ, "init_thread": Thread(alive=False), "init_ok": False}, 1),  # 1.9
    ],
)
def test_one_that_fails_to_start_is_warned_of_once_and_not_said_to_be_observed(
    scene: Scene, caplog: pytest.LogCaptureFixture, entry: Dict[str, Any], ticks: int
) -> None:
    scene.load()
    vars(scene.server.instances["prime_backup"]).update(entry)
    scene.tick(ticks)
    assert caplog.messages == [NOT_STARTED]
    assert scene.state is SourceState.NOT_STARTED
    scene.tick(20)
    assert caplog.messages == [NOT_STARTED]


def test_one_that_takes_minutes_to_start_is_waited_for_and_observed_meanwhile(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.load()
    instance: Any = scene.server.instances["prime_backup"]
    instance.init_thread, instance.init_ok = Thread(alive=True), False
    scene.tick(600)
    assert caplog.messages == []
    assert scene.state is SourceState.LOADING
    assert scene.observed()
    instance.init_ok = True
    scene.tick()
    assert caplog.messages == [FOUND]


def test_one_that_starts_after_all_is_observed(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.load()
    instance: Any = scene.server.instances["prime_backup"]
    instance.config = None
    scene.tick(20)
    instance.config = READ
    instance.init_thread, instance.init_ok = Thread(alive=True), None
    scene.tick(2)
    assert scene.state is SourceState.NOT_STARTED
    instance.init_ok = True
    scene.tick()
    assert caplog.messages == [NOT_STARTED, FOUND]
    assert scene.state is SourceState.OBSERVED
    assert scene.observed()


@pytest.mark.parametrize("version", ["1.8.3", "1.0.0", "0.9"])
def test_one_below_the_floor_is_warned_of_once_and_left_alone(
    scene: Scene, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    scene.load(version)
    scene.tick(20)
    assert not scene.observed()
    assert caplog.messages == [f"prime_backup.too_old {version}"]
    assert scene.state is SourceState.UNSUPPORTED


@pytest.mark.parametrize("version", ["1.9.0", "1.10.3", "1.13.1-beta.2", "2.0", "unheard of"])
def test_any_other_version_is_observed_if_it_fits(scene: Scene, version: str) -> None:
    scene.load(version)
    scene.tick()
    assert scene.observed()


def test_one_without_metadata_is_observed_all_the_same(scene: Scene) -> None:
    scene.load()
    del scene.server.versions["prime_backup"]
    scene.tick()
    assert scene.observed()


def test_modules_that_are_still_being_imported_are_waited_for(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.load()
    missing = scene.modules.pop(Seam.CREATE_TASK.module)
    scene.tick(3)
    assert caplog.messages == []
    scene.modules[Seam.CREATE_TASK.module] = missing
    scene.tick()
    assert scene.observed()
    assert caplog.messages == [FOUND]


@pytest.mark.parametrize(
    ("seam", "found"),
    [
        (Seam.CREATE_TASK, "found_restores"),
        (Seam.RESTORE_TASK, "found_backups"),
        (Seam.CREATE_ACTION, "found_backups_and_restores"),
        (Seam.EXPORT_ACTION, "found_backups_and_restores"),
        (Seam.GET_ACTION, "found_backups_and_restores"),
        (Seam.LIST_ACTION, "found_backups_and_restores"),
    ],
)
def test_a_seam_that_stays_missing_is_warned_of_once_and_the_rest_is_observed(
    scene: Scene, caplog: pytest.LogCaptureFixture, seam: Seam, found: str
) -> None:
    scene.load()
    del scene.modules[seam.module]
    scene.tick(20)
    assert scene.observed() is (seam is not Seam.CREATE_TASK)
    assert caplog.messages == [
        f"prime_backup.{found} 1.13.0",
        f"prime_backup.misfit.{seam.name.lower()} 1.13.0 no module {seam.module}",
    ]
    assert scene.watcher.status == observed("1.13.0")


def test_one_that_fits_nowhere_is_said_not_to_be_observed(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.load()
    scene.modules.clear()
    scene.tick(20)
    assert caplog.messages[0] == "prime_backup.found_nothing 1.13.0"
    assert len(caplog.messages) == 1 + len(Seam)


def test_after_stopping_nothing_is_observed_and_no_look_attaches_again(scene: Scene) -> None:
    scene.load()
    scene.tick()
    scene.watcher.stop()
    scene.tick()
    assert not scene.observed()


def test_one_that_is_left_is_observed_again_after_its_next_load(scene: Scene) -> None:
    scene.load()
    scene.tick()
    scene.watcher.leave()
    scene.tick(20)
    assert not scene.observed()
    assert scene.watcher.status == observed("1.13.0")
    scene.load()
    scene.tick()
    assert scene.observed()


def test_one_that_is_loaded_already_is_observed_at_the_start(scene: Scene) -> None:
    scene.load()
    scene.watcher.start()
    assert scene.observed()


def test_a_first_look_that_fails_is_logged_and_not_the_last(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(plugin_id: str) -> Any:
        raise RuntimeError(plugin_id)

    scene.load()
    with monkeypatch.context() as broken:
        broken.setattr(scene.server, "get_plugin_instance", fail)
        scene.watcher.start()
    assert caplog.messages == ["could not look for Prime Backup"]
    scene.tick()
    assert scene.observed()
