"""Messages, endpoints' channels and services' answers, for every test that needs them."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Optional

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.registry import channel_types
from prime_notify.messages.texts import message_of
from prime_notify.model.event import Event, EventName
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Message, Notification, Texts
from prime_notify.model.payload import Payload
from prime_notify.model.response import Response
from tests.support.texts import CATALOGUE

__all__ = [
    "ACTIONS",
    "BACKUP",
    "FAILED",
    "NOW",
    "STEVE",
    "TEXTS",
    "answer",
    "channel",
    "composed",
    "detailed",
    "failed",
    "failure",
    "message",
    "normalized",
    "payload",
    "sent",
    "start",
    "success",
]

NOW = 1_767_323_045.678
TEXTS = Texts("Backup #7 done", "Event: backup_success\nBackup: #7", "**Backup** #7 done")
BACKUP = {
    "id": 42,
    "comment": "before the raid",
    "file_count": 1234,
    "raw_size": 1288490188,
    "stored_size": 345678901,
}
STEVE = {"type": "player", "name": "Steve", "full": "player:Steve"}
FAILED = {
    "type": "OSError",
    "message": "disk full",
    "traceback": "Traceback (most recent call last):\n  boom()\nOSError",
}
ACTIONS = [
    {"label": "Panel", "url": "https://panel.example.com/x"},
    {"label": "Docs", "url": "https://docs.example.com"},
]
_ID = "01KDYZV9ZE0000000000000000"
_TASK_ID = "01KDYZV9ZD0000000000000000"


# payloads and messages


def payload(event: str = "backup_success", **fields: Any) -> Payload:
    name = EventName(event)
    defaults = {
        "id": _ID,
        "event": name,
        "task": name.task,
        "status": name.status,
        "severity": name.default_severity,
        "timestamp": {"unix": NOW, "iso": "2026-01-02T03:04:05.678Z"},
        "task_id": _TASK_ID,
        "plugin": {"id": "prime_backup", "version": "1.13.0"},
    }
    return Payload.model_validate({**defaults, **fields})


def message(event: str = "backup_success", texts: Texts = TEXTS, **fields: Any) -> Message:
    """A message with these texts, and without facts."""
    return Message(Notification(payload(event, **fields)), texts, "en_us", NOW)


def composed(
    event: str = "backup_success",
    language: str = "en_us",
    *,
    now: float = NOW,
    previous: Optional[Mapping[str, str]] = None,
    **fields: Any,
) -> Message:
    """The message of a payload, as a lane makes it."""
    return message_of(Notification(payload(event, **fields)), language, CATALOGUE, now=now, previous=previous)


def detailed(event: str = "backup_success", language: str = "en_us", **fields: Any) -> Message:
    """A message with many facts."""
    server = {"running": True, "name": "Survival"}
    return composed(
        event, language, **{"backup": BACKUP, "operator": STEVE, "cost_s": 12.3, "server": server, **fields}
    )


def failed(language: str = "en_us", **fields: Any) -> Message:
    """A failed backup with many facts, and with its traceback."""
    return detailed("backup_failure", language, **{"error": FAILED, **fields})


def normalized(
    event: str = "backup_success",
    language: str = "en_us",
    *,
    server_name: str = "My server",
    previous: Any = None,
    **fields: Any,
) -> Message:
    """The message of an event, whose fields a source handed over: the engine's whole way."""
    found = normalize(
        Event(EventName(event), "prime_backup", "1.13.0", fields),
        id=_ID,
        task_id=_TASK_ID,
        now=NOW,
        server_running=True,
        server_name=server_name,
    )
    return message_of(Notification(found.payload), language, CATALOGUE, now=NOW, previous=previous)


# one backup that starts, and how it ends


_BACKUP = {**BACKUP, "comment": "before the update", "targets": ["world"]}
_WHO = {"operator": STEVE, "server": {"running": True, "name": "MyServer"}}


def start(**more: Any) -> Message:
    return composed("backup_start", **{"backup": {"comment": "before the update"}, **_WHO, **more})


def success(**more: Any) -> Message:
    return composed("backup_success", **{"backup": _BACKUP, "cost_s": 192.4, **_WHO, **more})


def failure(**more: Any) -> Message:
    error = {"type": "OSError", "message": "No space left on device", "traceback": "Traceback:\n  line 1\nOSError"}
    return composed("backup_failure", **{"error": error, "cost_s": 3.25, **_WHO, **more})


# channels


def channel(type: str, /, **config: Any) -> Channel[Any]:
    """A channel as the config would make it."""
    kind = channel_types()[type]
    return kind(kind.endpoint_model.model_validate({"name": "test", **config, "type": type}))


def sent(sender: Channel[Any], message: Message) -> Dict[str, Any]:
    """The JSON document that the channel sends."""
    document: Dict[str, Any] = json.loads(sender.render(message).body)  # type: ignore[union-attr]
    return document


def answer(status: int, value: object = None, headers: Optional[Mapping[str, str]] = None, **more: Any) -> Response:
    body = value if isinstance(value, bytes) else json.dumps(value).encode("utf-8")
    return Response(status, headers or {}, body, **more)
