"""A dry run of a template at load: on samples of every event, once with all fields and once with as few as possible.

These samples are apart from those of test notifications, which have only fields that are true of a test.
"""

from __future__ import annotations

import functools
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from prime_notify.model.event import Event, EventName
from prime_notify.model.normalize import normalize
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.templates import TemplateMistake
from prime_notify.templates.budget import Budget, TemplateFailure
from prime_notify.templates.engine import Compiled
from prime_notify.templates.filters import Safe
from prime_notify.templates.variables import DigestItem, DigestTotals
from prime_notify.text.wording import Wording, verbatim

__all__ = ["dry_run"]

_NOW = 1_767_323_045.678
_BACKUP = {
    "id": 42,
    "date": "2026-01-02 03:04:05",
    "comment": "a comment",
    "creator": "player:Steve",
    "targets": ["world", "world_nether"],
    "tags": {"scheduled": True, "temporary": True},
    "file_count": 1234,
    "raw_size": 1288490188,
    "stored_size": 345678901,
}
_FIELDS: Dict[str, Any] = {
    "backup": _BACKUP,
    "operator": {"type": "player", "name": "Steve"},
    "source": {"type": "player", "name": "Steve"},
    "cost_s": 12.345,
    "message": "a message",
    "error": {"type": "OSError", "message": "No space left on device", "traceback": "Traceback\nOSError"},
}
_DISK = {"path": "pb_files", "free": 10 << 30, "total": 500 << 30, "low": True, "backups": 40 << 30, "days_left": 2.5}
_TREND = {"latest": 12.5, "values": [11.0, None, 12.5]}
_REPORT = {
    "since": _NOW - 604800.0,
    "until": _NOW,
    "backups": {"done": 14, "failed": 1, "skipped": 2, "skip_reasons": {"nobody_online": 2}},
    "restores": {"done": 1},
    "deliveries": {"delivered": 30, "given_up": 1, "waiting": 2},
    "last_backup": {"at": _NOW - 3600.0, "age_s": 3600.0, "id": 42},
    "next_by": _NOW + 3600.0,
    "size": _TREND,
    "duration": _TREND,
    "disks": [_DISK],
    "unwell": [{"name": "phone", "state": "failing", "for_s": 3600.0, "dead": 1}],
}
_FIGURES: Mapping[EventName, Mapping[str, Any]] = {
    EventName.BACKUP_OVERDUE: {"overdue": {"due": _NOW - 3600.0, "for_s": 3600.0, "last_success": _NOW - 90000.0}},
    EventName.BACKUP_SUCCESS: {"overdue": {"due": _NOW - 3600.0, "for_s": 3600.0}},
    EventName.STORAGE_LOW: {"storage": {"disks": [_DISK]}},
    EventName.STORAGE_OK: {"storage": {"disks": [_DISK], "for_s": 3600.0}},
    EventName.REPORT: {"report": _REPORT},
}
_FACT = {"kind": "backup", "label": "Backup", "value": "#42"}
_REMARK = {"kind": "still", "count": 2, "since": _NOW, "text": "It has failed 2 times since then"}
_TOTALS = {**dict.fromkeys(DigestTotals.model_fields, 0), "failure": 1, "success": 1}


def dry_run(compiled: Compiled) -> None:
    """:raises TemplateMistake: the template fails on a sample, or costs too much."""
    for sample, values in _samples():
        try:
            compiled.text(values, Budget())
        except TemplateFailure as error:
            raise TemplateMistake(
                Wording(
                    "it fails on {sample}: {error}", "用{sample}试填时失败：{error}", sample=sample, error=error.args[0]
                )
            ) from None


@functools.cache
def _samples() -> Tuple[Tuple[Wording, Mapping[str, Any]], ...]:
    samples = []
    for name in EventName:
        samples.append(
            (
                verbatim(name.value),
                _values(
                    Event(name, PRIME_BACKUP, "1.13.0", {**_FIELDS, **_FIGURES.get(name, {})}, test=True), "My Server"
                ),
            )
        )
        unknown = Wording("{event} of which nothing is known", "没有任何信息的 {event} ", event=name.value)
        samples.append((unknown, _values(Event(name, "other"), None)))
    failure = _values(Event(EventName.BACKUP_FAILURE, PRIME_BACKUP, "1.13.0", _FIELDS), "My Server")
    success = _values(Event(EventName.BACKUP_SUCCESS, "other"), None)
    samples.append((Wording("a reminder", "提醒"), {**failure, "remark": _REMARK}))
    samples.append((Wording("a digest", "汇总"), {**failure, "digest": _digest([failure, success])}))
    return tuple(samples)


def _digest(notifications: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    items = [
        {**{name: one[name] for name in DigestItem.model_fields if name in one}, "times": 1} for one in notifications
    ]
    return {"count": len(items), "totals": _TOTALS, "first": _NOW, "last": _NOW, "items": items}


def _values(event: Event, server_name: Optional[str]) -> Mapping[str, Any]:
    payload = normalize(
        event,
        id="01KDYZV9ZE0000000000000000",
        task_id="01KDYZV9ZD0000000000000000",
        now=_NOW,
        server_running=None if server_name is None else True,
        server_name=server_name,
    ).payload
    texts = {"title": "A title", "body": "Label: value", "desp": Safe("- **Label**: value")}
    return {**payload.to_dict(), **texts, "facts": [_FACT, _FACT]}
