"""Another plugin takes our wrappers out of the stack: that is noticed at the next look, and they are put back."""

from __future__ import annotations

import functools
import logging
from types import ModuleType, SimpleNamespace
from typing import Any, Callable, Dict, List, Optional

import pytest

from prime_notify.model.event import Event
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.seams import Seam
from prime_notify.sources.prime_backup.watcher import Watcher
from prime_notify.sources.source import SourceState
from tests.support.prime_backup_classes import Server, modules, prime_backup, tr

LOG = logging.getLogger("test.lost_wrappers")
FOUND = "prime_backup.found_backups_and_restores 1.13.0"
Wrap = Callable[[Any], Any]


class World:
    """A Prime Backup, and our plugin, which can be reloaded."""

    def __init__(self) -> None:
        self.server = Server()
        self.pb = prime_backup()
        self.modules: Dict[str, ModuleType] = modules(self.pb)
        self.events: List[Event] = []
        self.server.load("prime_backup", "1.13.0", SimpleNamespace(config=SimpleNamespace(enabled=True)))
        self.watcher = self.start()

    def start(self) -> Watcher:
        watcher = Watcher(self.server, self.make_observer, log=LOG, tr=tr, modules=self.modules)
        watcher.start()
        return watcher

    def reload(self) -> None:
        self.watcher.stop()
        self.watcher = self.start()

    def make_observer(self, version: Optional[str]) -> Observer:
        return Observer(self.events.append, version=version, server_running=lambda: True, log=LOG)

    @property
    def classes(self) -> List[Any]:
        return [getattr(self.pb, seam.class_name) for seam in Seam]

    def is_observed_once(self) -> bool:
        """Whether backups and restores are reported, with their details, and each once."""
        self.events.clear()
        self.pb.CreateBackupTask().run()
        self.pb.RestoreBackupTask().run()
        names = [event.name.value for event in self.events]
        sizes = self.events[1].fields["backup"].get("file_count") if len(names) > 1 else None
        return names == ["backup_start", "backup_success", "restore_start", "restore_success"] and sizes == 42

    @property
    def state(self) -> Optional[SourceState]:
        return self.watcher.status.state if self.watcher.status else None


