"""Every outcome of Prime Backup's tasks, as a webhook receives it."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest

from tests.support.scene import Scene


def wait(scene: Scene, pattern: str, since: int) -> None:
    scene.mcdr.wait_for_line(pattern, since=since)


def start_server(scene: Scene) -> None:
    wait(scene, r"Done \(", scene.mcdr.send("!!MCDR server start"))


def assert_one_task(payloads: List[Dict[str, Any]]) -> None:
    start, end = payloads
    assert start["task_id"] == end["task_id"]
    assert start["id"] != end["id"]


def test_it_notifies_of_a_backup_made_by_a_player(scene: Scene) -> None:
    (scene.mcdr.world / "more.dat").write_bytes(b"x" * 5000)
    scene.prime_backup.make("before the dragon", player="Steve")
    start, success = scene.expect("backup_start", "backup_success")

    assert_one_task([start, success])
    for payload in (start, success):
        assert payload["task"] == "backup"
        assert payload["severity"] == "info"
        assert payload["plugin"]["id"] == "prime_backup"
        assert payload["plugin"]["version"].startswith("1.")
        assert payload["operator"] == {"type": "player", "name": "Steve", "full": "player:Steve"}
        assert payload["source"] == {"type": "player", "name": "Steve"}
        assert payload["server"]["running"] is True
        assert "test" not in payload
    assert start["backup"]["comment"] == "before the dragon"
    backup = success["backup"]
    assert backup["comment"] == "before the dragon"
    assert backup["creator"] == "player:Steve"
    assert backup["targets"] == ["world"]
    assert isinstance(backup["id"], int)
    assert backup["raw_size"] >= 5000
    assert backup["file_count"] >= 2
    assert backup["stored_size"] > 0
    assert success["cost_s"] >= 0


def test_it_notifies_of_a_backup_made_from_the_console(scene: Scene) -> None:
    scene.prime_backup.make()
    _, success = scene.expect("backup_start", "backup_success")
    assert success["source"]["type"] == "console"
    assert success["operator"]["type"] == "console"


def test_it_notifies_of_a_backup_that_fails(scene: Scene) -> None:
    with scene.prime_backup.unwritable_storage():
        wait(scene, "run error", scene.prime_backup.make("doomed"))
        start, failure = scene.expect("backup_start", "backup_failure")
        scene.prime_backup.wait_until_idle()
    assert_one_task([start, failure])
    assert failure["severity"] == "error"
    assert failure["error"]["type"].endswith("Error")
    assert failure["error"]["message"]
    assert "traceback" not in failure["error"]


def test_it_notifies_of_a_server_that_does_not_save_in_time_as_a_failure_with_a_hint(scene: Scene) -> None:
    with scene.prime_backup_with(server={"save_world_max_wait": "1s"}):
        scene.mcdr.send("standin save off")
        wait(scene, "timed out", scene.prime_backup.make("slow disk"))
        scene.mcdr.send("standin save on")
        start, failure = scene.expect("backup_start", "backup_failure")
    assert_one_task([start, failure])
    assert "save_world_max_wait" in failure["message"]


def test_it_notifies_of_an_aborted_backup(scene: Scene) -> None:
    scene.mcdr.send("standin save off")
    mark = scene.prime_backup.make("never mind")
    scene.expect("backup_start")
    scene.prime_backup.abort(mark)
    scene.mcdr.send("standin save on")
    start, aborted = scene.expect("backup_start", "backup_aborted")
    assert_one_task([start, aborted])
    assert aborted["severity"] == "warning"


def test_it_notifies_of_a_backup_cut_off_by_an_unload_and_observes_again_after_the_reload(scene: Scene) -> None:
    scene.mcdr.send("standin save off")
    scene.prime_backup.make("cut off")
    scene.expect("backup_start")
    mark = scene.plugin("reload", "prime_backup")
    scene.mcdr.send("standin save on")
    start, aborted = scene.expect("backup_start", "backup_aborted")
    assert_one_task([start, aborted])

    scene.wait_until_attached(mark)
    scene.fresh()
    scene.prime_backup.make("whole")
    scene.expect("backup_start", "backup_success")


def test_it_notifies_of_a_restore_and_not_of_the_backup_made_before_it(scene: Scene) -> None:
    (scene.mcdr.world / "kept.txt").write_text("as it was", encoding="utf-8")
    number = scene.backup("the good one")
    (scene.mcdr.world / "kept.txt").write_text("spoilt", encoding="utf-8")

    wait(scene, r"Done \(", scene.prime_backup.run(f"back {number} --confirm", player="Steve"))
    start, success = scene.expect("restore_start", "restore_success")

    assert (scene.mcdr.world / "kept.txt").read_text(encoding="utf-8") == "as it was"
    assert_one_task([start, success])
    assert start["server"]["running"] is False
    for payload in (start, success):
        assert payload["backup"]["id"] == number
        assert payload["backup"]["comment"] == "the good one"
        assert payload["operator"]["full"] == "player:Steve"
    assert success["severity"] == "info"


def test_it_notifies_of_a_confirmed_restore_of_the_latest_backup(scene: Scene) -> None:
    number = scene.backup("the latest")
    mark = scene.prime_backup.run("back")
    wait(scene, "Please choose", mark)
    scene.prime_backup.confirm(mark)
    wait(scene, r"Done \(", mark)
    _, success = scene.expect("restore_start", "restore_success")
    assert success["backup"]["id"] == number


def test_it_lists_what_a_fail_soft_restore_could_not_restore_as_a_warning(scene: Scene) -> None:
    number = scene.backup("damaged")
    scene.prime_backup.lose_stored_files()
    wait(scene, r"Done \(", scene.prime_backup.run(f"back {number} --confirm --fail-soft"))
    _, success = scene.expect("restore_start", "restore_success")
    assert success["severity"] == "warning"
    assert "world/level.dat" in success["message"]


def test_it_notifies_of_a_failed_restore_and_says_that_the_server_is_left_stopped(scene: Scene) -> None:
    (scene.mcdr.world / "fresh.dat").write_bytes(b"something new to store" * 50)
    number = scene.backup("damaged")
    scene.prime_backup.lose_stored_files()
    wait(scene, "run error", scene.prime_backup.run(f"back {number} --confirm"))
    start, failure = scene.expect("restore_start", "restore_failure")
    start_server(scene)
    assert_one_task([start, failure])
    assert failure["severity"] == "error"
    assert failure["error"]["type"] == "FileNotFoundError"
    assert "left stopped" in failure["message"]
    assert failure["server"]["running"] is False


def test_it_says_nothing_of_a_restore_that_nobody_confirms(scene: Scene) -> None:
    with scene.prime_backup_with(command={"confirm_time_wait": "1s", "restore_countdown_sec": 1}):
        number = scene.backup("stays where it is")
        wait(scene, "No choice has been made", scene.prime_backup.run(f"back {number}"))
        scene.prime_backup.backup("the next thing")
        scene.expect("backup_start", "backup_success")


@pytest.mark.parametrize("how", ["aborted", "aborted in the countdown", "of an unknown backup"])
def test_it_says_nothing_of_a_restore_that_never_begins(scene: Scene, how: str) -> None:
    number = scene.backup("stays where it is")
    command = {"aborted in the countdown": f"back {number} --confirm", "of an unknown backup": "back 9999"}
    mark = scene.prime_backup.run(command.get(how, f"back {number}"))
    if how == "of an unknown backup":
        wait(scene, "9999 does not exist", mark)
    else:
        wait(scene, "Please choose" if how == "aborted" else "second later", mark)
        scene.prime_backup.abort(mark)

    # the events of one endpoint arrive in order: anything about the restore would have come before these
    scene.prime_backup.backup("the next thing")
    scene.expect("backup_start", "backup_success")


def test_it_dispatches_every_accepted_event_for_other_plugins(scene: Scene) -> None:
    mark = scene.prime_backup.make("heard by others")
    start, success = scene.expect("backup_start", "backup_success")
    for event, payload in (("backup_start", start), ("backup_success", success)):
        heard = scene.mcdr.wait_for_line(rf"heard {event} (.*)", since=mark)
        dispatched = json.loads(heard[1])
        assert dispatched["id"] == payload["id"]
        assert dispatched["backup"] == payload["backup"]


def test_it_notifies_of_scheduled_backups(scene: Scene) -> None:
    scene.configure_prime_backup(scheduled_backup={"enabled": True, "interval": "1s", "jitter": "0s"})
    scene.plugin("reload", "prime_backup")
    scene.receiver.wait_for(lambda _: "backup_success" in scene.events(), timeout=60)
    scene.configure_prime_backup()
    scene.wait_until_attached(scene.plugin("reload", "prime_backup"))
    success = next(payload for payload in scene.payloads() if payload["event"] == "backup_success")
    assert success["operator"]["full"] == "prime_backup:scheduled_backup"
    assert success["backup"]["tags"] in ({"scheduled": True}, {})  # tagged since 1.12
    assert "__pb_translated__" not in success["backup"]["comment"]
