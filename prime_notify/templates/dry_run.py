"""Tries a template out on a sample of every event, once with all that can be known of it and once with the least."""

from __future__ import annotations

import functools
from typing import Any, Dict, Mapping, Sequence, Tuple

from prime_notify.model.event import Event, EventName
from prime_notify.model.normalize import normalize
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.templates import TemplateMistake
from prime_notify.templates.budget import Budget, TemplateFailure
from prime_notify.templates.engine import Compiled
from prime_notify.templates.filters import Safe
from prime_notify.templates.variables import DigestItem, DigestTotals

__all__ = ["try_out"]

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
_FACT = {"kind": "backup", "label": "Backup", "value": "#42"}
_REMARK = {"kind": "still", "count": 2, "since": _NOW, "text": "It has failed 2 times since then"}
_TOTALS = {**dict.fromkeys(DigestTotals.model_fields, 0), "failure": 1, "success": 1}


def try_out(compiled: Compiled) -> None:
    """:raises TemplateMistake: the template fails on one of the samples, or costs too much."""
    for described, values in _samples():
        try:
            compiled.text(values, Budget())
        except TemplateFailure as error:
            raise TemplateMistake(f"it fails on {described}: {error}") from None


@functools.cache
def _samples() -> Tuple[Tuple[str, Mapping[str, Any]], ...]:
    found = []
    for name in EventName:
        found.append((name.value, _values(Event(name, PRIME_BACKUP, "1.13.0", _FIELDS, test=True), "My Server")))
        found.append((f"{name.value} of which nothing is known", _values(Event(name, "other"), None)))
    failed = _values(Event(EventName.BACKUP_FAILURE, PRIME_BACKUP, "1.13.0", _FIELDS), "My Server")
    found.append(("a reminder", {**failed, "remark": _REMARK}))
    found.append(
        ("a digest", {**failed, "digest": _digest([failed, _values(Event(EventName.BACKUP_SUCCESS, "other"), None)])})
    )
    return tuple(found)


def _digest(told: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    items = [{**{name: one[name] for name in DigestItem.model_fields if name in one}, "times": 1} for one in told]
    return {"count": len(items), "totals": _TOTALS, "first": _NOW, "last": _NOW, "items": items}


def _values(event: Event, server: Any) -> Mapping[str, Any]:
    payload = normalize(
        event,
        id="01KDYZV9ZE0000000000000000",
        task_id="01KDYZV9ZD0000000000000000",
        now=_NOW,
        server_running=None if server is None else True,
        server_name=server,
    ).payload
    texts = {"title": "A title", "body": "Label: value", "desp": Safe("- **Label**: value")}
    return {**payload.to_dict(), **texts, "facts": [_FACT, _FACT]}
