"""``!!pn setup``: step by step, in the game and in the console, with secrets in the console only."""

from __future__ import annotations

import json
import logging
import queue
import re
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.problem import Problem
from prime_notify.loading.saving import copy_of
from prime_notify.mcdr.commands import setup_steps
from prime_notify.mcdr.commands.preparation import ChannelPreparation
from prime_notify.mcdr.commands.setups import LASTS
from prime_notify.mcdr.config_file import Reloaded
from prime_notify.text.wording import Wording
from tests.support.bench import Bench, MakeBench
from tests.support.console import Reader
from tests.support.scripted_engine import state

DISCORD = "https://discord.com/api/webhooks/123/s3cr3t-t0ken"


class Player(Reader):
    """Someone in the game."""

    player = "Steve"


@pytest.fixture
def bench(make_bench: MakeBench, tmp_path: Path) -> Bench:
    bench = make_bench(state("staff"), state("phone"), state("qq"), state("ops"), state("gotify"))
    (tmp_path / "config.json").write_text('{\n  "notification": {}\n}\n', encoding="utf-8")
    bench.reader = Reader(console=True)
    return bench


@pytest.fixture
def player(bench: Bench) -> Player:
    return Player()


def written(tmp_path: Path) -> List[Dict[str, Any]]:
    document = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    endpoints: List[Dict[str, Any]] = document["notification"].get("endpoints", [])
    return endpoints


def test_in_the_console_three_lines_lead_to_a_message(bench: Bench, tmp_path: Path) -> None:
    choices = bench.type("!!pn setup")
    assert choices[0] == "Where shall notifications go? Click a service, or type its name after the command"
    assert choices[1] == "- discord – Posts to a channel of Discord"
    asked = bench.type("!!pn setup discord")
    assert asked[0].startswith("Step 1 of 1, discord: The webhook's address")
    assert asked[1].startswith("Posts to a channel of Discord. In the channel's settings, Integrations, Webhooks")
    assert asked[2] == "Type: !!pn setup value <value>, such as https://discord.com/api/webhooks/<id>/<token>"
    done = bench.type(f"!!pn setup value {DISCORD}")
    assert done == [
        "The config was written; a copy of the former one is config.json.old-1",
        "Notifications were switched off. They are switched on now",
        "Sending a test notification to staff …",
    ]
    assert written(tmp_path) == [{"name": "staff", "type": "discord", "url": DISCORD}]
    assert copy_of(tmp_path / "config.json").read_text(encoding="utf-8") == '{\n  "notification": {}\n}\n'
    assert bench.answer("staff")[1:] == [
        "Done: staff works, and gets notifications from now on",
        "Another name: !!pn endpoint rename staff <name>. Another service: !!pn setup",
    ]
    assert bench.type("!!pn setup keep")[0] == "No setup is under way"


def test_a_pasted_address_is_all_it_takes(bench: Bench, tmp_path: Path) -> None:
    assert bench.type(f"!!pn setup {DISCORD}")[0] == "This is of discord"
    bench.type("!!pn setup SCT12345TabcdefghijK")
    bench.type("!!pn endpoint add https://api.day.app/xY7k3r/")
    assert [(one["type"], one.get("url"), one.get("serverchan")) for one in written(tmp_path)] == [
        ("discord", DISCORD, None),
        ("serverchan", None, {"key": "SCT12345TabcdefghijK"}),
        ("bark", "https://api.day.app/xY7k3r/", None),
    ]


