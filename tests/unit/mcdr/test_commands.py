"""The commands below ``!!pn``, typed into real command nodes."""

from __future__ import annotations

from typing import Any

import pytest

from prime_notify.delivery.heartbeat import LastHeartbeat
from prime_notify.delivery.overview import EndpointState
from prime_notify.loading.load import Problem
from prime_notify.mcdr.commands.all import COMMANDS
from prime_notify.mcdr.commands.test import prime_backup_test_node
from prime_notify.mcdr.config_file import Reloaded
from prime_notify.mcdr.rich_text import quoted
from prime_notify.model.event import EventName
from prime_notify.routing import Decision, Reason
from tests.support.bench import Bench, MakeBench
from tests.support.configs import load
from tests.support.console import Reader
from tests.support.scripted_engine import NOON, last, state

EVENTS = [event.value for event in EventName]


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench(state("phone"), state("ops room"), state("old", enabled=False))


# overview


def test_overview_shows_the_last_heartbeat(make_bench: MakeBench) -> None:
    bench = make_bench(
        state("well", last=last("delivered", 200), heartbeat=LastHeartbeat(NOON)),
        state("none", heartbeat=LastHeartbeat()),
        state("held", heartbeat=LastHeartbeat(NOON, held=True)),
        state("failed", heartbeat=LastHeartbeat(NOON, "refused the connection")),
    )
    assert bench.type("!!pn")[-4:] == [
        "- well (webhook): delivered (HTTP 200, 82 ms, 2026-01-01 12:00:00), heartbeat at 2026-01-01 12:00:00",
        "- none (webhook): nothing sent yet, no heartbeat yet",
        "- held (webhook): nothing sent yet, heartbeats are held back",
        "- failed (webhook): nothing sent yet, the heartbeat at 2026-01-01 12:00:00 failed – refused the connection",
    ]


def test_overview_shows_everything_at_a_glance(make_bench: MakeBench) -> None:
    bench = make_bench(
        state("phone", last=last("delivered", 200)),
        state("ops", waiting=3, last=last("retrying", ms=4.0, reason="refused the connection"), failing_for=90.0),
        state("new"),
        state("back", last_success=NOON),
        state("old", enabled=False),
        state("quiet", switched_off=True),
        state("extra", enabled=False, switched_on=True),
    )
    assert bench.type("!!pn") == [
        "Prime Notify 1.2.3",
        "Failing for 1m 30s: ops, and 1 more",
        "Notifications are switched on",
        "Sources: Prime Backup 1.13.0",
        "Endpoints: 7 (5 on, 2 off), waiting to be delivered: 3",
        "- phone (webhook): delivered (HTTP 200, 82 ms, 2026-01-01 12:00:00)",
        "- ops (webhook): will be tried again (4 ms, 2026-01-01 12:00:00) – refused the connection"
        ", failing for 1m 30s (3 waiting)",
        "- new (webhook): nothing sent yet",
        "- back (webhook): delivered (2026-01-01 12:00:00)",
        "- old (webhook): switched off",
        "- quiet (webhook): switched off until the next reload",
        "- extra (webhook): nothing sent yet",
    ]
    names = ("phone", "ops", "new", "back", "old", "quiet", "extra")
    assert bench.reader.clicks == ["!!pn help", "!!pn watch", *(f"!!pn test {name}" for name in names)]


def test_overview_leads_to_what_was_given_up(make_bench: MakeBench) -> None:
    bench = make_bench(
        state("a", dead=2, last=last("failed", 404, reason="HTTP 404")),
        EndpointState("b", "", False, dead=1, orphaned=True),
    )
    assert bench.type("!!pn")[4:] == [
        "Endpoints: 1, waiting to be delivered: 0",
        "- a (webhook): failed (82 ms, 2026-01-01 12:00:00) – HTTP 404 (2 given up)",
        "- b: not in the config any more (1 given up)",
    ]
    assert bench.reader.clicks.count("!!pn dead") == 2


def test_overview_tells_what_is_wrong(make_bench: MakeBench) -> None:
    gone, held = state("gone", disabled=True, failing_for=5.0), state("held", failing_for=700.0, paused_for=42.0)
    bench = make_bench(gone, held)
    bench.engine.elsewhere, bench.engine.refusing = "process 7", True
    lines = bench.type("!!pn")
    assert lines[3:5] == [
        "Another process delivers from this data folder: process 7",
        "Notifications cannot be written to the disk; they are kept in memory for now",
    ]
    assert lines[-2:] == [
        "- gone (webhook): switched off until the next reload: the service says that the address is gone",
        "- held (webhook): failing for 11m 40s (next try in 42s)",
    ]


def test_overview_of_nothing_says_what_to_do(make_bench: MakeBench) -> None:
    bench = make_bench(enabled=False)
    bench.sources = []
    _, _, switched_off, sources, endpoints = bench.type("!!pn")
    assert switched_off.startswith("Notifications are switched off: set notification.enabled to true")
    assert sources == "Sources: none yet (no backup plugin is loaded)"
    assert endpoints.startswith("No endpoint is configured: type !!pn setup, or add one to notification.endpoints")
    assert bench.reader.clicks == ["!!pn help", "!!pn watch", "!!pn reload", "!!pn reload"]


