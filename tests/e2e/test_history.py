"""The history and the dead letters: with commands, and with the packed plugin as a program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from tests.support.receiver import OK, Answer
from tests.support.scene import SECRETS, Scene, hook

PATH = f"/hook/{SECRETS[0]}"
CHAT = r"tellraw to Steve\].*"
CONSOLE = r"\[MCDR\].*"


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, prime_notify: Path, plugin_named: Callable[[str], Path]
) -> Iterator[Scene]:
    with Scene(tmp_path_factory.mktemp("history"), [prime_notify, plugin_named("api_user")]) as scene:
        scene.configure()
        yield scene.start(attached=False)


@pytest.fixture
def scene(server: Scene) -> Scene:
    if not server.mcdr.running:
        server.mcdr.start()
    server.fresh()
    server.receiver.behave(OK, path=PATH)
    server.configure()
    server.reload_config()
    server.mcdr.output_of("!!pn drop all confirm")
    return server


def announce(scene: Scene, event: str = "backup_success") -> str:
    mark = scene.mcdr.send(f"!!api {event} {{}}")
    return scene.mcdr.wait_for_line(r"the API answered (\w{26})$", since=mark)[1]


def settled(scene: Scene, id: str, state: str) -> str:
    """Waits until the hook's delivery of that notification is in this state. Returns its id."""
    deadline = time.monotonic() + 120
    while f"hook: {state}" not in "\n".join(scene.mcdr.output_of(f"!!pn show {id}")):
        assert time.monotonic() < deadline, scene.mcdr.tail()
        time.sleep(0.05)
    return id


def refused(scene: Scene, status: int = 404) -> str:
    """A notification that the hook refused for good."""
    scene.receiver.behave(Answer(status, {}, b"no such hook"), path=PATH)
    id = settled(scene, announce(scene, "backup_failure"), "given up")
    scene.receiver.behave(OK, path=PATH)
    scene.fresh()
    return id


def delivered(scene: Scene, event: str = "backup_success") -> str:
    return settled(scene, announce(scene, event), "delivered")


def program(scene: Scene, *arguments: str) -> Any:
    """The JSON that the packed plugin prints when it is started in MCDReforged's folder."""
    command = [sys.executable, "-X", "utf8", str(Path("plugins", "PrimeNotify.mcdr")), *arguments, "--json"]
    done = subprocess.run(
        command, cwd=scene.mcdr.folder, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr]
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("player", [None, "Steve"])
def test_history_and_show_tell_what_went_where(scene: Scene, player: object) -> None:
    id = delivered(scene)
    see = CHAT if player else CONSOLE
    say = scene.mcdr.send if player is None else lambda command: scene.mcdr.chat("Steve", command)
    scene.mcdr.wait_for_line(see + rf"{id[-6:]}.*Backup done.*hook", since=say("!!pn history"))
    mark = say(f"!!pn show {id[-6:]}")
    for line in (f"Notification {id}", "Event: .*Backup done", "hook.*: .*delivered.*, tries: 1", "#1 .*HTTP 200"):
        scene.mcdr.wait_for_line(see + line, since=mark)


def test_dead_letters_are_listed_and_sent_again_under_the_same_id(scene: Scene) -> None:
    id = refused(scene)
    mark = scene.mcdr.chat("Steve", "!!pn dead")
    scene.mcdr.wait_for_line(CHAT + rf"{id[-6:]}.*Backup failed.*send again", since=mark)
    mark = scene.mcdr.send(f"!!pn show {id}")
    for line in ("hook: given up, tries: 1", "#1 failed .*HTTP 404", "answer: no such hook"):
        scene.mcdr.wait_for_line(CONSOLE + line, since=mark)
    scene.mcdr.wait_for_line("Trying 1 notification again: hook", since=scene.mcdr.send(f"!!pn replay {id[-6:]}"))
    assert [payload["id"] for payload in scene.expect("backup_failure")] == [id]
    scene.mcdr.wait_for_line("Nothing was given up", since=scene.mcdr.send("!!pn dead"))


def test_dead_letters_can_be_dropped(scene: Scene) -> None:
    refused(scene)
    refused(scene)
    scene.mcdr.wait_for_line("Dropped: 2", since=scene.mcdr.send("!!pn drop all confirm"))
    scene.mcdr.wait_for_line("Nothing was given up", since=scene.mcdr.send("!!pn replay all"))
    delivered(scene)
    assert scene.events() == ["backup_success"]


