"""Messages, endpoints and answers for the tests of channels."""

from __future__ import annotations

import json
from typing import Any, Mapping, Optional

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.registry import channel_types
from prime_notify.model.event import EventName
from prime_notify.model.notification import Message, Notification, Texts
from prime_notify.model.payload import Payload
from prime_notify.model.response import Response

NOW = 1_767_323_045.678
TEXTS = Texts("Backup #7 done", "Event: backup_success\nBackup: #7", "**Backup** #7 done")


def payload(event: str = "backup_success", **fields: Any) -> Payload:
    name = EventName(event)
    defaults = {
        "id": "01KDYZV9ZE0000000000000000",
        "event": name,
        "task": name.task,
        "status": name.status,
        "severity": name.default_severity,
        "timestamp": {"unix": NOW, "iso": "2026-01-02T03:04:05.678Z"},
        "task_id": "01KDYZV9ZD0000000000000000",
        "plugin": {"id": "prime_backup", "version": "1.13.0"},
    }
    return Payload.model_validate({**defaults, **fields})


def message(event: str = "backup_success", texts: Texts = TEXTS, **fields: Any) -> Message:
    return Message(Notification(payload(event, **fields)), texts, "en_us", NOW)


def channel(type: str, /, **config: Any) -> Channel[Any]:
    """A channel as the config would make it."""
    kind = channel_types()[type]
    return kind(kind.endpoint_model.model_validate({"name": "test", **config, "type": type}))


def answer(status: int, value: object = None, headers: Optional[Mapping[str, str]] = None, **more: Any) -> Response:
    body = value if isinstance(value, bytes) else json.dumps(value).encode("utf-8")
    return Response(status, headers or {}, body, **more)
