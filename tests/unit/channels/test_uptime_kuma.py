"""Uptime Kuma. Its answers are those of version 2.5, which was run beside these tests."""

from __future__ import annotations

import functools
from typing import Any, Dict, List, Tuple
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.models import NotificationConfig
from prime_notify.model.event import Status, Task
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.model.payload import Timestamp
from prime_notify.routing import Explanation, RoutingContext, decide, route
from prime_notify.routing.explanation import explanation_lines
from prime_notify.transport.http import HttpTransport
from tests.support.answers import Answer, Recorded, json_answer
from tests.support.build import endpoint as loaded_endpoint
from tests.support.examples import examples
from tests.support.hostile import real_messages
from tests.support.messages import answer, channel, composed, failed, message, payload
from tests.support.receiver import Receiver
from tests.support.texts import CATALOGUE

TOKEN = "8Xk2mQ4vTzLr7NcYp1WbSg5HdJf9RaEu"
URL = f"https://kuma.example.com/api/push/{TOKEN}?status=up&msg=OK&ping="
NO_MONITOR = {"ok": False, "msg": "Monitor not found or not active."}
BEAT = Heartbeat("01B", Timestamp(unix=1.0, iso="1970-01-01T00:00:01.000Z"), "1.0.0")


def monitor(url: str = URL, more: Any = None, **options: Any) -> Any:
    return channel("uptime_kuma", url=url, uptime_kuma=options, **(more or {}))


def pushed(request: Any) -> Dict[str, str]:
    """The parameters of a push; empty for a request that pushes nothing."""
    parts = urlsplit(request.url)
    if "/api/push/" not in parts.path:
        assert parts.path == "/api/entry-page"
        assert parts.query == ""
        return {}
    return {name: value[-1] for name, value in parse_qs(parts.query, keep_blank_values=True).items()}


def test_a_success_is_up_with_its_duration_as_the_ping() -> None:
    request = monitor().render(message(cost_s=192.4))
    assert request.method == "GET"
    assert request.body == b""
    assert urlsplit(request.url).path == f"/api/push/{TOKEN}"
    text = "Backup #7 done\nEvent: backup_success\nBackup: #7"
    assert pushed(request) == {"status": "up", "msg": text, "ping": "192400"}


def test_a_failure_is_down_and_says_why() -> None:
    found = pushed(monitor().render(failed()))
    assert found["status"] == "down"
    assert "disk full" in found["msg"]
    assert "ping" not in found


def test_parameters_of_a_proxy_stay() -> None:
    url = f"https://kuma.example.com/push/api/push/{TOKEN}?key=a%20b&status=up&msg=OK"
    request = monitor(url).render(message())
    assert urlsplit(request.url).query.startswith("key=a%20b&status=up&msg=Backup")
    assert urlsplit(request.url).path == f"/push/api/push/{TOKEN}"


def test_without_a_duration_there_is_no_ping() -> None:
    for cost in (None, 0.0, 0.0001, 1e9):
        assert "ping" not in pushed(monitor().render(message(cost_s=cost)))


@pytest.mark.parametrize(
    ("event", "fields", "options", "expected"),
    [
        ("backup_success", {"severity": "warning"}, {}, "up"),
        ("backup_overdue", {}, {}, "down"),
        ("backup_start", {}, {}, None),
        ("backup_stuck", {}, {}, None),
        ("backup_aborted", {}, {}, None),
        ("backup_aborted", {}, {"aborted": "Down"}, "down"),
        ("backup_aborted", {"severity": "error"}, {}, "down"),
        ("report", {}, {}, None),
        ("report", {}, {"tasks": ["report"]}, None),
        ("storage_low", {}, {}, None),
        ("storage_ok", {}, {}, None),
        ("storage_low", {}, {"tasks": ["storage"]}, "down"),
        ("storage_ok", {}, {"tasks": ["storage"]}, "up"),
        ("restore_failure", {}, {}, None),
        ("restore_success", {}, {}, None),
        ("restore_failure", {}, {"tasks": "restore"}, "down"),
        ("backup_failure", {"test": True}, {}, None),
        ("backup_success", {"test": True}, {}, None),
    ],
)
def test_what_is_neither_up_nor_down_is_not_pushed(event: str, fields: Any, options: Any, expected: Any) -> None:
    told = message(event, **fields)
    assert pushed(monitor(**options).render(told)).get("status") == expected
    if "test" not in fields:
        assert monitor(**options).endpoint.is_silent_about(told.payload) is (expected is None)


def test_such_an_event_does_not_go_there_and_the_explanation_says_why() -> None:
    config = loaded_endpoint(type="uptime_kuma", url=URL).config
    block = NotificationConfig(enabled=True)
    for event, goes in (("backup_start", False), ("backup_stuck", False), ("backup_failure", True)):
        known = payload(event)
        assert route(known, block, [config], RoutingContext()) == (["a"] if goes else [])
        decision = decide(known, config, block, RoutingContext())
        lines = explanation_lines(Explanation("a", decision), functools.partial(CATALOGUE.text, "en_us"))
        assert lines[0].text == ("no rules: all events go to it" if goes else f"uptime_kuma has no word for {event}")


def test_a_heartbeat_is_up() -> None:
    assert pushed(monitor().heartbeat(BEAT)) == {"status": "up", "msg": "OK"}


