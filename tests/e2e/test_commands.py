"""Commands, from the console and from chat. Each ``!!pb`` command replies as it does without our plugin."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Dict, List

import pytest

from tests.support.mcdr import McdrProcess
from tests.support.prime_backup import PrimeBackup, prime_backup_config
from tests.support.receiver import json_answer, unused_port
from tests.support.scene import SECRETS, Scene, hook

PB_COMMANDS = [
    "!!pb",
    "!!pb help",
    "!!pb list",
    "!!pb confirm",
    "!!pb abort",
    "!!pb back nonsense",
    "!!pb back 9999 --frob",
    "!!pb make",
    "!!pb frob",
    "!!pb frob notify",
]


def complaints(mcdr: McdrProcess, commands: List[str]) -> Dict[str, List[str]]:
    """The errors of MCDR's command parser for each command, in the console and in a player's chat."""
    prime_backup = PrimeBackup(mcdr)
    found = {}
    for typed in [line for command in commands for line in (command, f"fake <Steve> {command}")]:
        prime_backup.wait_until_idle()
        lines = mcdr.output_of(typed)
        found[typed] = [line for line in lines if re.search(r"Unknown|Incomplete|Invalid|<--|denied|permission", line)]
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, prime_backup: Path) -> Dict[str, List[str]]:
    """The errors with Prime Backup alone."""
    mcdr = McdrProcess(tmp_path_factory.mktemp("undisturbed"), plugins=[prime_backup])
    mcdr.write_config("prime_backup", prime_backup_config())
    with mcdr:
        PrimeBackup(mcdr).wait_until_idle()
        return complaints(mcdr, PB_COMMANDS)


@pytest.fixture
def scene(backups: Scene) -> Scene:
    backups.configure()
    backups.reload_config()
    backups.prime_backup.wait_until_idle()
    backups.fresh()
    return backups


@pytest.mark.parametrize(
    "history", ["as started", "after our reload", "after Prime Backup's reload", "after reloads in both orders"]
)
def test_no_prime_backup_command_answers_otherwise_than_without_us(
    scene: Scene, undisturbed: Dict[str, List[str]], history: str
) -> None:
    reloads = {
        "after our reload": ["prime_notify"],
        "after Prime Backup's reload": ["prime_backup"],
        "after reloads in both orders": ["prime_backup", "prime_notify", "prime_backup"],
    }
    for plugin in reloads.get(history, []):
        mark = scene.plugin("reload", plugin)
        scene.wait_until_attached(mark)
    assert complaints(scene.mcdr, PB_COMMANDS) == undisturbed
    scene.expect(*["backup_start", "backup_success"] * 2)  # !!pb make, by the console and by a player
    scene.check_test_command()


def test_after_our_unload_prime_backup_answers_as_if_we_had_never_been_there(
    scene: Scene, undisturbed: Dict[str, List[str]]
) -> None:
    scene.plugin("unload", "prime_notify")
    try:
        assert complaints(scene.mcdr, PB_COMMANDS) == undisturbed
        assert "Unknown" in "".join(scene.mcdr.output_of("!!pb test notify"))
        threads = scene.mcdr.wait_for_line("threads: .*", since=scene.mcdr.send("!!probe threads"))[0]
        assert "prime_notify" not in threads
    finally:
        scene.wait_until_attached(scene.plugin("load", "PrimeNotify.mcdr"))


@pytest.mark.parametrize("player", [None, "Steve"])
def test_a_test_notification_goes_to_every_enabled_endpoint_and_each_result_is_reported(
    scene: Scene, player: object
) -> None:
    endpoints = [
        hook(scene.receiver, "good", events=["restore_failure"]),
        hook(scene.receiver, "refused", url=f"http://127.0.0.1:{unused_port()}/{SECRETS[0]}"),
        hook(scene.receiver, "off", enabled=False),
        {"name": "chan", "type": "serverchan", "url": scene.receiver.url(f"/chan/{SECRETS[0]}.send")},
    ]
    scene.receiver.behave(json_answer({"code": 40001, "message": "bad pushkey"}), path=f"/chan/{SECRETS[0]}.send")
    scene.configure(*endpoints)
    scene.reload_config()

    command = "!!pb test notify backup_failure"
    mark = scene.mcdr.send(command) if player is None else scene.mcdr.chat(str(player), command)
    see = r"tellraw to Steve\].*" if player else r"\[MCDR\].*"
    scene.mcdr.wait_for_line(see + r"good.*OK.*200.*\d+ ms", since=mark)
    scene.mcdr.wait_for_line(see + r"refused.*failed.*ms", since=mark)
    scene.mcdr.wait_for_line(see + r"chan.*failed.*200", since=mark)
    scene.mcdr.wait_for_line(see + r"40001", since=mark)  # on a line of its own in the chat
    scene.mcdr.wait_for_line(see + "1 of 3 delivered", since=mark)

    [payload] = scene.payloads("good")
    assert payload["event"] == "backup_failure"
    assert payload["test"] is True
    assert not scene.requests("off")


def test_one_endpoint_can_be_tested_even_while_it_is_switched_off(scene: Scene) -> None:
    scene.configure(hook(scene.receiver, "one"), hook(scene.receiver, "two", enabled=False), enabled=False)
    scene.reload_config()
    mark = scene.mcdr.send("!!pn test two restore_success")
    scene.mcdr.wait_for_line("1 of 1 delivered", since=mark)
    assert [payload["event"] for payload in scene.payloads("two")] == ["restore_success"]
    assert not scene.requests("one")


def test_an_unknown_event_or_endpoint_is_answered_with_those_there_are(scene: Scene) -> None:
    scene.mcdr.wait_for_line("backup_aborted", since=scene.mcdr.send("!!pb test notify backup_finished"))
    scene.mcdr.wait_for_line("Endpoints: hook", since=scene.mcdr.send("!!pn test nobody"))
    assert not scene.receiver.requests


@pytest.mark.parametrize("command", ["!!pb test notify", "!!pn test", "!!pn reload"])
def test_commands_that_do_something_are_refused_to_players_without_permission(scene: Scene, command: str) -> None:
    mark = scene.mcdr.chat("Alex", command)
    scene.mcdr.wait_for_line(r"tellraw to Alex\].*permission", since=mark)
    scene.mcdr.sync()
    assert not scene.receiver.requests
    assert scene.mcdr.find("Config reloaded|delivered", since=mark) is None


def test_the_overview_names_sources_endpoints_and_how_they_are(scene: Scene) -> None:
    scene.prime_backup.make()
    scene.expect("backup_start", "backup_success")
    mark = scene.mcdr.chat("Alex", "!!pn")
    for pattern in ("Prime Notify", "switched on", r"Sources: Prime Backup \d", r"hook.*webhook.*delivered.*200"):
        scene.mcdr.wait_for_line(r"tellraw to Alex\].*" + pattern, since=mark)


def test_members_of_a_group_take_turns_and_why_says_whose_it_is(scene: Scene) -> None:
    members = [hook(scene.receiver, name, group="g") for name in ("one", "two")]
    mail = hook(scene.receiver, "mail", events=["restore"], filter={"operators": "player:*"})
    block = {
        "enabled": True,
        "groups": {"g": "round_robin"},
        "endpoints": [{**members[0], "fallback": "mail"}, members[1], mail],
    }
    scene.mcdr.write_config("prime_notify", {"notification": block})
    scene.reload_config()

    def why(endpoint: str, event: str) -> str:
        return "\n".join(scene.mcdr.output_of(f"!!pn why {endpoint} {event}"))

    assert "backup_success goes to one" in why("one", "backup_success")
    scene.prime_backup.backup()
    scene.expect("backup_start", "backup_success", name="one")
    explained = why("one", "backup_success")
    assert "backup_success does not go to one" in explained
    assert "group g (round_robin): two gets it; its turn comes after that of one" in explained
    assert "fallback: mail would take over warnings and errors, not this" in explained
    explained = why("mail", "restore_failure")
    assert "restore_failure does not go to mail" in explained
    assert "filter.operators: console does not match player:*" in explained
    assert "fallback of one: gets it, whatever the rules here say, while one keeps failing" in explained

    scene.plugin("reload", "prime_notify")
    scene.prime_backup.wait_until_idle()
    scene.prime_backup.backup()
    scene.expect("backup_start", "backup_success", name="two")
    assert scene.events("one") == ["backup_start", "backup_success"]


def test_the_help_lists_every_command(scene: Scene) -> None:
    mark = scene.mcdr.send("!!pn help")
    for pattern in (r"!!pn test", r"!!pn reload", r"!!pn help"):
        scene.mcdr.wait_for_line(r"\[MCDR\].*" + pattern, since=mark)


def test_players_and_the_console_are_answered_in_their_own_language(scene: Scene) -> None:
    scene.mcdr.wait_for_line("", since=scene.mcdr.chat("Steve", "!!MCDR preference language set zh_cn"))
    mark = scene.mcdr.chat("Steve", "!!pn help")
    scene.mcdr.wait_for_line(r"tellraw to Steve\].*重新读取配置文件", since=mark)
    mark = scene.mcdr.send("!!pn help")
    scene.mcdr.wait_for_line("read the config file again", since=mark)
    scene.mcdr.chat("Steve", "!!MCDR preference language reset")
    scene.mcdr.sync()


def test_the_overview_opens_with_one_verdict_and_watch_explains_it_in_the_readers_language(scene: Scene) -> None:
    scene.configure(hook(scene.receiver), watch={"backup": {"every": "12h"}})
    scene.reload_config()
    scene.backup()
    deadline = time.monotonic() + 60
    while "All is well: last backup " not in "".join(scene.mcdr.output_of("!!pn")):  # once the watch has looked
        assert time.monotonic() < deadline, f"no verdict:\n{scene.mcdr.tail()}"
        time.sleep(0.05)
    lines = scene.mcdr.output_of("!!pn watch")
    assert any("Backups: one every 12h 00m – from watch.backup.every" in line for line in lines)
    assert any(re.search(r"Last good one: #\d+ ", line) for line in lines)

    scene.mcdr.wait_for_line("", since=scene.mcdr.chat("Steve", "!!MCDR preference language set zh_cn"))
    see = r"tellraw to Steve\].*"
    mark = scene.mcdr.chat("Steve", "!!pn")
    scene.mcdr.wait_for_line(see + r"一切正常：上次备份在 .* 前，下次不晚于 ", since=mark)
    mark = scene.mcdr.chat("Steve", "!!pn watch")
    scene.mcdr.wait_for_line(see + r"每 12h 00m 一次，来自 watch\.backup\.every", since=mark)
    scene.mcdr.chat("Steve", "!!MCDR preference language reset")
    scene.mcdr.sync()
