"""Bodies in the formats of other systems' webhooks, for receivers of those."""

from __future__ import annotations

import hashlib
from typing import Any, Callable, Dict, Mapping, NamedTuple, Sequence
from urllib.parse import quote

from prime_notify.channels.common.alerts import SEVERITIES, Labels, firing_before
from prime_notify.channels.webhook.options import AlertOptions, BodyFormat
from prime_notify.model.event import Severity
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.notification import Message
from prime_notify.model.payload import Payload
from prime_notify.templates.variables import fields_of
from prime_notify.text.json_text import to_json

__all__ = ["Document", "alertmanager_firing", "document_of", "heartbeat_document", "payload_json"]

_JSON = "application/json; charset=utf-8"
_NEVER = "0001-01-01T00:00:00Z"  # Go's zero time: in Alertmanager's format the alert has not ended


def payload_json(message: Message, *, traceback: bool) -> bytes:
    """The format "prime_backup" as JSON. In one pass, where the payload is sent as it is."""
    payload, texts = message.payload, message.texts
    is_complete = (payload.title, payload.body, payload.desp) == (texts.title, texts.body, texts.desp)
    if is_complete and (traceback or payload.error is None):
        try:
            return message.notification.json
        except ValueError:  # a lone surrogate
            pass
    return to_json(fields_of(message, traceback=traceback))


class Document(NamedTuple):
    """A body before it is JSON."""

    value: Any
    content_type: str = _JSON


def document_of(
    format: BodyFormat, message: Message, *, endpoint: str, traceback: bool, alert: AlertOptions
) -> Document:
    """The message in a format; ``endpoint`` is the name of the endpoint that gets it."""
    return _FORMATS[format](_Subject(message, endpoint, traceback, alert))


def heartbeat_document(beat: Heartbeat, format: BodyFormat) -> Document:
    """A heartbeat, which has no event of its own: in CloudEvents, or else as an object like a payload."""
    value = {
        "event": "heartbeat",
        "timestamp": beat.at.model_dump(),
        "plugin": {"id": "prime_notify", "version": beat.version},
        "server": beat.server.model_dump(exclude_none=True) if beat.server else None,
        "next_by": beat.next_by,
        "id": beat.id,
    }
    value = {name: content for name, content in value.items() if content}
    if format != "cloudevents":
        return Document(value)
    return _cloudevent("heartbeat", beat.id, beat.at.iso, (beat.server and beat.server.name) or "", value)


class _Subject(NamedTuple):
    message: Message
    endpoint: str
    traceback: bool
    alert: AlertOptions

    @property
    def payload(self) -> Payload:
        return self.message.payload

    def document(self) -> Dict[str, Any]:
        """The whole payload, with the texts."""
        return fields_of(self.message, traceback=self.traceback)

    @property
    def server(self) -> str:
        """The server's name, where it has one."""
        return (self.payload.server.name if self.payload.server else None) or ""

    @property
    def is_alarming(self) -> bool:
        return self.payload.severity is not Severity.INFO

    @property
    def alert_name(self) -> str:
        """The name of the alert of this kind of task, which a failure fires and the next success resolves.

        A start has a name of its own, since it neither fires nor resolves that alert.
        """
        suffix = "Started" if self.payload.event.is_start else ""
        return f"Minecraft{self.payload.task.value.title()}{suffix}"


def _prime_backup(subject: _Subject) -> Document:
    return Document(subject.document())


def _cloudevents(subject: _Subject) -> Document:
    payload = subject.payload
    document = _cloudevent(payload.event.value, payload.id, payload.timestamp.iso, subject.server, subject.document())
    return Document({**document.value, "subject": payload.task_id}, document.content_type)


def _cloudevent(name: str, id: str, time: str, server: str, data: Mapping[str, Any]) -> Document:
    """Structured JSON, github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md."""
    value = {
        "specversion": "1.0",
        "id": id,
        "source": "/prime_notify" + (f"/{quote(server, safe='')}" if server else ""),
        "type": f"prime_notify.{name}",
        "time": time,
        "datacontenttype": "application/json",
        "data": data,
    }
    return Document(value, "application/cloudevents+json; charset=utf-8")


