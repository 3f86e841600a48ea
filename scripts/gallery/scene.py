"""The scene of all pictures, rendered by the real channels."""

from __future__ import annotations

from typing import Any, Dict, Mapping, NamedTuple

from prime_notify.channels.common.registry import channel_types
from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.texts import message_of
from prime_notify.model.event import EventName
from prime_notify.model.notification import Message, Notification
from prime_notify.model.payload import Payload
from prime_notify.model.request import AnyRequest
from scripts.gallery.reports import reports

__all__ = ["CHINESE", "EVENTS", "Shot", "message", "request"]

CHINESE = frozenset(
    ("bark", "serverchan", "feishu", "lark", "dingtalk", "wecom", "pushplus", "onebot", "kook", "mail", "minecraft")
)
"""The channels with Chinese users. Their pictures exist in both languages."""

EVENTS = (EventName.BACKUP_SUCCESS, EventName.BACKUP_FAILURE)

_NOW = 1_795_579_200.0
_ISO = "2026-11-25T04:00:00.000Z"
_CATALOGUE = Catalogue.load()
_STEVE = {"type": "player", "name": "Steve", "full": "player:Steve"}
_SCHEDULE = {"type": "prime_backup", "name": "scheduled_backup", "full": "prime_backup:scheduled_backup"}

_STORY: Mapping[EventName, Mapping[str, Any]] = {
    EventName.BACKUP_START: {"backup": {"comment": "before the raid"}, "operator": _STEVE},
    EventName.BACKUP_SUCCESS: {
        "backup": {
            "id": 42,
            "comment": "before the raid",
            "targets": ["world"],
            "file_count": 1234,
            "raw_size": 1288490188,
            "stored_size": 45678901,
        },
        "operator": _STEVE,
        "cost_s": 12.3,
    },
    EventName.BACKUP_FAILURE: {
        "backup": {"comment": "every night", "targets": ["world"]},
        "operator": _SCHEDULE,
        "cost_s": 3.25,
        "error": {"type": "OSError", "message": "[Errno 28] No space left on device"},
    },
}
_LIKE = {event.status: event for event in _STORY}  # an event of any other status looks like a start
_COMMENTS = {"before the raid": "打龙之前", "every night": "每晚"}

_MENTION = {"users": ["123456789012345678"]}
_EXTRAS: Dict[str, Dict[str, Any]] = {
    "slack": {"mention": {"users": ["U0123ABCD"]}},
    "discord": {"mention": _MENTION},
    "feishu": {"mention": {"all": True}},
    "lark": {"mention": {"all": True}},
    "matrix": {"mention": {"users": ["@steve:example.org"]}},
    "mattermost": {"mention": {"users": ["steve"]}},
    "rocketchat": {"mention": {"users": ["steve"]}},
    "teams": {"mention": {"users": ["steve@example.com"]}},
    "dingtalk": {"mention": {"phones": ["13800000000"]}},
    "wecom": {"mention": {"users": ["steve"]}},
    "telegram": {"mention": {"users": ["@steve_admin"]}},
    "onebot": {"mention": {"users": ["10001"]}},
    "kook": {"mention": {"all": True}},
}
_LABELS = {"en_us": "Open the panel", "zh_cn": "打开面板"}


class Shot(NamedTuple):
    """One message of one channel."""

    channel: str
    event: EventName
    language: str = "en_us"
    week: int = 0
    """Of a report: the good one, or the next one."""


def message(shot: Shot) -> Message:
    """The message, composed as for a delivery."""
    server = {"running": True, "name": {"en_us": "Survival", "zh_cn": "生存服"}[shot.language]}
    if shot.event is EventName.REPORT:
        report = reports()[shot.week]
        told = Payload.model_validate({**report.model_dump(), "server": server})
        now = told.timestamp.unix
        return message_of(Notification(told), shot.language, _CATALOGUE, now=now, timezone="UTC")
    story = dict(_STORY.get(shot.event) or _STORY[_LIKE.get(shot.event.status, EventName.BACKUP_START)])
    if shot.language == "zh_cn":
        story["backup"] = {**story["backup"], "comment": _COMMENTS[story["backup"]["comment"]]}
    fields = {
        "id": "01KAX5XM800000000000000000",
        "event": shot.event,
        "task": shot.event.task,
        "status": shot.event.status,
        "severity": shot.event.default_severity,
        "timestamp": {"unix": _NOW, "iso": _ISO},
        "task_id": "01KAX5XM700000000000000000",
        "plugin": {"id": "prime_backup", "version": "1.13.0"},
        "server": server,
        **story,
    }
    return message_of(Notification(Payload.model_validate(fields)), shot.language, _CATALOGUE, now=_NOW)


def request(shot: Shot) -> AnyRequest:
    """The request of the channel's smallest example, with a button and, in a failure, a mention if it supports them."""
    kind = channel_types()[shot.channel]
    config: Dict[str, Any] = {
        "actions": [{"label": _LABELS[shot.language], "url": "https://panel.example.com"}],
        **_EXTRAS.get(shot.channel, {}),
        **kind.example,
        "type": shot.channel,
    }
    made: AnyRequest = kind(kind.endpoint_model.model_validate(config)).render(message(shot))
    return made