@pytest.fixture
def world(caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level(logging.INFO)
    return World()


def test_a_prime_backup_that_is_being_reloaded_has_lost_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    former, latter = (ModuleType("prime_backup.entry") for _ in range(2))
    for entry in (former, latter):
        vars(entry).update(config=SimpleNamespace(enabled=True))
    world.server.load("prime_backup", "1.13.0", former)
    world.modules[former.__name__] = former
    world.watcher.tick()
    caplog.clear()
    world.pb = prime_backup()
    world.modules.update({**modules(world.pb), latter.__name__: latter})  # but the server has the former one still
    world.watcher.tick()
    assert caplog.messages == []
    world.server.load("prime_backup", "1.13.0", latter)
    world.watcher.tick()
    assert caplog.messages == [FOUND]
    assert world.is_observed_once()


# how plugins wrap a method

kept: Dict[Any, Any] = {}


def by_closure(method: Any) -> Any:
    return lambda self, *args, **kwargs: method(self, *args, **kwargs)


def by_wraps(method: Any) -> Any:
    @functools.wraps(method)
    def run(self: Any) -> Any:
        return method(self)

    return run


def by_default(method: Any) -> Any:
    def run(self: Any, _method: Any = method) -> Any:
        return _method(self)

    return run


def by_plugin(method: Any) -> Any:
    class Plugin:
        def __init__(self) -> None:
            self.originals = {"run": [method]}

        def run(self, task: Any) -> Any:
            return self.originals["run"][0](task)

    plugin = Plugin()
    return lambda self: plugin.run(self)


def by_object(method: Any) -> Any:
    class Wrapper:
        __slots__ = ("method",)

        def __init__(self) -> None:
            self.method = method

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            return self if instance is None else functools.partial(self, instance)

        def __call__(self, instance: Any) -> Any:
            return self.method(instance)

    return Wrapper()


def by_global(method: Any) -> Any:
    space: Dict[str, Any] = {"original": method}
    exec("def run(self):\n    return (lambda: original(self))()", space)
    return space["run"]


def by_hidden_store(method: Any) -> Any:
    """Nobody can see the method that this one calls."""
    number = len(kept)
    kept[str(number)] = method
    key = number * 2

    return lambda self: getattr(__import__(__name__, fromlist=["kept"]), "ke" + "pt")[str(key // 2)](self)


VISIBLE = [by_closure, by_wraps, by_default, by_plugin, by_object, by_global]


def wrap_all(world: World, wrap: Wrap) -> Dict[Any, Any]:
    """Wrap all methods; what was there."""
    found = {cls: cls.__dict__["run"] for cls in world.classes if "run" in cls.__dict__}
    for cls, method in found.items():
        cls.run = wrap(method)
    return found


def put_back(found: Dict[Any, Any]) -> None:
    for cls, method in found.items():
        cls.run = method


# a plugin that puts back what it found


@pytest.mark.parametrize("wrap", [*VISIBLE, by_hidden_store])
def test_what_it_takes_out_is_put_back_at_the_next_look_and_said(
    world: World, caplog: pytest.LogCaptureFixture, wrap: Wrap
) -> None:
    found = wrap_all(world, wrap)
    world.reload()
    assert world.is_observed_once()
    put_back(found)
    world.watcher.tick()
    assert world.is_observed_once()
    (said,) = [line for line in caplog.messages if line not in (FOUND, "prime_backup.gone")]
    assert said.startswith("prime_backup.lost 1.13.0 ")
    for seam in Seam:
        assert f"{seam.class_name}.run" in said
    world.watcher.tick()
    assert len([line for line in caplog.messages if "lost" in line]) == 1
    assert world.state is SourceState.OBSERVED


def test_a_plugin_that_unwraps_to_prime_backups_own_methods_is_noticed(world: World) -> None:
    world.watcher.stop()
    original = {cls: cls.__dict__["run"] for cls in world.classes if "run" in cls.__dict__}
    world.watcher = world.start()
    put_back(original)
    assert not world.is_observed_once()
    world.watcher.tick()
    assert world.is_observed_once()


def test_a_method_that_is_deleted_or_a_class_that_is_replaced_is_noticed(world: World) -> None:
    original = world.pb.CreateBackupTask

    class Another(original):  # type: ignore[misc,valid-type]
        def run(self) -> Any:
            return 7

    world.modules[Seam.CREATE_TASK.module].CreateBackupTask = world.pb.CreateBackupTask = Another  # type: ignore[attr-defined]
    world.watcher.tick()
    world.events.clear()
    world.pb.CreateBackupTask().run()
    assert [event.name.value for event in world.events] == ["backup_start", "backup_success"]


# a plugin that wraps ours


@pytest.mark.parametrize("wrap", VISIBLE)
def test_a_wrapper_around_ours_is_left_alone(world: World, caplog: pytest.LogCaptureFixture, wrap: Wrap) -> None:
    for _ in range(3):
        wrap_all(world, wrap)
    present = [cls.__dict__.get("run") for cls in world.classes]
    world.watcher.tick()
    world.watcher.tick()
    assert [cls.__dict__.get("run") for cls in world.classes] == present
    assert world.is_observed_once()
    assert caplog.messages == []


def test_a_wrapper_that_hides_ours_does_not_double_events(world: World) -> None:
    wrap_all(world, by_hidden_store)
    for _ in range(3):
        world.watcher.tick()
        assert world.is_observed_once()


def test_a_plugin_that_removes_ours_all_the_time_is_named_as_the_fault(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    task = world.pb.CreateBackupTask
    for _ in range(20):
        method = kept["mine"] = lambda self: 7
        task.run = method
        world.watcher.tick()
    assert caplog.messages[-1] == "prime_backup.displaced 1.13.0 CreateBackupTask.run"
    assert len(caplog.messages) == 5 + 1
    assert world.state is SourceState.DISPLACED


def test_after_the_reload_it_is_observed_again(world: World) -> None:
    for _ in range(20):
        world.pb.CreateBackupTask.run = lambda self: 7
        world.watcher.tick()
    world.reload()
    assert world.state is SourceState.OBSERVED
