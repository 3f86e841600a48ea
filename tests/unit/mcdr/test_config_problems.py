"""A config with mistakes: every command says so, every list keeps the endpoint, and operators are told."""

from __future__ import annotations

from typing import Any, List

import pytest

from prime_notify.delivery.overview import EndpointState
from prime_notify.loading.load import Problem
from prime_notify.mcdr.alerts import OperatorAlerts, show_config_alert
from prime_notify.mcdr.config_file import ConfigState, Reloaded
from prime_notify.mcdr.players import Players
from tests.support.bench import Bench, MakeBench
from tests.support.console import Console, Reader
from tests.support.scripted_engine import state

SYNTAX = Problem("line 3, column 5", "broken JSON", "remove the comma", fatal=True)
TYPE = Problem("notification.endpoints[1].type", '"brak"', 'did you mean "bark"?', fatal=True)
BROKEN = EndpointState("pager", "brak", True, mistake=TYPE)
COMMANDS = [
    "",
    "help",
    "history",
    "dead",
    "show 1",
    "replay all",
    "drop 1",
    "test",
    "test phone",
    "preview phone",
    "why phone backup_start",
    "enable phone",
    "disable phone",
]


def unreadable(bench: Bench, *, in_force: bool) -> None:
    bench.state = ConfigState([SYNTAX], readable=False, in_force=in_force)
    bench.reloaded = Reloaded(False, [SYNTAX])


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """A working endpoint beside one with a mistake."""
    bench = make_bench(state("phone"), BROKEN)
    bench.state = ConfigState([TYPE])
    return bench


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("in_force", [True, False])
def test_every_command_says_first_that_the_file_cannot_be_read(
    make_bench: MakeBench, command: str, in_force: bool
) -> None:
    bench = make_bench(*([state("phone")] if in_force else []), enabled=in_force)
    unreadable(bench, in_force=in_force)
    lines = bench.type(f"!!pn {command}".strip())
    consequence = "; the last readable config stays in force" if in_force else ", so nothing is sent"
    assert f"The config file cannot be read{consequence}" in lines[:3]
    assert "- line 3, column 5: found broken JSON; remove the comma" in lines
    assert not any("notification.enabled" in line or "No endpoint is configured" in line for line in lines)


def test_a_reload_of_it_says_what_is_in_force(make_bench: MakeBench) -> None:
    bench = make_bench(enabled=False)
    unreadable(bench, in_force=False)
    assert bench.type("!!pn reload") == [
        "The config file cannot be read, so nothing is sent",
        "- line 3, column 5: found broken JSON; remove the comma",
    ]


def test_those_who_cannot_repair_it_do_not_read_what_is_in_it(make_bench: MakeBench) -> None:
    bench = make_bench(enabled=False)
    unreadable(bench, in_force=False)
    lines = bench.console.type("!!pn", Reader(level=1))
    assert "The config file cannot be read, so nothing is sent" in lines
    assert "broken JSON" not in " ".join(lines)


def test_the_overview_has_the_number_of_problems_and_their_places(bench: Bench) -> None:
    problems = [Problem(f"a{number}", "7", "write true") for number in range(5)]
    bench.state = ConfigState(problems)
    assert bench.type("!!pn")[2] == "Problems in the config: 5 (at a0, a1, a2, and 2 more)"
    assert "a4: found 7; write true" in "".join(bench.reader.hovers)
    bench.state = ConfigState([TYPE])
    assert bench.type("!!pn")[2] == "Problems in the config: 1 (at notification.endpoints[1].type)"


@pytest.mark.parametrize("level", [1, 4])
def test_the_overview_keeps_an_endpoint_with_a_mistake(bench: Bench, level: int) -> None:
    lines = bench.console.type("!!pn", Reader(level=level))
    assert "- pager (brak): off: mistake at notification.endpoints[1].type" in lines
    assert "Endpoints: 2 (1 on, 1 with a mistake), waiting to be delivered: 0" in lines


@pytest.mark.parametrize(
    "command", ["test pager", "preview pager", "why pager backup_start", "enable pager", "disable pager"]
)
def test_commands_about_it_name_the_mistake_and_the_remedy(bench: Bench, command: str) -> None:
    assert bench.type(f"!!pn {command}") == [
        "- pager: off: mistake at notification.endpoints[1].type",
        '- notification.endpoints[1].type: found "brak"; did you mean "bark"?',
        "Correct the config file, then !!pn reload",
    ]
    assert bench.rehearsal.tested == []
    assert bench.engine.switched == []


def test_a_test_of_all_counts_it(bench: Bench) -> None:
    lines = bench.type("!!pn test")
    assert lines[0] == "Sending a test backup_success to: phone"
    assert lines[1] == "- pager: off: mistake at notification.endpoints[1].type"
    assert bench.answer("phone")[-1] == "1 of 2 delivered"


def test_a_test_of_nothing_but_mistakes_ends_at_once(make_bench: MakeBench) -> None:
    lines = make_bench(BROKEN).type("!!pn test")
    assert lines[0] == "- pager: off: mistake at notification.endpoints[1].type"
    assert lines[-1] == "0 of 1 delivered"


def test_it_is_completed(bench: Bench) -> None:
    for command in ("test", "preview", "why"):
        assert bench.console.complete(f"!!pn {command} ") == ["phone", "pager"]


def test_chinese_readers_read_it_in_chinese(bench: Bench) -> None:
    lines = bench.console.type("!!pn", Reader(language="zh_cn"))
    assert "配置中的问题：1 个（位置：notification.endpoints[1].type）" in lines
    assert "- pager（brak）：已停用：notification.endpoints[1].type 处有误" in lines


# operators


def shown(console: Console, state: ConfigState, alerts: OperatorAlerts) -> List[str]:
    console.told.clear()
    show_config_alert(alerts, console.translations, state, reload="!!pn reload", level=3)
    return [f"{player}: {text.to_plain_text()}".replace("\n  ", "") for player, text in console.told]


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (
            ConfigState([TYPE]),
            "Prime Notify found 1 problem in its config (notification.endpoints[1].type). "
            "!!pn reload shows what to write",
        ),
        (
            ConfigState([SYNTAX], readable=False, in_force=False),
            "Prime Notify sends nothing: the config file cannot be read. !!pn reload shows the problem",
        ),
        (
            ConfigState([SYNTAX], readable=False),
            "Prime Notify cannot read the config file; the last readable config stays in force. "
            "!!pn reload shows the problem",
        ),
    ],
)
def test_operators_are_told_at_once_and_when_they_join(config: ConfigState, text: str) -> None:
    console = Console()
    console.levels = {"Op": 3, "Guest": 0, "Late": 4}
    server: Any = console
    players = Players(server, ["Op", "Guest"])
    alerts = OperatorAlerts(server, players)
    alerts.start()
    assert shown(console, config, alerts) == [f"Op: {text}"]
    for player in ("Late", "Guest"):
        players._on_joined(None, player)
    assert [player for player, _ in console.told] == ["Op", "Late"]
    alerts.withdraw("phone")
    assert shown(console, ConfigState(), alerts) == []
    players._on_joined(None, "Late")
    assert console.told == []
