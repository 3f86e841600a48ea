"""The events of Prime Backup's restores."""

from __future__ import annotations

from types import SimpleNamespace
from typing import List

import pytest

from tests.support.observed import Scene, fail
from tests.support.prime_backup_classes import (
    CONSOLE,
    BackupNotFound,
    failures,
)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_restore_is_reported_from_start_to_success(scene: Scene) -> None:
    scene.restore(confirm=lambda: scene.clock.advance(60) or True, before_export=lambda: scene.clock.advance(2) or True)
    assert scene.reported == ["restore_start", "restore_success"]
    start, success = (event.fields for event in scene.events)
    assert start["task_id"] == success["task_id"]
    assert start["operator"] == {"type": "player", "name": "Steve", "full": "player:Steve"}
    assert start["source"] == {"type": "player", "name": "Steve"}
    for fields in (start, success):
        assert (fields["backup"]["id"], fields["backup"]["comment"]) == (3, "before the dragon")
    assert success["cost_s"] == 2.0
    assert "severity" not in success
    assert "message" not in success


@pytest.mark.parametrize("pre_restore", [True, False])
def test_the_restore_of_the_latest_backup_shows_which_it_was(scene: Scene, pre_restore: bool) -> None:
    scene.restore(backup_id=None, source=CONSOLE, pre_restore=pre_restore)
    assert [event.fields["backup"]["file_count"] for event in scene.events] == [42, 42]
    assert [event.fields["backup"]["id"] for event in scene.events] == [9, 9]
    assert scene.end["operator"] == {"type": "console", "name": "", "full": "console:"}


def test_a_restore_starts_before_the_pre_restore_backup_or_the_export(scene: Scene) -> None:
    at_steps: List[List[str]] = []

    def note() -> bool:
        at_steps.append(scene.reported)
        return True

    scene.restore(confirm=note, before_export=note)
    scene.events.clear()
    scene.restore(confirm=note, before_export=note, pre_restore=False)
    assert at_steps == [[], ["restore_start"], [], []]


def test_a_restore_that_was_not_confirmed_or_aborted_in_the_countdown_sends_nothing(scene: Scene) -> None:
    scene.restore(confirm=lambda: False)
    assert scene.reported == []


def test_a_restore_of_an_unknown_backup_sends_nothing(scene: Scene) -> None:
    with pytest.raises(BackupNotFound):
        scene.restore(backup_id=404)
    assert scene.reported == []


def test_a_restore_that_stops_before_the_export_is_aborted(scene: Scene) -> None:
    scene.restore(before_export=lambda: False)
    assert scene.reported == ["restore_start", "restore_aborted"]
    assert "before any file" in scene.message


def test_files_that_could_not_be_restored_make_the_success_a_warning(scene: Scene) -> None:
    scene.pb.ExportBase.result = failures(2)
    scene.restore()
    assert scene.reported == ["restore_start", "restore_success"]
    assert scene.end["severity"] == "warning"
    assert scene.message.endswith(": world/region/r.0.mca (OSError: in use); world/region/r.1.mca (OSError: in use)")
    assert scene.message.startswith("2 ")


def test_only_the_first_of_many_failed_files_are_listed(scene: Scene) -> None:
    scene.pb.ExportBase.result = failures(25)
    scene.restore()
    assert scene.message.startswith("25 ")
    assert scene.message.endswith("r.9.mca (OSError: in use); and 15 more")


def test_a_bar_in_a_file_name_does_not_cut_the_list(scene: Scene) -> None:
    scene.pb.ExportBase.result = [SimpleNamespace(file=SimpleNamespace(path="a|b"), error=None), *failures(1)]
    scene.restore()
    assert scene.message.endswith(": a¦b; world/region/r.0.mca (OSError: in use)")


def test_a_failed_restore_says_that_the_server_is_left_stopped(scene: Scene) -> None:
    scene.running = False
    with pytest.raises(OSError, match="disk full"):
        scene.restore(before_export=fail(OSError("disk full")))
    assert scene.reported == ["restore_start", "restore_failure"]
    assert "left stopped" in scene.message
    assert scene.end["error"]["message"] == "disk full"


def test_a_restore_that_fails_after_the_export_says_so(scene: Scene) -> None:
    for scene.running in (True, False):
        with pytest.raises(OSError, match="no log"):
            scene.restore(after_export=fail(OSError("no log")))
        assert scene.reported[-1] == "restore_failure"
        assert "files were restored" in scene.message
        assert ("left stopped" in scene.message) is not scene.running


def test_a_restore_that_fails_while_the_server_runs_does_not_claim_that_it_is_stopped(scene: Scene) -> None:
    with pytest.raises(OSError, match="disk full"):
        scene.restore(before_export=fail(OSError("disk full")))
    assert "message" not in scene.end


def test_a_server_that_cannot_be_asked_does_not_cost_the_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.observer.close()
    monkeypatch.setattr(scene, "is_running", fail(RuntimeError("gone")))
    scene.observer = scene.observe()
    with pytest.raises(OSError, match="disk full"):
        scene.restore(before_export=fail(OSError("disk full")))
    assert scene.reported[-1] == "restore_failure"
    assert "left stopped" in scene.message


def test_a_backup_task_inside_a_restore_is_no_event_of_its_own(scene: Scene) -> None:
    scene.restore(before_export=lambda: scene.backup() == 7)
    assert scene.reported == ["restore_start", "restore_success"]


def test_an_export_that_is_no_restore_does_not_start_one(scene: Scene) -> None:
    scene.restore(confirm=lambda: scene.pb.ExportBackupToDirectoryAction(3).run() != [])
    assert scene.reported == []


def test_the_details_shown_are_those_of_the_backup_restored(scene: Scene) -> None:
    scene.restore(confirm=lambda: scene.pb.GetBackupAction(8).run().id == 8)  # somebody looks up another
    assert scene.end["backup"] == {"id": 3}


def test_a_lookup_after_the_start_changes_nothing(scene: Scene) -> None:
    scene.restore(before_export=lambda: scene.pb.GetBackupAction(8).run().id == 8)
    assert scene.end["backup"]["id"] == 3
    assert scene.end["backup"]["file_count"] == 42
