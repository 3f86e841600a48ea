"""The commands below ``!!pn``, typed into real command nodes."""

from __future__ import annotations

from typing import Any, List

import pytest

from prime_notify.config.load import Problem
from prime_notify.mcdr.commands.all import COMMANDS, register_commands
from prime_notify.mcdr.commands.desk import Reloaded, quoted
from prime_notify.mcdr.commands.test import prime_backup_test_node
from prime_notify.model.event import EventName
from tests.unit.mcdr.console import Console, Reader
from tests.unit.mcdr.desk import ScriptedDesk, state

EVENTS = [event.value for event in EventName]


class Bench:
    """A console with the commands of a desk."""

    def __init__(self, *endpoints: Any, enabled: bool = True) -> None:
        self.console = Console()
        self.desk = ScriptedDesk(self.console, *endpoints, enabled=enabled)
        self.help_lines: List[Any] = []
        self.console.register_help_message = lambda *line: self.help_lines.append(line)  # type: ignore[attr-defined]
        register_commands(self.console, self.desk)  # type: ignore[arg-type]
        self.reader = Reader()

    def type(self, command: str) -> List[str]:
        return self.console.type(command, self.reader)

    def answer(self, endpoint: str, **result: Any) -> List[str]:
        before = len(self.reader.replies)
        self.desk.answer(endpoint, **result)
        self.console.run_tasks()
        return self.reader.lines[before:]


@pytest.fixture
def bench() -> Bench:
    return Bench(state("phone"), state("ops room"), state("old", enabled=False))