def alertmanager_firing(message: Message) -> Sequence[Labels]:
    """The labels of the alerts that fire after this message, in the format "alertmanager"."""
    subject = _Subject(message, "", False, AlertOptions())
    before = firing_before(message.previous) or []
    if subject.is_alarming:
        return [*before, _alert_labels(subject)]
    return before if message.payload.event.is_start else []


def _alert_labels(subject: _Subject) -> Labels:
    """Of an alert that fires. Of one that is not known to have fired, as if it had been a failure."""
    payload = subject.payload
    severity = payload.severity if subject.is_alarming or payload.event.is_start else Severity.ERROR
    labels = {"alertname": subject.alert_name, "task": payload.task.value, "plugin": payload.plugin.id}
    labels.update({"server": subject.server} if subject.server else {})
    return {**labels, "severity": SEVERITIES[severity]}


def _alertmanager(subject: _Subject) -> Document:
    """Version 4, prometheus.io/docs/alerting/latest/configuration/#webhook_config.

    As in Alertmanager itself, an alert is its labels: resolved, it has the ones with which it fired.
    """
    payload, texts = subject.payload, subject.message.texts
    status = "firing" if subject.is_alarming else "resolved"
    ends = not (subject.is_alarming or payload.event.is_start)
    fired = (firing_before(subject.message.previous) if ends else None) or [_alert_labels(subject)]
    annotations = {"summary": texts.title, "description": texts.body}
    alerts = [
        {
            "status": status,
            "labels": labels,
            "annotations": annotations,
            "startsAt": payload.timestamp.iso,
            "endsAt": _NEVER if subject.is_alarming else payload.timestamp.iso,
            "generatorURL": "",
            "fingerprint": _fingerprint(labels),
        }
        for labels in fired
    ]
    common = {name: value for name, value in fired[0].items() if all(one.get(name) == value for one in fired)}
    return Document(
        {
            "version": "4",
            "groupKey": f'{{}}:{{alertname="{subject.alert_name}"}}',
            "truncatedAlerts": 0,
            "status": status,
            "receiver": subject.endpoint,
            "groupLabels": {"alertname": subject.alert_name},
            "commonLabels": common,
            "commonAnnotations": annotations,
            "externalURL": "",
            "alerts": alerts,
        }
    )


def _fingerprint(labels: Mapping[str, str]) -> str:
    """The same for the failure and for the success that resolves it."""
    text = "\0".join(f"{name}\0{value}" for name, value in sorted(labels.items()))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _grafana(subject: _Subject) -> Document:
    """The format of Grafana before version 8 ("legacy alerting"), which many receivers still expect."""
    payload, texts = subject.payload, subject.message.texts
    state = "pending" if payload.event.is_start else "alerting" if subject.is_alarming else "ok"
    measured = [("cost_s", payload.cost_s)]
    if payload.backup is not None:
        measured.append(("stored_size", payload.backup.stored_size))
    tags = {"event": payload.event.value, "severity": payload.severity.value}
    if subject.server:
        tags["server"] = subject.server
    return Document(
        {
            "title": texts.title,
            "state": state,
            "message": texts.body,
            "ruleId": int(_fingerprint({"alertname": subject.alert_name, "server": subject.server})[:8], 16),
            "ruleName": subject.alert_name,
            "ruleUrl": "",
            "orgId": 1,
            "dashboardId": 0,
            "panelId": 0,
            "tags": tags,
            "evalMatches": [
                {"metric": name, "value": value, "tags": {}} for name, value in measured if value is not None
            ],
        }
    )


def _alert(subject: _Subject) -> Document:
    """The plain alert that chat bots take."""
    payload, texts = subject.payload, subject.message.texts
    value = {
        "message": f"{texts.title}\n{texts.body}",
        "sender_id": subject.alert.sender_id,
        "chat_id": subject.alert.chat_id,
        "timestamp": payload.timestamp.iso,
        "metadata": {"source": subject.server or payload.plugin.id, "severity": payload.severity.value},
    }
    return Document({name: content for name, content in value.items() if content is not None})


_FORMATS: Dict[str, Callable[[_Subject], Document]] = {
    "prime_backup": _prime_backup,
    "cloudevents": _cloudevents,
    "alertmanager": _alertmanager,
    "grafana": _grafana,
    "alert": _alert,
}
