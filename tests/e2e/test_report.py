"""The report of a real server, with its command, its message, and the program without MCDReforged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.scene import Scene, hook

ASKS = ["report", "backup", "restore"]


@pytest.fixture
def asking(scene: Scene) -> Scene:
    scene.configure(hook(scene.receiver, events=ASKS), report={"at": "Mon 09:00", "timezone": "Asia/Shanghai"})
    scene.reload_config()
    return scene


def test_it_tells_of_the_backups_since_the_last_one_in_the_chat_and_on_the_way(
    asking: Scene, prime_notify: Path
) -> None:
    number = asking.backup("nightly")
    mark = asking.mcdr.chat("Steve", "!!pn report")
    asking.mcdr.wait_for_line(r"tellraw to Steve\].*Backup report: all is well", since=mark)
    asking.mcdr.wait_for_line(r"tellraw to Steve\].*Backups: [1-9]\d* done", since=mark)
    asking.mcdr.wait_for_line(rf"tellraw to Steve\].*Last good one: #{number}, ", since=mark)

    mark = asking.mcdr.send("!!pn report send")
    asking.mcdr.wait_for_line("The report is on its way to: hook", since=mark)
    [payload] = asking.expect("report")
    assert payload["severity"] == "info"
    assert payload["plugin"]["id"] == "prime_notify"
    assert payload["report"]["backups"]["done"] >= 1
    assert payload["report"]["last_backup"]["id"] == number
    assert "Backup report: all is well" in payload["title"]

    asking.fresh()
    asking.mcdr.wait_for_line("on its way to: hook", since=asking.mcdr.send("!!pn report send"))
    [second] = asking.expect("report")
    assert second["report"]["backups"]["done"] == 0
    assert second["report"]["since"] == payload["report"]["until"]
    assert "Nothing happened since" in second["body"]

    folder = asking.mcdr.folder / "config" / "prime_notify"
    command = [sys.executable, str(prime_notify), "report", "--days", "1", "--json", "--folder", str(folder)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["report"]
    assert found["last_backup"]["id"] == number


def test_nobody_gets_one_unasked(scene: Scene) -> None:
    scene.configure()
    scene.reload_config()
    mark = scene.mcdr.send("!!pn report send")
    scene.mcdr.wait_for_line("No endpoint gets reports", since=mark)
    scene.mcdr.wait_for_line('Add "report" to the events of an endpoint', since=mark)
    scene.mcdr.sync()
    assert scene.events() == []


def test_a_time_that_cannot_be_read_is_explained(scene: Scene) -> None:
    scene.configure(report={"at": "Mondey 09:00"})
    mark = scene.mcdr.send("!!pn reload")
    scene.mcdr.wait_for_line(r'report\.at.*did you mean "monday"', since=mark)
    scene.configure()
    scene.reload_config()


def test_a_test_of_each_event_of_the_watch_arrives(scene: Scene) -> None:
    scene.configure()
    scene.reload_config()
    for event in ("report", "backup_overdue", "backup_stuck", "restore_stuck", "storage_low", "storage_ok"):
        scene.fresh()
        scene.mcdr.wait_for_line("1 of 1 delivered", since=scene.mcdr.send(f"!!pn test hook {event}"))
        [payload] = scene.payloads()
        assert (payload["event"], payload["test"]) == (event, True)
        assert "This is a test" in payload["body"]