# help and permissions


def test_help_lists_every_command_that_the_reader_may_use(bench: Bench) -> None:
    lines = bench.type("!!pn help")
    assert [line for command in COMMANDS for line in lines if line.startswith(f"!!pn {command.usage} ")] == lines[2:]
    assert len(lines) == len(COMMANDS) + 2
    assert bench.reader.clicks == ["!!pn", *(f"!!pn {command.name}" for command in COMMANDS)]
    few = bench.console.type("!!pn help", Reader(level=1))
    assert [line.split()[1] for line in few[2:]] == ["help", "report"]


@pytest.mark.parametrize(
    ("command", "level"),
    [
        ("!!pn", 1),
        ("!!pn help", 1),
        ("!!pn history", 3),
        ("!!pn watch", 3),
        ("!!pn history 2", 3),
        ("!!pn show 1", 3),
        ("!!pn dead", 3),
        ("!!pn replay all", 4),
        ("!!pn drop 1", 4),
        ("!!pn enable phone", 3),
        ("!!pn disable phone", 3),
        ("!!pn reload", 3),
        ("!!pn test", 4),
        ("!!pn test phone backup_start", 4),
    ],
)
def test_every_command_needs_its_level(bench: Bench, command: str, level: int) -> None:
    [refusal] = bench.console.type(command, Reader(level=level - 1))
    assert refusal.startswith("You do not have permission to do that")
    assert "permission" not in " ".join(bench.console.type(command, Reader(level=level)))


def test_a_reloaded_config_changes_the_levels_at_once(bench: Bench) -> None:
    bench.configure(command={"permission": {"reload": 1}})
    assert bench.console.type("!!pn reload", Reader(level=1))[0] == "Config reloaded"


# reload


def test_reload_says_that_all_is_well(bench: Bench) -> None:
    assert bench.type("!!pn reload") == ["Config reloaded"]


def test_reload_tells_every_problem(bench: Bench) -> None:
    bench.reloaded = Reloaded(True, [Problem("a.b", "7", "write true"), Problem("c", "null", "write a list")])
    assert bench.type("!!pn reload") == [
        "Config reloaded with 2 problems; the rest is in force",
        "- a.b: found 7; write true",
        "- c: found null; write a list",
    ]


def test_reload_tells_each_problem_in_the_readers_language(bench: Bench) -> None:
    bench.reloaded = Reloaded(True, load({"notification": {"enabled": "ture"}}).problems)
    lines = bench.console.type("!!pn reload", Reader(language="zh_cn"))
    assert lines[1] == '- notification.enabled：现为 "ture"；请写 true 或 false；在此之前按 true 处理'