@pytest.mark.parametrize(
    ("service", "value", "expected"),
    [
        ("bark", "xY7k3rAAAAAAAAAAAAAAAA", {"type": "bark", "url": "https://api.day.app/xY7k3rAAAAAAAAAAAAAAAA"}),
        ("bark", f"<{DISCORD}>", {"type": "discord", "url": DISCORD}),
        (
            "serverchan",
            "https://sctapi.ftqq.com/SCT12345TabcdefghijK.send",
            {"type": "serverchan", "serverchan": {"key": "SCT12345TabcdefghijK"}},
        ),
        ("feishu", '"${FEISHU}"', {"type": "feishu", "url": "${FEISHU}"}),
        ("webhook", "http://10.0.0.1/x", {"type": "webhook", "url": "http://10.0.0.1/x"}),
        ("qq", "http://127.0.0.1:3000", None),
    ],
)
def test_what_is_pasted_is_understood(
    bench: Bench, tmp_path: Path, service: str, value: str, expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEISHU", "https://open.feishu.cn/open-apis/bot/v2/hook/abc")
    bench.type(f"!!pn setup {service} {value}")
    while bench.type("!!pn setup")[0].startswith("Step ") and expected is not None:
        bench.type("!!pn setup skip")
    endpoints = [{key: item for key, item in one.items() if key != "name"} for one in written(tmp_path)]
    assert endpoints == ([] if expected is None else [expected])


def test_every_channel_can_be_set_up_from_its_example(bench: Bench, tmp_path: Path) -> None:
    """A new channel gets its dialogue by itself: its example, with something typed for each placeholder, is enough."""
    for number, (name, channel) in enumerate(channel_types().items(), start=1):
        replies = bench.type(f"!!pn setup {name}")
        while replies[0].startswith("Step "):
            example = replies[next(i for i, line in enumerate(replies) if line.startswith("Type: "))]
            value = example.partition(", such as ")[2]
            value = value.replace("<SendKey>", "SCT1TAbCdEfGhIj")
            value = re.sub("<[^<>]+>", "AbCdEfGhIj", value)
            value = sys.executable if name == "command" else value
            replies = bench.type(f"!!pn setup value {value}")
            if replies[0] == "This value cannot be used":
                raise AssertionError(f"{name}: {replies}")
        assert len(written(tmp_path)) == number, (name, replies)
        assert written(tmp_path)[-1]["type"] == channel.type


def test_in_the_game_a_secret_is_asked_for_in_the_console_and_the_rest_in_the_game(
    bench: Bench, player: Player, tmp_path: Path
) -> None:
    bench.console.type("!!pn setup telegram", player)
    assert (
        "This value is a secret. Chat is seen by every player and is written to logs, so do not type it here"
        in player.lines
    )
    assert "Type in the console of MCDReforged: !!pn setup for Steve <token>" in player.lines
    assert bench.console.complete("!!pn setup for ") == ["Steve"]
    taken = bench.type("!!pn setup for Steve 123456789:AAabcdefghijklmnopqrstuvwxyz0123456")
    assert taken == ["Taken. Steve goes on in the game"]
    assert player.lines[-3].startswith("Step 2 of 2, telegram: The chat")
    assert "[back]  [cancel]" in player.lines[-1]
    bench.console.type("!!pn setup value -1001234567890", player)
    assert [one["telegram"]["chat_id"] for one in written(tmp_path)] == ["-1001234567890"]
    assert "Sending a test notification to phone …" in player.lines


@pytest.mark.parametrize("before", ["", "!!pn setup discord"])
@pytest.mark.parametrize(
    "line",
    [
        f"!!pn setup {DISCORD}",
        f"!!pn setup value {DISCORD}",
        f"!!pn setup discord {DISCORD}",
        f"!!pn endpoint add {DISCORD}",
        "!!pn setup SCT12345TabcdefghijK",
        f"!!pn {DISCORD}",
    ],
)
def test_a_secret_pasted_in_the_game_has_to_be_replaced_and_is_repeated_nowhere(
    bench: Bench, player: Player, tmp_path: Path, caplog: pytest.LogCaptureFixture, before: str, line: str
) -> None:
    caplog.set_level(logging.DEBUG)
    if before:
        bench.console.type(before, player)
    replies = bench.console.type(line, player)
    if line.startswith("!!pn setup value") and not before:
        assert replies[0] == "No setup is under way"
        return
    assert replies[0].startswith("Every player has seen that, and it is in the log of the server")
    assert "replace it at the service" in replies[0]
    assert written(tmp_path) == []
    for secret in ("s3cr3t-t0ken", "SCT12345TabcdefghijK"):
        assert not any(secret in text for text in [*player.lines, *caplog.messages])


def test_a_key_for_a_question_that_is_no_secret_is_refused_in_the_game(bench: Bench, player: Player) -> None:
    bench.console.type("!!pn setup onebot", player)
    assert bench.console.type("!!pn setup value http://bot.example/?access_token=abc", player)[0].startswith("Every")
    again = Player()  # MCDReforged makes another source for each command
    assert bench.console.type("!!pn setup value http://127.0.0.1:3000", again)[0].startswith("Step 2 of 3")
    assert bench.console.type("!!pn setup value 12345", player)[0].startswith("Step 3 of 3")
    assert "[skip]" in bench.console.type("!!pn setup", player)[-1]


def test_a_secret_comes_from_a_file_or_the_environment_in_the_game_too(
    bench: Bench, player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.console.type("!!pn setup discord", player)
    assert bench.console.type("!!pn setup file discord.txt", player)[:2] == [
        "This value cannot be used",
        '- url: found the file "discord.txt"; put the secret, alone, into that file; the path starts at the config\'s '
        "folder (there is no such file)",
    ]
    assert bench.console.type("!!pn setup file ../../etc/passwd", player)[0].startswith("In the game, only a file")
    assert "set the environment variable NO_SUCH" in bench.console.type("!!pn setup env NO_SUCH", player)[1]
    (tmp_path / "discord.txt").write_text(DISCORD + "\n", encoding="utf-8")
    bench.console.type("!!pn setup file discord.txt", player)
    monkeypatch.setenv("STAFF", DISCORD)
    bench.console.type("!!pn setup discord ${STAFF}", player)
    bench.type("!!pn setup discord")
    bench.type("!!pn setup env STAFF")
    assert [one["url"] for one in written(tmp_path)] == [{"file": "discord.txt"}, "${STAFF}", "${STAFF}"]
    assert [one["name"] for one in written(tmp_path)] == ["staff", "staff-2", "staff-3"]


def test_programs_are_set_up_in_the_console_only(bench: Bench, player: Player) -> None:
    assert "in the console only" in bench.console.type("!!pn setup command", player)[0]
    assert bench.console.type("!!pn setup for Steve x", player) == ["This command works in the console only"]


def test_a_value_that_does_not_fit_is_refused_with_the_remedy_and_nothing_is_written(
    bench: Bench, tmp_path: Path
) -> None:
    bench.type("!!pn setup telegram")
    assert bench.type("!!pn setup value <token>")[:1] == ["This value cannot be used"]
    bench.type("!!pn setup value 123456789:AAabcdefghijklmnopqrstuvwxyz0123456")
    refused = bench.type("!!pn setup value the chat")
    assert refused[0] == "This value cannot be used"
    assert bench.type("!!pn setup skip")[0] == "This value is needed"
    assert written(tmp_path) == []
    assert bench.type("!!pn setup back")[0].startswith("Step 1 of 2")
    assert bench.type("!!pn setup skip")[0].startswith("Step 2 of 2")  # the former answer stays
    assert bench.type("!!pn setup cancel") == ["Cancelled. Nothing was written"]
    bench.type("!!pn setup telegram")
    assert bench.type("!!pn setup back")[0].startswith("Where shall notifications go?")


def test_after_a_failed_test_one_may_try_again_change_keep_or_remove(bench: Bench, tmp_path: Path) -> None:
    bench.type(f"!!pn setup {DISCORD}")
    assert bench.type("!!pn setup") == ["Sending a test notification to staff …"]
    assert bench.type("!!pn setup value x") == ["No value is asked for now"]
    assert bench.type("!!pn setup skip") == ["No value is asked for now"]
    assert bench.type("!!pn setup file x") == ["No value is asked for now"]
    assert bench.type("!!pn setup back") == ["There is no step before this one"]
    failed = bench.answer("staff", ok=False, status=404, reason="Unknown Webhook", hint="Create the webhook again")
    assert "Unknown Webhook" in failed[0]
    assert failed[1:] == [
        "  Create the webhook again",
        "staff is in the config. If the message did not arrive, choose:",
        "- !!pn setup test – test again",
        "- !!pn setup change – change the values",
        "- !!pn setup keep – keep it",
        "- !!pn setup remove – remove it",
    ]
    assert bench.type("!!pn setup") == failed[2:]
    bench.type("!!pn setup test")
    bench.answer("staff", confirmed=False)
    assert bench.type("!!pn setup change")[0].startswith("Step 1 of 1")
    bench.type(f"!!pn setup value {DISCORD}2")
    assert [one["url"] for one in written(tmp_path)] == [f"{DISCORD}2"]
    bench.answer("staff", ok=False)
    assert bench.type("!!pn setup remove")[-1] == "staff was removed from the config"
    assert written(tmp_path) == []
    assert bench.type("!!pn setup remove")[0] == "No setup is under way"


def test_keeping_and_cancelling_leave_the_endpoint_in_the_config(bench: Bench, tmp_path: Path) -> None:
    bench.type(f"!!pn setup {DISCORD}")
    bench.answer("staff", ok=False)
    assert bench.type("!!pn setup keep")[0] == "staff stays in the config as it is"
    bench.type("!!pn setup webhook https://example.com/x")
    assert bench.type("!!pn setup cancel") == ["Cancelled. ops stays in the config as it was written last"]
    late = bench.answer("ops")  # the result of a test that nobody waits for
    assert [line for line in late if "Done" in line or "choose" in line] == []
    assert len(written(tmp_path)) == 2
    bench.type("!!pn setup telegram")
    for word in ("keep", "remove", "test"):
        assert "yet" in bench.type(f"!!pn setup {word}")[0]


def test_a_new_endpoint_does_not_get_what_waits_for_a_removed_one(bench: Bench, tmp_path: Path) -> None:
    bench.engine.endpoints = [state("staff", orphaned=True, waiting=1), state("staff-2")]
    bench.type(f"!!pn setup {DISCORD}")
    assert [one["name"] for one in written(tmp_path)] == ["staff-2"]


def test_a_late_result_of_a_former_test_decides_nothing(bench: Bench) -> None:
    bench.type(f"!!pn setup {DISCORD}")
    former = bench.rehearsal.take("staff")
    bench.type("!!pn endpoint rename staff ops")
    bench.type("!!pn setup change")
    bench.type("!!pn setup skip")
    former(ok=False)
    bench.console.run_tasks()
    assert bench.reader.lines[-1].startswith("- staff: failed")
    assert bench.answer("ops")[1].startswith("Done: ops works")


def test_answers_that_do_not_fit_any_more_are_asked_for_again(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("123456789:AAabcdefghijklmnopqrstuvwxyz0123456", encoding="utf-8")
    bench.type("!!pn setup telegram")
    bench.type("!!pn setup file token.txt")
    bench.type("!!pn setup value -100123")
    bench.answer("phone", ok=False)
    bench.type("!!pn setup change")
    bench.type("!!pn setup skip")
    (tmp_path / "token.txt").unlink()
    replies = bench.type("!!pn setup skip")
    assert replies[0] == "This value cannot be used"
    assert "there is no such file" in replies[1]
    assert replies[2].startswith("Step 1 of 2")


def test_a_channel_without_questions_is_set_up_at_once(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup_steps, "questions_of", lambda *_: ())
    assert bench.type("!!pn setup webhook")[-1] == "Sending a test notification to ops …"
    bench.answer("ops", ok=False)
    assert bench.type("!!pn setup change") == ["Sending a test notification to ops …"]
    (tmp_path / "config.json").write_text("[]", encoding="utf-8")
    assert bench.type("!!pn setup webhook")[0] == "The config was not changed"
    assert bench.type("!!pn setup")[0].startswith("Where shall")
    monkeypatch.setattr(channel_types()["webhook"], "example", {"name": "x", "type": "webhook", "url": "<url>"})
    assert bench.type("!!pn setup webhook")[0] == "This value cannot be used"
    assert bench.type("!!pn setup")[0].startswith("Where shall")


def test_an_endpoint_that_is_not_in_force_cannot_be_tested_and_the_choice_is_offered(bench: Bench) -> None:
    bench.engine.endpoints = ()
    assert bench.type(f"!!pn setup {DISCORD}")[-1] == "- !!pn setup remove – remove it"


def test_a_config_that_cannot_be_read_is_refused_and_the_answers_are_kept(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"notification": ', encoding="utf-8")
    refused = bench.type(f"!!pn setup {DISCORD}")
    assert refused[1] == "The config was not changed"
    assert refused[2].startswith("- line 1, column 17: found the end of the file")
    assert refused[3].startswith("The values are kept for half an hour")
    assert path.read_text(encoding="utf-8") == '{"notification": '
    path.write_text("{}", encoding="utf-8")
    bench.type("!!pn setup skip")
    assert [one["url"] for one in written(tmp_path)] == [DISCORD]


def test_other_problems_of_the_config_are_named_in_the_game(bench: Bench, player: Player, tmp_path: Path) -> None:
    bench.reloaded = Reloaded(True, [Problem("command.prefix", "x", Wording("write y", "写 y"))])
    (tmp_path / "s.txt").write_text(DISCORD, encoding="utf-8")
    bench.console.type("!!pn setup discord", player)
    replies = bench.console.type("!!pn setup file s.txt", player)
    assert "- command.prefix: found x; write y" in replies
    assert "- command.prefix: found x; write y" not in bench.type(f"!!pn setup {DISCORD}")


def test_a_setup_is_forgotten_after_half_an_hour(bench: Bench, player: Player) -> None:
    bench.console.type("!!pn setup discord", player)
    bench.engine.clock.advance(LASTS - 1)
    assert bench.console.type("!!pn setup", player)[0].startswith("Step 1")
    bench.engine.clock.advance(LASTS + 1)
    assert bench.type("!!pn setup for Steve x")[0].startswith("Steve is not being asked")
    assert bench.console.type("!!pn setup", player)[0].startswith("Where shall")


def test_the_likeliest_services_of_a_language_come_first(bench: Bench) -> None:
    reader = Reader(language="zh_cn")
    lines = bench.console.type("!!pn setup", reader)
    assert lines[1] == "- onebot：通过你自己的 QQ 机器人向群或好友发送消息"
    assert bench.console.complete("!!pn setup ")[:2] != []
    names = [name for line in lines for name in channel_types() if f"- {name}" in line or name in line]
    assert set(names) == set(channel_types())
    assert bench.console.type("!!pn setup onebot", reader)[0].startswith("第 1/3 步，onebot：机器人 HTTP 服务")


def test_an_unknown_service_is_answered_with_the_one_that_is_meant(bench: Bench) -> None:
    assert bench.type("!!pn setup discrod")[1] == "Did you mean !!pn setup discord?"
    assert bench.type("!!pn setup zzzzzz")[1] == "All services: !!pn setup"
    [unknown] = bench.type("!!pn setup 0123456789abcdef0123456789abcdef")
    assert unknown.startswith("It cannot be seen which service this is of. Name the service first: !!pn setup")
    assert bench.type(f"!!pn {DISCORD}") == ["Paste an address or a key behind the command: !!pn setup <address>"]


def test_only_the_owner_may_do_it(bench: Bench) -> None:
    admin = Reader(3)
    denied = "You do not have permission to do that"
    assert bench.console.type("!!pn setup", admin) == [f"{denied}: !!pn setup<--"]
    assert bench.console.type("!!pn endpoint remove staff", admin) == [
        "You do not have permission to do that: !!pn endpoint <--"
    ]


def test_the_channels_are_imported_away_from_the_executor_and_commands_keep_their_order() -> None:
    tasks: queue.Queue[Callable[[], None]] = queue.Queue()
    preparation = ChannelPreparation(tasks.put)
    done: List[str] = []
    preparation.then(lambda: done.append("first"))
    preparation.then(lambda: done.append("second"))
    assert done == []
    tasks.get(timeout=60)()
    preparation.then(lambda: done.append("third"))
    assert done == ["first", "second", "third"]
    assert tasks.empty()
