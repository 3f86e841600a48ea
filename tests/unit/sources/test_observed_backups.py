"""The events of Prime Backup's backups."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.support.observed import Scene, fail
from tests.support.prime_backup_classes import (
    Operator,
    Source,
    Tags,
)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_backup_is_reported_from_start_to_success(scene: Scene) -> None:
    assert scene.backup(copying=lambda: scene.clock.advance(1.2341)) == 7
    operator = {"type": "player", "name": "Steve", "full": "player:Steve"}
    common = {"task_id": "task-0", "operator": operator, "source": {"type": "player", "name": "Steve"}}
    start, success = scene.events
    assert (start.name.value, start.plugin_id, start.plugin_version) == ("backup_start", "prime_backup", "1.13.0")
    assert start.fields == {**common, "backup": {"comment": "before the dragon", "creator": "player:Steve"}}
    assert success.name.value == "backup_success"
    backup = success.fields["backup"]
    assert (backup["id"], backup["file_count"], backup["date"]) == (7, 42, "2026-01-02 03:04:05")
    assert {**success.fields, "backup": None} == {**common, "cost_s": 1.234, "backup": None}


def test_a_scheduled_backup_shows_its_operator_and_tag_at_the_start(scene: Scene) -> None:
    operator = Operator("prime_backup", "scheduled_backup")
    scene.backup(source=Source(), operator=operator, backup_tags=Tags(scheduled=True))
    start = scene.events[0].fields
    assert start["operator"]["full"] == "prime_backup:scheduled_backup"
    assert start["backup"]["tags"] == {"scheduled": True}
    assert start["source"] == {"type": "command_source", "name": "Plugin some_plugin@1.0.0"}


def test_a_backup_aborted_by_an_operator_is_reported_as_aborted(scene: Scene) -> None:
    assert scene.backup(saving=lambda task: task.aborted_event.set()) is None
    assert scene.reported == ["backup_start", "backup_aborted"]
    assert scene.message == "Aborted by an operator"


def test_a_backup_cut_short_by_an_unload_is_reported_as_aborted(scene: Scene) -> None:
    scene.backup(saving=lambda task: task.aborted_event.set() or task.plugin_unloaded_event.set())
    assert scene.reported == ["backup_start", "backup_aborted"]
    assert "unloaded" in scene.message


def test_a_server_that_does_not_finish_saving_is_a_failure_with_a_hint(scene: Scene) -> None:
    scene.backup(saving=lambda task: False)
    assert scene.reported == ["backup_start", "backup_failure"]
    assert "save_world_max_wait" in scene.message
    assert "saved_world_regex" in scene.message


def test_ending_without_a_backup_for_an_unknown_reason_is_a_failure(scene: Scene) -> None:
    def saving(task: Any) -> bool:
        del task.world_saved_done, task.aborted_event
        return False

    scene.backup(saving=saving)
    assert scene.reported == ["backup_start", "backup_failure"]
    assert "without a backup" in scene.message


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), SystemExit(1)])
def test_an_exception_is_a_failure_and_passes_through_untouched(scene: Scene, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        scene.backup(copying=fail(error))
    assert caught.value is error
    assert error.__context__ is None
    assert scene.reported == ["backup_start", "backup_failure"]
    assert scene.end["error"]["type"] == type(error).__name__
    assert "in copying" in scene.end["error"]["traceback"] or "in step" in scene.end["error"]["traceback"]


def test_a_failed_backup_shows_what_was_planned(scene: Scene) -> None:
    with pytest.raises(OSError, match="disk full"):
        scene.backup(copying=fail(OSError("disk full")))
    assert scene.end["backup"] == {"comment": "before the dragon", "creator": "player:Steve"}


def test_a_backup_inside_another_backup_is_one_of_its_own(scene: Scene) -> None:
    scene.backup(copying=lambda: scene.backup(comment="inner"))
    assert scene.reported == ["backup_start", "backup_start", "backup_success", "backup_success"]
    outer, inner, inner_end, outer_end = (event.fields for event in scene.events)
    assert inner_end["task_id"] == inner["task_id"] != outer["task_id"] == outer_end["task_id"]
    assert [end["backup"]["comment"] for end in (inner_end, outer_end)] == ["inner", "before the dragon"]


def test_tasks_on_different_threads_are_reported_separately(scene: Scene) -> None:
    def other() -> None:
        thread = threading.Thread(target=scene.restore, kwargs={"pre_restore": False})
        thread.start()
        thread.join()

    scene.backup(copying=other)
    assert scene.reported == ["backup_start", "restore_start", "restore_success", "backup_success"]


def test_an_action_outside_of_any_task_is_none_of_our_business(scene: Scene) -> None:
    assert scene.pb.CreateBackupAction(Operator("player", "Steve"), "by hand").run().comment == "by hand"
    assert scene.pb.ExportBackupToDirectoryAction(3).run() == []
    assert scene.pb.GetBackupAction(3).run().id == 3
    assert scene.pb.ListBackupAction().run()[0].id == 9
    assert scene.reported == []


STOPPED = "The server stopped during the backup: it may lack the newest changes"


@pytest.mark.parametrize("moment", ["saving", "copying"])
@pytest.mark.parametrize("how", ["stop_server", "restart_server"])
def test_a_server_that_stops_during_a_backup_makes_it_a_success_with_a_warning(
    scene: Scene, moment: str, how: str
) -> None:
    """Prime Backup takes the stop for the end of the save, and calls the backup a success."""
    step = getattr(scene, how)
    scene.backup(**{moment: lambda *_: [step()]})
    assert scene.reported == ["backup_start", "backup_success"]
    assert scene.end["severity"] == "warning"
    assert scene.message.startswith(STOPPED)


def test_a_server_that_stops_before_or_after_a_backup_gives_no_warning(scene: Scene) -> None:
    scene.stop_server()
    scene.backup()
    assert "severity" not in scene.end
    scene.running = True
    scene.backup()
    scene.stop_server()
    assert "severity" not in scene.end


def test_a_server_that_starts_during_a_backup_gives_a_warning_as_well(scene: Scene) -> None:
    scene.running = False

    def start() -> None:
        scene.running = True

    scene.backup(copying=start)
    assert scene.end["severity"] == "warning"
    assert scene.message.startswith("The server started during the backup")


def test_a_failed_backup_says_nothing_of_a_server_that_stopped(scene: Scene) -> None:
    with pytest.raises(OSError, match="full"):
        scene.backup(saving=lambda _: [scene.stop_server()], copying=fail(OSError("disk full")))
    assert "severity" not in scene.end