def test_the_log_has_each_problem_in_mcdreforgeds_language(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    [problem] = load({"notification": {"enabled": "ture"}}).problems
    monkeypatch.setattr(bench.console, "get_mcdr_language", lambda: "zh_cn")
    bench.console.translations.warning("log.config_problem", problem=problem.wording)
    assert caplog.messages == ['配置：notification.enabled：现为 "ture"；请写 true 或 false；在此之前按 true 处理']


def test_reload_spares_the_console_what_its_log_says(bench: Bench) -> None:
    bench.reloaded = Reloaded(True, [Problem("a.b", "7", "write true")])
    assert len(bench.console.type("!!pn reload", Reader(console=True))) == 1


def test_reload_of_an_unreadable_file_keeps_the_former_config(bench: Bench) -> None:
    bench.reloaded = Reloaded(False, [Problem("line 1, column 2", "broken JSON", "remove the comma")])
    first, problem = bench.type("!!pn reload")
    assert first == "The config file cannot be read; the last readable config stays in force"
    assert "line 1, column 2" in problem


def test_reload_says_what_it_cannot_change(bench: Bench) -> None:
    bench.reloaded = Reloaded(True, (), ["command.prefix"])
    assert bench.type("!!pn reload")[1:] == [
        "command.prefix changed: it takes effect after !!MCDR plugin reload prime_notify"
    ]


def test_reload_reminds_that_nothing_is_sent(make_bench: MakeBench) -> None:
    assert make_bench(enabled=False).type("!!pn reload")[-1].startswith("Notifications are switched off")


# test


def test_test_reports_each_endpoint_as_it_finishes(bench: Bench) -> None:
    assert bench.type("!!pn test") == ["Sending a test backup_success to: phone, ops room"]
    assert bench.answer("ops room", ok=False, status=404, reason="no such hook", hint="check the URL") == [
        "- ops room: failed (HTTP 404, 12 ms) – no such hook",
        "  check the URL",
    ]
    assert bench.answer("phone") == ["- phone: OK (HTTP 200, 12 ms)", "1 of 2 delivered"]
    assert bench.reader.clicks == ['!!pn test "ops room"', "!!pn test phone"]


def test_test_of_an_endpoint_without_confirmation_is_no_delivery(bench: Bench) -> None:
    bench.type("!!pn test")
    assert bench.answer("ops room", confirmed=False, status=0) == [
        "- ops room: accepted, not confirmed: this service may refuse a message without an error (HTTP 0, 12 ms)"
    ]
    assert bench.answer("phone")[-1] == "1 of 2 delivered, 1 accepted but not confirmed"


def test_the_overview_never_calls_an_acceptance_a_delivery(make_bench: MakeBench) -> None:
    bench = make_bench(state("now", last=last("accepted", ms=4.0)), state("before", last_success=NOON, confirmed=False))
    assert bench.type("!!pn")[-2:] == [
        "- now (webhook): accepted, not confirmed (4 ms, 2026-01-01 12:00:00)",
        "- before (webhook): accepted, not confirmed (2026-01-01 12:00:00)",
    ]


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
    assert [(tested[0], tested[1]) for tested in bench.rehearsal.tested] == [(event, endpoint)]


def test_an_endpoint_named_like_an_event_is_an_endpoint(make_bench: MakeBench) -> None:
    bench = make_bench(state("backup_failure"))
    bench.type("!!pn test backup_failure")
    assert bench.rehearsal.tested[0][:2] == ("backup_success", "backup_failure")


def test_test_helps_with_unknown_names(bench: Bench) -> None:
    assert bench.type("!!pn test fone") == [
        'There is no endpoint "fone"',
        "Did you mean phone?",
        "Endpoints: phone, ops room, old",
    ]
    assert bench.type("!!pn test phone done") == ['There is no event "done"', f"Events: {', '.join(EVENTS)}"]
    assert bench.rehearsal.tested == []


def test_test_without_endpoints_says_how_to_add_one(make_bench: MakeBench) -> None:
    [line] = make_bench().type("!!pn test")
    assert line.startswith("No endpoint is configured")


def test_test_without_an_enabled_endpoint_says_how_to_test_anyway(make_bench: MakeBench) -> None:
    [line] = make_bench(state("old", enabled=False)).type("!!pn test")
    assert line == "No endpoint is switched on; name one to test it anyway: !!pn test <endpoint>"


def test_test_works_while_notifications_are_switched_off_and_says_so(make_bench: MakeBench) -> None:
    bench = make_bench(state("phone"), enabled=False)
    bench.type("!!pn test")
    assert bench.answer("phone")[-1].startswith("Notifications are switched off")


def test_test_knows_who_asked(bench: Bench) -> None:
    bench.console.type("!!pn test", Reader(console=True))
    assert bench.rehearsal.tested[0][2]["type"] == "console"


def test_completes_endpoints_and_events(bench: Bench) -> None:
    assert bench.console.complete("!!pn ") == [command.name for command in COMMANDS]
    assert bench.console.complete("!!pn test ") == ["phone", '"ops room"', "old"]
    assert bench.console.complete("!!pn test phone ") == EVENTS


# !!pb test notify


def test_prime_backups_node_does_the_same(bench: Bench) -> None:
    bench.console.load("prime_backup", root_with(prime_backup_test_node(bench.tools)))
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


# preview and why


def test_preview_shows_the_request_line_by_line(bench: Bench) -> None:
    assert bench.type("!!pn preview phone") == [
        "The request to phone for a backup_success:", "POST to phone", "", "a backup_success",
    ]  # fmt: skip
    assert bench.type('!!pn preview "ops room" restore_failure')[-1] == "a restore_failure"
    assert bench.type("!!pn preview phone digest")[::3] == ["The request to phone for a digest:", "a digest"]


def test_preview_keeps_within_what_a_reader_can_take(bench: Bench) -> None:
    bench.rehearsal.previewed = ["x" * 5000] * 300
    lines = bench.type("!!pn preview phone")
    assert len(lines) == 202
    assert lines[1] == "x" * 1000 + "…"
    assert lines[-1] == "… and 100 more lines"


def test_why_tells_the_decision_and_each_rule(bench: Bench) -> None:
    reason = Reason("events", "events", False, ("backup_start",), ("backup_failure",))
    bench.rehearsal.decided = Decision((reason,))
    title, rule, note = bench.type("!!pn why phone backup_start")
    assert "backup_start" in title
    assert "phone" in title
    assert rule.startswith("- ")
    assert "backup_failure" in rule
    assert note.startswith("This is the result for a sample event")


def test_why_says_so_where_there_is_no_rule(bench: Bench) -> None:
    assert len(bench.type("!!pn why phone backup_start")) == 3


@pytest.mark.parametrize(
    "command", ["preview phone nope", "why phone nope", "preview nobody", "why nobody backup_start"]
)
def test_preview_and_why_help_with_unknown_names(bench: Bench, command: str) -> None:
    first, known = bench.type(f"!!pn {command}")
    assert "There is no" in first
    assert ", " in known
