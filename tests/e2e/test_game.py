"""Notifications in the game: what MCDReforged sends to the server, now and when a player joins later."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Callable, Iterator

import pytest

from tests.support.scene import Scene

INGAME = {"name": "ingame", "type": "minecraft", "timeout": "60s"}
EVERYWHERE = {"show": ["chat", "title", "bossbar"], "stay": "1s", "sound": "minecraft:block.note_block.bell"}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, prime_notify: Path, plugin_named: Callable[[str], Path]
) -> Iterator[Scene]:
    with Scene(tmp_path_factory.mktemp("game"), [prime_notify, plugin_named("api_user")]) as scene:
        scene.configure(INGAME)
        yield scene.start(attached=False)


def join(scene: Scene, player: str) -> int:
    """A player joins; the place in the transcript before it."""
    return scene.mcdr.send(f"fake {player}[/127.0.0.1:1] logged in with entity id 7 at (0.5, 64.0, 0.5)")


def leave(scene: Scene, player: str) -> None:
    scene.mcdr.send(f"fake {player} left the game")
    scene.mcdr.sync()


def announce(scene: Scene, event: str = "backup_failure") -> str:
    mark = scene.mcdr.send(f'!!api {event} {{"error": {{"type": "OSError", "message": "disk full"}}}}')
    return scene.mcdr.wait_for_line(r"the API answered (\w{26})$", since=mark)[1]


def test_a_failure_waits_for_the_operator_who_joins_later_over_a_reload_and_a_restart(server: Scene) -> None:
    mark = len(server.mcdr.transcript)
    id = announce(server)
    server.mcdr.wait_for_line(r"ingame: .* delivered \(\d+ ms, kept until .* for operators who join\)", since=mark)
    server.plugin("reload", "prime_notify")
    server.mcdr.stop()
    server.mcdr.start()
    before = join(server, "Alex")
    joined = join(server, "Steve")
    server.mcdr.wait_for_line(r"tellraw to Steve\] While you were away: 1 notification", since=joined)
    server.mcdr.wait_for_line(r"tellraw to Steve\] \d\d-\d\d \d\d:\d\d ❌ Backup failed", since=joined)
    server.mcdr.sync()
    assert server.mcdr.find("tellraw to Alex", since=before) is None
    shown = "\n".join(server.mcdr.output_of(f"!!pn show {id}"))
    assert "shown to Steve; kept until" in shown
    leave(server, "Steve")
    again = join(server, "Steve")
    server.mcdr.sync()
    assert server.mcdr.find("tellraw to Steve", since=again) is None


def test_who_is_online_sees_it_at_once_wherever_the_config_says(server: Scene) -> None:
    server.configure({**INGAME, "minecraft": EVERYWHERE})
    server.reload_config()
    join(server, "Steve")
    mark = len(server.mcdr.transcript)
    id = announce(server).lower()
    server.mcdr.wait_for_line(r"tellraw to Steve\]   Error: OSError: disk full", since=mark)
    server.mcdr.wait_for_line(r"title to Steve\] title: ❌ Backup failed", since=mark)
    server.mcdr.wait_for_line(r"title to Steve\] subtitle: Error: OSError: disk full", since=mark)
    server.mcdr.wait_for_line(rf"\[bossbar\] set prime_notify:{id}\.steve players Steve", since=mark)
    server.mcdr.wait_for_line(r"\[playsound\] minecraft:block\.note_block\.bell master Steve", since=mark)
    server.mcdr.wait_for_line(rf"\[bossbar\] remove prime_notify:{id}\.steve", since=mark)


def test_the_commands_about_endpoints_know_it(server: Scene) -> None:
    server.configure(INGAME)
    server.reload_config()
    join(server, "Steve")
    mark = server.mcdr.send("!!pn test ingame")
    server.mcdr.wait_for_line(r"tellraw to Steve\] .*\[Test\]|tellraw to Steve\] .*[Tt]est", since=mark)
    server.mcdr.wait_for_line("1 of 1 delivered", since=mark)
    leave(server, "Steve")
    mark = server.mcdr.send("!!pn test ingame")
    server.mcdr.wait_for_line("no player who may see it is online", since=mark)
    assert re.search("chat -> level >= 3", "\n".join(server.mcdr.output_of("!!pn preview ingame")))
    assert "ingame" in "\n".join(server.mcdr.output_of("!!pn why ingame backup_failure"))
