"""Bodies as other systems' webhooks have them."""

from __future__ import annotations

import json
import re
from typing import Any, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.model.event import EventName
from tests.support.examples import examples
from tests.support.messages import channel, message

SERVER = {"name": "My Server/1", "running": True}


def made(format: str, event: str = "backup_failure", *, endpoint: Any = None, **fields: Any) -> Tuple[Any, str]:
    webhook = {"format": format, **(endpoint or {})}
    hook = channel("webhook", url="https://example.com/hook", webhook=webhook)
    request = hook.render(message(event, **{"server": SERVER, **fields}))
    return json.loads(request.body), request.headers["Content-Type"]


def test_the_default_is_prime_backups() -> None:
    document, _ = made("prime_backup")
    assert document["event"] == "backup_failure"
    assert "facts" not in document


def test_a_cloudevent_has_every_attribute_that_is_required() -> None:
    event, content_type = made("cloudevents")
    data = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": message().payload.id,
        "source": "/prime_notify/My%20Server%2F1",
        "type": "prime_notify.backup_failure",
        "subject": message().payload.task_id,
        "time": "2026-01-02T03:04:05.678Z",
        "datacontenttype": "application/json",
    }
    assert (data["id"], data["title"]) == (event["id"], "Backup #7 done")
    assert content_type == "application/cloudevents+json; charset=utf-8"
    assert made("cloudevents", server=None)[0]["source"] == "/prime_notify"


def test_an_alertmanager_webhook_fires() -> None:
    document, _ = made("alertmanager")
    (alert,) = document.pop("alerts")
    labels = {
        "alertname": "MinecraftBackup",
        "task": "backup",
        "plugin": "prime_backup",
        "server": "My Server/1",
        "severity": "critical",
    }
    annotations = {"summary": "Backup #7 done", "description": "Event: backup_success\nBackup: #7"}
    assert document == {
        "version": "4",
        "groupKey": '{}:{alertname="MinecraftBackup"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "test",
        "groupLabels": {"alertname": "MinecraftBackup"},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "",
    }
    assert re.fullmatch("[0-9a-f]{16}", alert.pop("fingerprint"))
    assert alert == {
        "status": "firing",
        "labels": labels,
        "annotations": annotations,
        "startsAt": "2026-01-02T03:04:05.678Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "",
    }


def test_the_next_success_resolves_the_alert_of_a_failure_and_a_start_does_not() -> None:
    (failed,), (done,), (begun,) = (
        made("alertmanager", event)[0]["alerts"] for event in ("backup_failure", "backup_success", "backup_start")
    )
    assert (failed["fingerprint"], "resolved") == (done["fingerprint"], done["status"])
    assert failed["labels"] == done["labels"]
    assert done["endsAt"] == "2026-01-02T03:04:05.678Z"
    assert begun["fingerprint"] != failed["fingerprint"]
    assert made("alertmanager", server={"name": "Other"})[0]["alerts"][0]["fingerprint"] != failed["fingerprint"]
    assert made("alertmanager", "backup_success", severity="warning")[0]["status"] == "firing"


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("backup_failure", "alerting"),
        ("backup_aborted", "alerting"),
        ("restore_success", "ok"),
        ("backup_start", "pending"),
    ],
)
def test_a_grafana_alert_has_the_state_of_the_task(event: str, state: str) -> None:
    document, _ = made("grafana", event, cost_s=1.5, backup={"stored_size": 5})
    assert document["state"] == state
    assert document["title"] == "Backup #7 done"
    assert document["tags"] == {"event": event, "severity": document["tags"]["severity"], "server": "My Server/1"}
    assert document["evalMatches"] == [
        {"metric": "cost_s", "value": 1.5, "tags": {}},
        {"metric": "stored_size", "value": 5, "tags": {}},
    ]
    assert set(document) == {
        *("title", "state", "message", "ruleId", "ruleName", "ruleUrl", "orgId", "dashboardId", "panelId", "tags"),
        "evalMatches",
    }
    assert made("grafana", event, server=None)[0]["evalMatches"] == []


def test_a_plain_alert_says_who_and_where() -> None:
    document, _ = made("alert")
    assert document == {
        "message": "Backup #7 done\nEvent: backup_success\nBackup: #7",
        "sender_id": "prime_notify",
        "timestamp": "2026-01-02T03:04:05.678Z",
        "metadata": {"source": "My Server/1", "severity": "error"},
    }
    document, _ = made("alert", server=None, endpoint={"alert": {"sender_id": "me", "chat_id": 42}})
    assert (document["sender_id"], document["chat_id"]) == ("me", "42")
    assert document["metadata"]["source"] == "prime_backup"


@examples(80)
@given(
    format=st.sampled_from(["cloudevents", "alertmanager", "grafana", "alert"]),
    event=st.sampled_from(EventName),
    name=st.text(max_size=20),
    comment=st.text(max_size=20),
)
def test_any_event_has_every_format(format: str, event: EventName, name: str, comment: str) -> None:
    document, _ = made(format, event.value, server={"name": name}, backup={"comment": comment})
    assert isinstance(document, dict)