def clicks(reader: Reader) -> List[str]:
    """Every command that a click on the replies puts into the chat line; none may be run at once."""
    found: List[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            event = part.get("clickEvent")
            if event:
                assert event["action"] == "suggest_command"
                found.append(event["value"])
            part = list(part.get("extra", []))
        if isinstance(part, list):
            for item in part:
                walk(item)

    for reply in reader.replies:
        walk(reply.to_json_object())
    return found


# overview


def test_overview_shows_everything_at_a_glance() -> None:
    bench = Bench(
        state("phone", last_outcome="delivered", last_status=200, last_ms=81.6),
        state("ops", waiting=3, last_outcome="retrying", last_reason="refused the connection"),
        state("new"),
        state("old", enabled=False),
    )
    assert bench.type("!!pn") == [
        "Prime Notify 1.2.3",
        "Notifications are switched on",
        "Sources: Prime Backup 1.13.0",
        "Endpoints: 4, waiting to be delivered: 3",
        "- phone (webhook): delivered (HTTP 200, 82 ms)",
        "- ops (webhook): will be tried again – refused the connection (3 waiting)",
        "- new (webhook): nothing sent yet",
        "- old (webhook): switched off",
    ]
    assert clicks(bench.reader) == ["!!pn help", *(f"!!pn test {name}" for name in ("phone", "ops", "new", "old"))]


def test_overview_shows_when_it_was() -> None:
    [line] = Bench(state("phone", last_outcome="failed", last_at=1_000_000_000.0)).type("!!pn")[4:]
    assert line.startswith("- phone (webhook): failed (2001-09-0")


def test_overview_of_nothing_says_what_to_do() -> None:
    bench = Bench(enabled=False)
    bench.desk.listed = []
    _, switched_off, sources, endpoints = bench.type("!!pn")
    assert switched_off.startswith("Notifications are switched off: set notification.enabled to true")
    assert sources == "Sources: none yet (no backup plugin is loaded)"
    assert endpoints.startswith("No endpoint is configured: add one to notification.endpoints")
    assert clicks(bench.reader) == ["!!pn help", "!!pn reload", "!!pn reload"]


# help and permissions


def test_help_lists_every_command_that_the_reader_may_use(bench: Bench) -> None:
    lines = bench.type("!!pn help")
    assert [line for command in COMMANDS for line in lines if line.startswith(f"!!pn {command.usage} ")] == lines[2:]
    assert len(lines) == len(COMMANDS) + 2
    assert clicks(bench.reader) == ["!!pn", *(f"!!pn {command.name}" for command in COMMANDS)]
    few = bench.console.type("!!pn help", Reader(level=1))
    assert [line.split()[1] for line in few[2:]] == ["help"]


@pytest.mark.parametrize(
    ("command", "level"),
    [("!!pn", 1), ("!!pn help", 1), ("!!pn reload", 3), ("!!pn test", 4), ("!!pn test phone backup_start", 4)],
)
def test_every_command_needs_its_level(bench: Bench, command: str, level: int) -> None:
    [refusal] = bench.console.type(command, Reader(level=level - 1))
    assert refusal.startswith("You do not have permission to do that")
    assert "permission" not in " ".join(bench.console.type(command, Reader(level=level)))


def test_a_reloaded_config_changes_the_levels_at_once(bench: Bench) -> None:
    bench.desk.configure(command={"permission": {"reload": 1}})
    assert bench.console.type("!!pn reload", Reader(level=1))[0] == "Config reloaded"


def test_has_its_line_in_mcdreforgeds_help(bench: Bench) -> None:
    [(prefix, text, level)] = bench.help_lines
    assert (prefix, str(text), level) == ("!!pn", "Tells you about every backup and restore", 1)


# reload


def test_reload_says_that_all_is_well(bench: Bench) -> None:
    assert bench.type("!!pn reload") == ["Config reloaded"]


def test_reload_tells_every_problem(bench: Bench) -> None:
    bench.desk.reloaded = Reloaded(True, [Problem("a.b", "7", "write true"), Problem("c", "null", "write a list")])
    assert bench.type("!!pn reload") == [
        "Config reloaded with 2 problem(s); the rest is in force",
        "- a.b: found 7; write true",
        "- c: found null; write a list",
    ]


def test_reload_spares_the_console_what_its_log_says(bench: Bench) -> None:
    bench.desk.reloaded = Reloaded(True, [Problem("a.b", "7", "write true")])
    assert len(bench.console.type("!!pn reload", Reader(console=True))) == 1


def test_reload_of_an_unreadable_file_keeps_the_former_config(bench: Bench) -> None:
    bench.desk.reloaded = Reloaded(False, [Problem("line 1, column 2", "broken JSON", "remove the comma")])
    first, problem = bench.type("!!pn reload")
    assert first == "The config cannot be read; the former one stays in force"
    assert "line 1, column 2" in problem


def test_reload_says_what_it_cannot_change(bench: Bench) -> None:
    bench.desk.reloaded = Reloaded(True, (), ["command.prefix"])
    assert bench.type("!!pn reload")[1:] == [
        "command.prefix changed: it takes effect after !!MCDR plugin reload prime_notify"
    ]


def test_reload_reminds_that_nothing_is_sent() -> None:
    assert Bench(enabled=False).type("!!pn reload")[-1].startswith("Notifications are switched off")


# test


def test_test_reports_each_endpoint_as_it_finishes(bench: Bench) -> None:
    assert bench.type("!!pn test") == ["Sending a test backup_success to: phone, ops room"]
    assert bench.answer("ops room", ok=False, status=404, reason="no such hook", hint="check the URL") == [
        "- ops room: failed (HTTP 404, 12 ms) – no such hook",
        "  check the URL",
    ]
    assert bench.answer("phone") == ["- phone: OK (HTTP 200, 12 ms)", "1 of 2 delivered"]
    assert clicks(bench.reader) == ['!!pn test "ops room"', "!!pn test phone"]


def test_test_of_an_endpoint_that_could_not_be_reached_has_no_status(bench: Bench) -> None:
    bench.type("!!pn test phone")
    assert bench.answer("phone", ok=False, status=None, reason="timed out") == [
        "- phone: failed (12 ms) – timed out",
        "0 of 1 delivered",
    ]


@pytest.mark.parametrize(
    ("arguments", "event", "endpoint"),
    [
        ("", "backup_success", None),
        ("phone", "backup_success", "phone"),
        ('"ops room" restore_failure', "restore_failure", "ops room"),
        ("old backup_start", "backup_start", "old"),
        ("backup_failure", "backup_failure", None),
    ],
)
def test_test_takes_an_endpoint_and_an_event(bench: Bench, arguments: str, event: str, endpoint: Any) -> None:
    bench.type(f"!!pn test {arguments}".strip())
    assert [(tested[0], tested[1]) for tested in bench.desk.tested] == [(event, endpoint)]


def test_an_endpoint_named_like_an_event_is_an_endpoint() -> None:
    bench = Bench(state("backup_failure"))
    bench.type("!!pn test backup_failure")
    assert bench.desk.tested[0][:2] == ("backup_success", "backup_failure")


def test_test_helps_with_unknown_names(bench: Bench) -> None:
    assert bench.type("!!pn test fone") == ['There is no endpoint "fone"', "Endpoints: phone, ops room, old"]
    assert bench.type("!!pn test phone done") == ['There is no event "done"', f"Events: {', '.join(EVENTS)}"]
    assert bench.desk.tested == []


def test_test_without_endpoints_says_how_to_add_one() -> None:
    [line] = Bench().type("!!pn test")
    assert line.startswith("No endpoint is configured")


def test_test_without_an_enabled_endpoint_says_how_to_test_anyway() -> None:
    [line] = Bench(state("old", enabled=False)).type("!!pn test")
    assert line == "No endpoint is switched on; name one to test it anyway: !!pn test <endpoint>"


def test_test_works_while_notifications_are_switched_off_and_says_so() -> None:
    bench = Bench(state("phone"), enabled=False)
    bench.type("!!pn test")
    assert bench.answer("phone")[-1].startswith("Notifications are switched off")


def test_test_knows_who_asked(bench: Bench) -> None:
    bench.console.type("!!pn test", Reader(console=True))
    assert bench.desk.tested[0][2]["type"] == "console"


def test_completes_endpoints_and_events(bench: Bench) -> None:
    assert bench.console.complete("!!pn ") == [command.name for command in COMMANDS]
    assert bench.console.complete("!!pn test ") == ["phone", '"ops room"', "old"]
    assert bench.console.complete("!!pn test phone ") == EVENTS


# !!pb test notify


def test_prime_backups_node_does_the_same(bench: Bench) -> None:
    bench.console.load("prime_backup", root_with(prime_backup_test_node(bench.desk)))
    assert bench.type("!!pb test notify backup_failure") == ["Sending a test backup_failure to: phone, ops room"]
    assert bench.type("!!pb test") == ["Usage: !!pb test notify [event]"]
    assert bench.console.complete("!!pb test notify ") == EVENTS
    [refusal] = bench.console.type("!!pb test notify", Reader(level=3))
    assert refusal.startswith("You do not have permission")


def root_with(node: Any) -> Any:
    return type(node)("!!pb").then(node)


@pytest.mark.parametrize(("name", "argument"), [("a", "a"), ("a b", '"a b"'), ('"a', '"\\"a"'), ("群 1", '"群 1"')])
def test_quotes_names_where_needed(name: str, argument: str) -> None:
    assert quoted(name) == argument
