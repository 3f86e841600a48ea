"""All sources together: the events that the engine accepts, and those that come too late for it."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace
from typing import Callable, Iterator, List

import pytest

from prime_notify.config.models import SourcesConfig
from prime_notify.messages.machine_texts import machine_message
from prime_notify.model.event import Event
from prime_notify.sources.all import Sources
from prime_notify.sources.source import SourceState, SourceStatus
from tests.support.clock import FakeClock
from tests.support.prime_backup_classes import STEVE, Server, modules, prime_backup, tr


class Scene:
    """All sources on a server with a Prime Backup, whose modules are in ``sys.modules``."""

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
        self.sources.start()
        self.sources.configure(SourcesConfig(listen=[*listen]))

    @property
    def reported(self) -> List[str]:
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
    assert [status.state for status in scene.sources.status()] == [SourceState.OBSERVED]


def test_a_server_that_stops_and_starts_again_during_a_backup_is_noticed(scene: Scene) -> None:
    scene.start()
    scene.pb.CreateBackupTask(copying=lambda: scene.server.dispatch("mcdr.server_stop", 1)).run()
    scene.pb.CreateBackupTask().run()
    _, first, _, second = scene.accepted
    assert first.fields["severity"] == "warning"
    assert first.fields["message"] == machine_message("server_stopped_during_backup")
    assert "severity" not in second.fields


def test_a_prime_backup_that_emits_a_start_is_observed_no_longer(scene: Scene) -> None:
    scene.start()
    run = scene.pb.CreateBackupTask.run
    announce: Callable[..., None] = scene.server.dispatch
    announce("prime_backup.backup_start", {})
    assert scene.pb.CreateBackupTask.run is not run
    scene.pb.CreateBackupTask().run()
    announce("prime_backup.backup_success", {"backup": {"id": 7}})
    announce("prime_backup.backup_success", {"backup": {"id": 8}})
    assert scene.reported == ["backup_start", "backup_success", "backup_success"]
    assert [event.fields.get("backup") for event in scene.accepted] == [None, {"id": 7}, {"id": 8}]
    assert [status.state for status in scene.sources.status()] == [SourceState.OBSERVED]


def test_a_task_that_is_under_way_then_is_observed_to_its_end(scene: Scene) -> None:
    scene.start()
    scene.pb.CreateBackupTask(copying=lambda: scene.server.dispatch("prime_backup.backup_start", {})).run()
    assert scene.reported == ["backup_start", "backup_start", "backup_success"]
    assert len({event.fields["task_id"] for event in scene.accepted}) == 1  # so the engine drops the second start
    scene.pb.CreateBackupTask().run()
    assert len(scene.accepted) == 3


def test_after_a_reload_prime_backup_is_observed_anew(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.start()
    scene.server.dispatch("prime_backup.backup_start", {})
    scene.pb = prime_backup()
    for name, module in modules(scene.pb).items():
        monkeypatch.setitem(sys.modules, name, module)
    scene.server.load("prime_backup", "1.13.0", SimpleNamespace(config=SimpleNamespace(enabled=True)))
    for job in scene.sources.jobs:
        job.run()
    scene.pb.CreateBackupTask().run()
    assert scene.reported == ["backup_start", "backup_start", "backup_success"]


# status


def test_each_plugin_that_is_there_is_listed_once(scene: Scene) -> None:
    scene.server.load("my_backup", "2.3")
    scene.server.load("quick_backup_multi", "1.2.3")
    scene.start("my_backup", "missing", "quick_backup_multi", "prime_backup")
    assert scene.sources.status() == [
        SourceStatus("prime_backup", "Prime Backup", "1.13.0", SourceState.OBSERVED),
        SourceStatus("quick_backup_multi", "The quick_backup_multi", "1.2.3"),
        SourceStatus("my_backup", "The my_backup", "2.3"),
    ]


def test_without_any_plugin_nothing_is_listed(scene: Scene) -> None:
    scene.sources.start()
    scene.sources.configure(SourcesConfig(listen=["missing"]))
    assert scene.sources.status() == []


# life


def test_a_changed_config_changes_what_is_listened_to(scene: Scene) -> None:
    scene.start("my_backup")
    scene.sources.configure(SourcesConfig())
    scene.server.dispatch("my_backup.backup_success", {})
    assert scene.reported == []


def test_what_ends_after_stopping_is_reported_late(scene: Scene) -> None:
    scene.start()
    scene.pb.CreateBackupTask(copying=scene.sources.stop).run()
    assert scene.reported == ["backup_start"]
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
    sources.start()
    sources.configure(SourcesConfig(listen=["my_backup"]))
    scene.server.dispatch("my_backup.backup_success", {})
    sources.stop()
    assert [event.name.value for event in answered] == ["backup_success", "backup_start"]


def fail(event: Event) -> None:
    raise AssertionError(event)
