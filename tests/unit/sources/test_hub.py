"""All sources as one: what reaches the engine, and what comes too late for it."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace
from typing import Callable, Iterator, List

import pytest

from prime_notify.model.event import Event
from prime_notify.sources.hub import Sources
from prime_notify.sources.prime_backup.watcher import SourceState
from tests.support.clock import FakeClock
from tests.unit.sources.standin import STEVE, Server, modules, prime_backup, tr


class Scene:
    """Sources on a server with a Prime Backup, whose modules are in ``sys.modules``."""

    def __init__(self) -> None:
        self.server = Server()
        self.pb = prime_backup()
        self.accepted: List[Event] = []
        self.late: List[Event] = []
        self.sources = Sources(
            self.server,
            accept=self.accepted.append,
            late=self.late.append,
            log=logging.getLogger("test.hub"),
            tr=tr,
            steady=FakeClock().steady,
        )

    def start(self, *listen: str) -> None:
        self.server.load("prime_backup", "1.13.0", SimpleNamespace(config=SimpleNamespace(enabled=True)))
        self.sources.start(listen)

    @property
    def told(self) -> List[str]:
        return [event.name.value for event in self.accepted]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    scene = Scene()
    for name, module in modules(scene.pb).items():
        monkeypatch.setitem(sys.modules, name, module)
    yield scene
    scene.sources.stop()


def test_events_of_every_source_are_accepted(scene: Scene) -> None:
    scene.start("my_backup")
    scene.pb.CreateBackupTask().run()
    scene.server.dispatch("my_backup.backup_failure", {})
    scene.server.dispatch("quick_backup_multi.backup_done", STEVE, {})
    assert [event.plugin_id for event in scene.accepted] == ["prime_backup"] * 2 + ["my_backup", "quick_backup_multi"]
    assert scene.sources.prime_backup.state is SourceState.OBSERVED


def test_a_prime_backup_that_announces_what_is_observed_is_told_once(scene: Scene) -> None:
    scene.start()
    announce: Callable[..., None] = scene.server.dispatch
    announce("prime_backup.backup_start", {})
    scene.pb.CreateBackupTask().run()
    announce("prime_backup.backup_success", {"backup": {"id": 7}})
    announce("prime_backup.backup_success", {"backup": {"id": 8}})
    assert scene.told == ["backup_start", "backup_success", "backup_success"]
    assert scene.accepted[0].fields["task_id"] == scene.accepted[1].fields["task_id"]


def test_a_changed_config_changes_what_is_listened_to(scene: Scene) -> None:
    scene.start("my_backup")
    scene.sources.listen([])
    scene.server.dispatch("my_backup.backup_success", {})
    assert scene.told == []


def test_what_ends_after_stopping_is_told_late(scene: Scene) -> None:
    scene.start()
    scene.pb.CreateBackupTask(copying=scene.sources.stop).run()
    assert scene.told == ["backup_start"]
    assert [event.name.value for event in scene.late] == ["backup_success"]
    assert scene.late[0].fields["task_id"] == scene.accepted[0].fields["task_id"]


def test_after_stopping_prime_backup_is_as_it_was(scene: Scene) -> None:
    scene.start()
    scene.sources.stop()
    scene.pb.CreateBackupTask().run()
    assert scene.accepted == scene.late == []


def test_an_event_that_answers_an_event_is_accepted_too(scene: Scene) -> None:
    answered: List[Event] = []

    def accept(event: Event) -> None:
        answered.append(event)
        if len(answered) == 1:
            scene.server.dispatch("my_backup.backup_start", {})

    sources = Sources(scene.server, accept=accept, late=fail, log=logging.getLogger("test.hub"), tr=tr)
    sources.start(["my_backup"])
    scene.server.dispatch("my_backup.backup_success", {})
    sources.stop()
    assert [event.name.value for event in answered] == ["backup_success", "backup_start"]


def fail(event: Event) -> None:
    raise AssertionError(event)
