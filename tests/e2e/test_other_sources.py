"""Events that do not come from Prime Backup's tasks: other plugins' MCDR events, QuickBackupM's, the Python API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from prime_notify.model.event import EventName, Status
from tests.support.scene import Scene, hook


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, prime_notify: Path, plugin_named: Callable[[str], Path]
) -> Iterator[Scene]:
    """A server without Prime Backup, with plugins that announce their events in their own ways."""
    plugins = [prime_notify, *map(plugin_named, ("probe", "emitter", "quick_backup_multi", "api_user"))]
    with Scene(tmp_path_factory.mktemp("sources"), plugins) as scene:
        scene.configure(hook(scene.receiver), sources={"listen": ["emitter"]}, server={"name": "Survival"})
        yield scene.start(attached=False)


@pytest.fixture
def scene(server: Scene) -> Scene:
    server.fresh()
    return server


def emit(scene: Scene, event: str, *arguments: Any) -> int:
    return scene.mcdr.send(f"!!emit {event} {json.dumps(arguments)}")


def test_it_notifies_of_every_event_that_a_listed_plugin_emits(scene: Scene) -> None:
    expected = []
    for event in EventName:
        if event.is_on_request:
            continue
        if event.is_end:
            expected.append(EventName.of(event.task, Status.START).value)
        if not event.is_start:
            expected.append(event.value)
    for event in expected:
        emit(scene, event, {"backup": {"id": 7, "comment": "by another"}, "cost_s": 1.5})
    payloads = scene.expect(*expected)
    for payload in payloads:
        assert payload["plugin"] == {"id": "emitter", "version": "3.2.1"}
        assert payload["backup"] == {"id": 7, "comment": "by another"}
        assert payload["cost_s"] == 1.5
        assert payload["server"] == {"running": True, "name": "Survival"}


def test_fields_of_a_wrong_type_are_left_out_with_a_warning(scene: Scene) -> None:
    mark = emit(scene, "backup_success", {"cost_s": "a while", "backup": {"id": 7, "raw_size": []}, "operator": 5})
    [payload] = scene.expect("backup_success")
    assert payload["backup"] == {"id": 7}
    assert "cost_s" not in payload
    scene.mcdr.wait_for_line(r"WARN.*prime_notify.*cost_s", since=mark)


def test_an_event_without_arguments_is_enough(scene: Scene) -> None:
    emit(scene, "backup_failure")
    [payload] = scene.expect("backup_failure")
    assert payload["severity"] == "error"


def test_it_notifies_of_quick_backup_m(scene: Scene) -> None:
    scene.mcdr.chat("Steve", "!!qb make")
    [backup] = scene.expect("backup_success")
    assert backup["plugin"] == {"id": "quick_backup_multi", "version": "1.2.3"}
    assert backup["backup"]["comment"] == "before the dragon"
    assert backup["operator"]["full"] == "player:Steve"

    scene.mcdr.send("!!qb back")
    _, restore = scene.expect("backup_success", "restore_success")
    assert restore["backup"]["date"] == "2026-01-02 03:04:05"
    assert restore["extra"] == {"slot": 2}


def test_it_notifies_of_what_a_plugin_announces_through_the_api(scene: Scene) -> None:
    fields = {"message": "下载完成", "backup": {"comment": "nightly"}, "extra": {"attempt": 2}}
    mark = scene.mcdr.send(f"!!api backup_success {json.dumps(fields)}")
    [payload] = scene.expect("backup_success")
    assert payload["plugin"] == {"id": "api_user", "version": "0.0.7"}
    assert payload["message"] == "下载完成"
    assert payload["extra"] == {"attempt": 2}
    scene.mcdr.wait_for_line(f"the API answered {payload['id']}", since=mark)
    scene.mcdr.wait_for_line(f"heard backup_success .*{payload['id']}", since=mark)


def test_the_api_refuses_an_unknown_event(scene: Scene) -> None:
    mark = scene.mcdr.send("!!api backup_finished {}")
    scene.mcdr.wait_for_line("the API answered ValueError: .*backup_finished", since=mark)


def test_a_plugin_added_to_the_list_is_heard_after_a_config_reload_and_a_removed_one_is_not(scene: Scene) -> None:
    scene.configure(hook(scene.receiver), sources={"listen": []})
    scene.reload_config()
    emit(scene, "backup_success", {})
    scene.mcdr.sync()
    scene.configure(hook(scene.receiver), sources={"listen": ["emitter"]}, server={"name": "Survival"})
    scene.reload_config()
    emit(scene, "backup_failure", {})
    scene.expect("backup_failure")
