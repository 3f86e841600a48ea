"""Observation without some seams, with errors, and at its end. No task ever notices it."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.seams import Seam
from tests.support.observed import Scene, fail
from tests.support.prime_backup_classes import (
    BackupNotFound,
    classes,
    prime_backup,
)


@pytest.fixture
def scene() -> Scene:
    return Scene()


# with a seam missing


def test_without_the_create_action_a_backup_is_reported_with_its_id_only() -> None:
    scene = Scene(without=[Seam.CREATE_ACTION])
    scene.backup()
    assert scene.reported == ["backup_start", "backup_success"]
    assert scene.end["backup"] == {"id": 7, "comment": "before the dragon", "creator": "player:Steve"}


def test_without_the_create_action_a_restore_starts_at_the_export() -> None:
    scene = Scene(without=[Seam.CREATE_ACTION])
    scene.restore()
    assert scene.reported == ["restore_start", "restore_success"]


def test_without_the_create_action_a_failing_pre_restore_backup_is_still_reported() -> None:
    scene = Scene(without=[Seam.CREATE_ACTION])
    with pytest.raises(OSError, match="disk full"):
        scene.restore(before_export=fail(OSError("disk full")))
    assert scene.reported == ["restore_failure"]


def test_without_the_export_a_restore_is_reported_from_its_pre_restore_backup_on() -> None:
    scene = Scene(without=[Seam.EXPORT_ACTION])
    scene.restore()
    assert scene.reported == ["restore_start", "restore_success"]


def test_without_the_export_and_the_pre_restore_backup_only_a_failure_is_reported() -> None:
    scene = Scene(without=[Seam.EXPORT_ACTION])
    scene.restore(pre_restore=False)
    scene.restore(confirm=lambda: False)
    assert scene.reported == []
    with pytest.raises(OSError, match="disk full"):
        scene.restore(pre_restore=False, after_export=fail(OSError("disk full")))
    assert scene.reported == ["restore_failure"]


def test_without_a_seam_an_unknown_backup_still_sends_nothing() -> None:
    scene = Scene(without=[Seam.EXPORT_ACTION, Seam.CREATE_ACTION])
    with pytest.raises(BackupNotFound):
        scene.restore(backup_id=404)
    assert scene.reported == []


def test_without_the_lookups_a_restore_is_reported_with_the_backups_id() -> None:
    scene = Scene(without=[Seam.GET_ACTION, Seam.LIST_ACTION])
    scene.restore()
    scene.restore(backup_id=None)
    scene.restore(backup_id=None, pre_restore=False)
    assert [event.fields["backup"] for event in scene.events] == [{"id": i} for i in (3, 3, 9, 9, 9, 9)]


def test_a_seam_that_turns_up_later_is_taken_up_and_none_is_taken_twice() -> None:
    scene = Scene(without=[Seam.RESTORE_TASK])
    scene.restore()
    assert scene.reported == []
    scene.observer.attach(classes(scene.pb))
    scene.observer.attach(classes(scene.pb))
    scene.backup()
    scene.restore()
    assert scene.reported == ["backup_start", "backup_success", "restore_start", "restore_success"]


# never in the way


def test_a_report_that_fails_is_logged_and_does_not_reach_the_task(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scene.observer.close()
    monkeypatch.setattr(scene, "report", lambda event: fail(RuntimeError("ours"))())
    scene.observer = scene.observe()
    assert scene.backup() == 7
    assert len(caplog.records) == 2


def test_a_task_that_cannot_be_read_runs_unobserved(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    class Odd(scene.pb.CreateBackupTask):  # type: ignore[name-defined,misc]
        @property
        def source(self) -> Any:
            raise RuntimeError("odd")

        @source.setter
        def source(self, value: Any) -> None:
            pass

    assert Odd().run() == 7
    assert scene.reported == ["backup_start", "backup_success"]
    assert caplog.records == []


def test_an_observer_that_cannot_begin_lets_the_task_run(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.observer.close()
    observer = Observer(
        scene.report,
        version=None,
        server_running=scene.is_running,
        log=logging.getLogger("test.observer"),
        new_id=fail(RuntimeError("no ids left")),
    )
    observer.attach(classes(scene.pb))
    assert scene.backup() == 7
    assert scene.reported == []
    assert len(caplog.records) == 1


def test_what_a_failing_task_logs_shows_no_more_than_two_frames_of_ours_for_a_wrapper(scene: Scene) -> None:
    with pytest.raises(OSError, match="disk full") as caught:
        scene.backup(copying=fail(OSError("disk full")))
    files = [Path(frame.filename).name for frame in traceback.extract_tb(caught.value.__traceback__)]
    ours = [file for file in files if file in ("seams.py", "observer.py")]
    assert ours == ["seams.py", "observer.py"]


# letting go


def test_after_closing_the_classes_are_as_they_were() -> None:
    pb = prime_backup()
    before = {seam: cls.__dict__.get("run") for seam, cls in classes(pb).items()}
    Scene(pb=pb).observer.close()
    assert {seam: cls.__dict__.get("run") for seam, cls in classes(pb).items()} == before


def test_a_backup_under_way_is_reported_to_its_end_and_in_full_after_closing(scene: Scene) -> None:
    scene.backup(copying=scene.observer.close)
    assert scene.reported == ["backup_start", "backup_success"]
    assert scene.end["backup"]["file_count"] == 42


def test_a_restore_waiting_for_confirmation_is_reported_in_full_after_closing(scene: Scene) -> None:
    scene.restore(confirm=lambda: scene.observer.close() is None)
    assert scene.reported == ["restore_start", "restore_success"]


def test_what_begins_after_closing_is_not_reported(scene: Scene) -> None:
    scene.backup(copying=lambda: (scene.observer.close(), scene.backup()))
    scene.backup()
    scene.restore()
    assert scene.reported == ["backup_start", "backup_success"]


def test_a_new_observer_and_the_old_ones_remains_report_everything_once(scene: Scene) -> None:
    def reload() -> bool:
        scene.observer.close()
        scene.observer = scene.observe()
        return True

    scene.restore(confirm=reload)
    scene.backup()
    scene.restore()
    assert scene.reported == [
        "restore_start",
        "restore_success",
        "backup_start",
        "backup_success",
        "restore_start",
        "restore_success",
    ]


def test_an_observer_that_was_never_closed_is_retired_by_the_next(scene: Scene) -> None:
    scene.observe()
    scene.backup()
    assert scene.reported == ["backup_start", "backup_success"]


def test_another_plugins_wrapper_between_two_of_ours_changes_nothing(scene: Scene) -> None:
    original = scene.pb.CreateBackupTask.run
    scene.pb.CreateBackupTask.run = lambda self: original(self)
    scene.observer.close()
    scene.observe()
    scene.backup()
    assert scene.reported == ["backup_start", "backup_success"]