@pytest.mark.parametrize(
    ("task", "status", "options", "expected"),
    [
        (Task.BACKUP, Status.FAILURE, {}, True),
        (Task.BACKUP, Status.SUCCESS, {}, False),
        (Task.BACKUP, Status.ABORTED, {}, False),
        (Task.BACKUP, Status.ABORTED, {"aborted": "down"}, True),
        (Task.BACKUP, Status.OVERDUE, {"tasks": ["restore"]}, True),
        (Task.STORAGE, Status.LOW, {}, False),
        (Task.STORAGE, Status.LOW, {"tasks": ["storage"]}, True),
    ],
)
def test_a_heartbeat_would_hide_what_is_down(task: Task, status: Status, options: Any, expected: bool) -> None:
    assert monitor(**options).is_alarm(task, status) is expected


@examples(100)
@given(real_messages())
def test_the_address_is_short_enough_for_every_proxy(any_message: Message) -> None:
    assert len(monitor().render(any_message).url) < 4096


@pytest.mark.parametrize("url", ["https://kuma.example.com", "https://kuma.example.com/api/push/"])
def test_an_address_without_its_token_is_a_mistake(url: str) -> None:
    with pytest.raises(ValidationError, match="push URL"):
        monitor(url)


@pytest.mark.parametrize(
    ("status", "said", "kind", "hint"),
    [
        (404, NO_MONITOR, Permanent, "resume it"),
        (200, NO_MONITOR, Permanent, "resume it"),
        (404, {"ok": False, "msg": "SQLITE_BUSY: database is locked"}, Retry, "push URL"),
        (404, b"404 page not found", Permanent, "push URL"),
        (431, b"", Permanent, ""),
        (502, b"", Retry, "service itself"),
        (200, b"<html>Log in</html>", Retry, "push URL"),
    ],
)
def test_only_its_own_yes_counts(status: int, said: Any, kind: Any, hint: str) -> None:
    outcome = monitor().judge(answer(status, said))
    assert isinstance(outcome, kind)
    assert hint in outcome.hint


ENTRY = {"type": "entryPage", "entryPage": None}


@pytest.mark.parametrize(
    ("fields", "status", "said", "expected"),
    [
        ({"test": True}, 200, ENTRY, Delivered(200)),
        ({"test": True}, 200, {"type": "statusPageMatchedDomain", "statusPageSlug": "x"}, Delivered(200)),
        ({"test": True}, 200, b"<html>", Retry),
        ({"test": True}, 404, b"", Permanent),
        ({"test": True}, 503, b"", Retry),
        ({}, 200, ENTRY, Delivered(200)),
        ({}, 200, b"<html>", Delivered(200, confirmed=False)),
        ({}, 403, b"", Delivered(403, confirmed=False)),
        ({}, 429, b"", Retry),
        ({}, 503, b"", Retry),
    ],
)
def test_a_look_proves_the_server_for_a_test_alone(fields: Any, status: int, said: Any, expected: Any) -> None:
    """For a start, nothing was to be delivered: a proxy that lets pushes pass alone is no failure."""
    sender = monitor()
    outcome = sender.judge_answer(sender.render(message("backup_start", **fields)), answer(status, said))
    if isinstance(expected, Delivered):
        assert outcome == expected
    else:
        assert isinstance(outcome, expected)
        assert outcome.hint


def test_a_push_is_not_proved_by_the_entry_page() -> None:
    sender = monitor()
    assert isinstance(sender.judge_answer(sender.render(message()), answer(200, ENTRY)), Retry)


def test_the_token_is_in_no_text() -> None:
    redact = loaded_endpoint(type="uptime_kuma", url=URL).redact
    assert TOKEN not in redact(f"no route to https://kuma.example.com/api/push/{TOKEN} ({TOKEN})")


class Kuma:
    """Uptime Kuma's own handling of pushes, over a real socket: ``states`` are (status, msg, ping)."""

    def __init__(self) -> None:
        self.states: List[Tuple[int, str, Any]] = []

    def __call__(self, request: Recorded) -> Answer:
        if request.path == "/api/entry-page":
            return json_answer({"type": "entryPage", "entryPage": None})
        query = {name: value[-1] for name, value in parse_qs(urlsplit(request.target).query).items()}
        if request.path != f"/api/push/{TOKEN}":
            return json_answer(NO_MONITOR, 404)
        up = 1 if query.get("status", "up") == "up" else 0
        self.states.append((up, query.get("msg", "OK"), float(query["ping"]) if query.get("ping") else None))
        return json_answer({"ok": True})


def test_a_backup_that_fails_and_the_next_one() -> None:
    kuma, transport = Kuma(), HttpTransport()
    with Receiver() as receiver:
        receiver.behave(kuma)
        url = receiver.url(f"/api/push/{TOKEN}?status=up&msg=OK&ping=")
        target: Endpoint = loaded_endpoint(type="uptime_kuma", url=url)
        for event in ("backup_start", "backup_failure", "backup_start", "backup_stuck", "backup_success", "report"):
            request = target.render(composed(event, cost_s=1.5))
            response: Any = transport.send(request, timeout=30)
            assert target.judge(request, response) == Delivered(200)
        gone = monitor(receiver.url("/api/push/another"))
        refused: Any = transport.send(gone.render(message()), timeout=30)
        assert isinstance(gone.judge(refused), Permanent)
    transport.close()
    assert [(state, ping) for state, _, ping in kuma.states] == [(0, None), (1, 1500.0)]
