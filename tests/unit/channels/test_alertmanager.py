"""Alertmanager: what is posted, and what its answers mean. The real server is in test_alertmanager_server."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any, Dict, List

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.model.notification import Message, Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.support.examples import examples
from tests.support.hostile import real_messages
from tests.support.messages import NOW, answer, channel, composed, message

URL = "https://alertmanager.example.com"
SERVER = {"running": True, "name": "My\nServer"}
COMMON = {"alertname": "MinecraftBackupProblem", "server": "My Server", "task": "backup", "plugin": "prime_backup"}
DAY = 86_400.0


def alertmanager(more: Any = None, **options: Any) -> Any:
    return channel("alertmanager", **{"url": URL, "alertmanager": options, **(more or {})})


def alerts(sender: Any, event: str, **fields: Any) -> List[Dict[str, Any]]:
    return json.loads(sender.render(message(event, server=SERVER, **fields)).body)


def unix(text: str) -> float:
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def firing(sent: List[Dict[str, Any]]) -> List[str]:
    return [alert["labels"]["severity"] for alert in sent if unix(alert["endsAt"]) > NOW]


def resolved(sent: List[Dict[str, Any]]) -> List[str]:
    return [alert["labels"]["severity"] for alert in sent if unix(alert["endsAt"]) <= NOW]


def test_a_failure_posts_one_alert_that_lasts() -> None:
    actions = [{"label": "Map", "url": "https://example.com/map"}]
    sender = alertmanager({"actions": actions}, annotations={"runbook_url": "https://example.com/runbook"})
    request = sender.render(message("backup_failure", server=SERVER))
    assert (request.method, request.url) == ("POST", f"{URL}/api/v2/alerts")
    assert dict(request.headers) == {"Content-Type": "application/json; charset=utf-8"}
    assert json.loads(request.body) == [
        {
            "labels": {**COMMON, "severity": "critical"},
            "annotations": {
                "summary": "Backup #7 done",
                "description": "Event: backup_success\nBackup: #7",
                "runbook_url": "https://example.com/runbook",
            },
            "startsAt": "2026-01-02T03:04:05.678Z",
            "endsAt": "2026-01-09T03:04:05.678Z",
            "generatorURL": "https://example.com/map",
        }
    ]


@pytest.mark.parametrize(
    ("event", "severity", "fires", "resolves"),
    [
        ("backup_start", "info", [], []),
        ("backup_failure", "error", ["critical"], []),
        ("backup_failure", "warning", ["warning"], []),
        ("backup_aborted", "warning", ["warning"], []),
        ("backup_aborted", "info", ["info"], []),
        ("backup_success", "info", [], ["critical", "warning", "info"]),
        ("restore_success", "warning", ["warning"], ["critical", "info"]),
    ],
)
def test_problems_fire_and_a_success_resolves(event: str, severity: str, fires: List[str], resolves: List[str]) -> None:
    sent = alerts(alertmanager(), event, severity=severity)
    assert firing(sent) == fires
    assert sorted(resolved(sent)) == sorted(resolves)


def test_a_success_resolves_the_very_alerts_that_failures_fired() -> None:
    fired = [
        alerts(alertmanager(labels={"team": "mc"}), event, task_id=event)[0]["labels"]
        for event in ("backup_failure", "backup_aborted")
    ]
    ended = [alert["labels"] for alert in alerts(alertmanager(labels={"team": "mc"}), "backup_success")]
    assert all(labels in ended for labels in fired)


def test_backups_and_restores_are_different_alerts() -> None:
    [alert] = alerts(alertmanager(), "restore_failure")
    assert (alert["labels"]["alertname"], alert["labels"]["task"]) == ("MinecraftRestoreProblem", "restore")


def test_a_test_has_an_alert_of_its_own() -> None:
    [alert] = alerts(alertmanager(), "backup_failure", test=True)
    assert alert["labels"] == {**COMMON, "severity": "critical", "test": "true"}


def test_labels_may_be_replaced_and_left_out() -> None:
    sender = alertmanager(labels={"alertname": "Backup", "plugin": "", "severity": "page", "n": 5})
    [failed] = alerts(sender, "backup_failure")
    assert failed["labels"] == {
        "alertname": "Backup", "severity": "page", "server": "My Server", "task": "backup", "n": "5",
    }  # fmt: skip
    [done] = alerts(sender, "backup_success")
    assert (done["labels"], resolved([done])) == (failed["labels"], ["page"])
    [warned] = alerts(sender, "backup_success", severity="warning")
    assert firing([warned]) == ["page"]


def test_a_server_without_a_name_is_no_label() -> None:
    [alert] = json.loads(alertmanager().render(message("backup_failure")).body)
    assert "server" not in alert["labels"]


@pytest.mark.parametrize(("happened", "starts"), [(NOW - DAY, NOW - DAY), (NOW + DAY, NOW), (-1.0, NOW), (1e300, NOW)])
def test_an_alert_starts_when_it_happened_but_never_later_than_now(happened: float, starts: float) -> None:
    [alert] = alerts(alertmanager(lasts="2d"), "backup_failure", timestamp={"unix": happened, "iso": ""})
    assert unix(alert["startsAt"]) == pytest.approx(starts, abs=0.01)
    assert unix(alert["endsAt"]) == pytest.approx(NOW + 2 * DAY, abs=0.01)


@pytest.mark.parametrize(
    ("url", "to"),
    [
        (f"{URL}/", f"{URL}/api/v2/alerts"),
        (f"{URL}/prefix", f"{URL}/prefix/api/v2/alerts"),
        (f"{URL}/api/v2/alerts", f"{URL}/api/v2/alerts"),
        (f"{URL}?tenant=a", f"{URL}/api/v2/alerts?tenant=a"),
    ],
)
def test_where_it_is_sent(url: str, to: str) -> None:
    assert alertmanager({"url": url}).render(message()).url == to


def test_credentials_go_into_the_authorization_header() -> None:
    assert alertmanager(token="t").render(message()).headers["Authorization"] == "Bearer t"
    basic = alertmanager(user="Aladdin", password="open sesame").render(message()).headers["Authorization"]
    assert basic == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="  # the example of RFC 7617


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"labels": {"my-label": "x"}}, "begin with no digit"),
        ({"annotations": {"1st": "x"}}, "begin with no digit"),
        ({"lasts": 0}, "above zero"),
        ({"user": "me"}, 'both "user" and "password"'),
    ],
)
def test_a_wrong_config_says_what_to_write(options: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        alertmanager(**options)


def test_the_end_of_a_traceback_is_an_annotation_where_it_is_asked_for() -> None:
    failed = composed("backup_failure", error={"type": "E", "message": "m", "traceback": "x\n" * 9000 + "E: full"})
    [alert] = json.loads(alertmanager({"traceback": True}).render(failed).body)
    trace = alert["annotations"]["traceback"]
    assert trace.startswith("…\nx\n")
    assert trace.endswith("\nE: full")
    assert 8000 < len(trace) <= 8192


@examples(50)
@given(real_messages())
def test_any_message_gives_alerts_that_alertmanager_takes_and_that_hand_on_no_markup(sent: Message) -> None:
    for alert in json.loads(alertmanager({"traceback": True}).render(sent).body):
        assert unix(alert["startsAt"]) <= unix(alert["endsAt"])
        assert all(re.fullmatch("[a-z_]+", name) and value for name, value in alert["labels"].items())
        assert all(len(value) <= 256 and "\n" not in value for value in alert["labels"].values())
        told = " ".join(alert["annotations"].values())
        assert not re.search(r"[<>]|@\w|\]\(|//", told)
        assert len(told) < 18_000


def test_what_is_disarmed_still_reads_the_same() -> None:
    body = "see https://example.com, <!channel> @everyone [x](http://evil.com)"
    [alert] = alerts(alertmanager(), "backup_failure", texts=Texts("t", body, ""))
    shown = alert["annotations"]["description"].replace("\u2060", "").replace("‹", "<").replace("›", ">")
    assert shown == body


@pytest.mark.parametrize("body", [b"", b'{"status":"success"}'])
def test_success_is_the_status(body: bytes) -> None:
    outcome = alertmanager().judge(answer(200, body))
    assert isinstance(outcome, Delivered)


def test_a_web_page_is_no_success() -> None:
    outcome = alertmanager().judge(answer(200, b" <!DOCTYPE html><title>Log in</title>"))
    assert isinstance(outcome, Retry)
    assert "check the URL" in outcome.hint


@pytest.mark.parametrize(
    ("status", "said", "kind", "hint"),
    [
        (400, b'"invalid label set: invalid label name"', Permanent, "alertmanager.labels"),
        (401, b"Unauthorized", Permanent, "password"),
        (404, b"404 page not found", Permanent, "route-prefix"),
        (429, b"", Retry, "slows"),
        (500, b'"disk full"', Retry, "service itself"),
    ],
)
def test_errors_come_with_a_remedy(status: int, said: bytes, kind: Any, hint: str) -> None:
    outcome = alertmanager().judge(answer(status, said))
    assert isinstance(outcome, kind)
    assert outcome.reason.endswith(said.decode())
    assert hint in outcome.hint