def test_an_endpoint_can_be_switched_off_and_on_until_the_next_reload(scene: Scene) -> None:
    scene.configure(hook(scene.receiver), hook(scene.receiver, "other"))
    scene.reload_config()
    scene.mcdr.wait_for_line("hook is switched off until", since=scene.mcdr.send("!!pn disable hook"))
    announce(scene)
    scene.expect("backup_success", name="other")
    scene.mcdr.wait_for_line("hook is switched on until", since=scene.mcdr.send("!!pn enable hook"))
    announce(scene, "restore_success")
    scene.expect("backup_success", "restore_success", name="other")
    scene.expect("restore_success")
    scene.mcdr.wait_for_line("other is switched off until", since=scene.mcdr.send("!!pn disable other"))
    scene.reload_config()
    announce(scene, "backup_failure")
    scene.expect("backup_success", "restore_success", "backup_failure", name="other")


@pytest.mark.parametrize(
    "command", ["history", "show 1", "dead", "replay all", "drop all", "enable hook", "disable hook"]
)
def test_players_without_permission_see_and_change_nothing(scene: Scene, command: str) -> None:
    mark = scene.mcdr.chat("Alex", f"!!pn {command}")
    scene.mcdr.wait_for_line(r"tellraw to Alex\].*permission", since=mark)


def test_operators_learn_at_once_or_when_they_come_that_an_endpoint_is_gone(scene: Scene) -> None:
    join = "fake {0}[/127.0.0.1:9] logged in with entity id 1 at (0.0, 0.0, 0.0)"
    scene.mcdr.send(join.format("Alex"))
    scene.mcdr.send(join.format("Steve"))
    scene.mcdr.sync()
    mark = len(scene.mcdr.transcript)
    refused(scene, 410)
    alert = r"hook was switched off until the next reload"
    scene.mcdr.wait_for_line(r"tellraw to Steve\].*" + alert, since=mark)
    scene.mcdr.send("fake Steve left the game")
    scene.mcdr.sync()
    mark = scene.mcdr.send(join.format("Steve"))
    scene.mcdr.wait_for_line(r"tellraw to Steve\].*" + alert, since=mark)
    assert scene.mcdr.find(r"tellraw to Alex\].*" + alert) is None
    for player in ("Alex", "Steve"):
        scene.mcdr.send(f"fake {player} left the game")
    scene.mcdr.sync()


def test_the_packed_plugin_works_on_the_folder_while_mcdreforged_runs(scene: Scene) -> None:
    id = refused(scene)
    status = program(scene, "history", "--state", "dead")
    assert [one["id"] for one in status["notifications"]] == [id]
    owner = program(scene, "replay", id)["owner"]
    assert re.fullmatch(r"process \d+", owner)
    assert [payload["id"] for payload in scene.expect("backup_failure")] == [id]
    scene.fresh()
    assert program(scene, "send", "backup_failure", "--field", "message=disk on fire")["owner"] == owner
    [payload] = scene.expect("backup_failure")
    assert payload["message"] == "disk on fire"


def test_the_packed_plugin_delivers_while_mcdreforged_does_not_run(scene: Scene) -> None:
    assert scene.mcdr.stop() == 0
    status = program(scene, "status")
    assert (status["owner"], status["well"]) == (None, True)
    sent = program(scene, "send", "restore_failure")
    assert sent["endpoints"][0]["delivered"] == 1
    [payload] = scene.expect("restore_failure")
    assert payload["id"] == sent["id"]
    scene.mcdr.start()
    scene.mcdr.wait_for_line(CONSOLE + rf"{sent['id'][-6:]}.*Restore failed", since=scene.mcdr.send("!!pn history"))
    assert len(scene.payloads()) == 1


def test_what_waits_for_an_endpoint_that_leaves_the_config_is_said(scene: Scene) -> None:
    scene.receiver.behave(Answer(500, {}, b"busy"), path=PATH)
    id = announce(scene)
    scene.receiver.wait_for(1)
    scene.configure(hook(scene.receiver, "other"))
    mark = scene.mcdr.send("!!pn reload")
    scene.mcdr.wait_for_line(r"1 notification waits for hook, which is not in the config any more", since=mark)
    scene.receiver.behave(OK, path=PATH)
    scene.configure()
    scene.reload_config()
    settled(scene, id, "delivered")
