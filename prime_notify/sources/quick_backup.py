"""QuickBackupM, which emits events of its own kind for a finished backup or restore, and none for a start or a failure.

Its events (quick_backup_multi/constant.py): ``quick_backup_multi.backup_done (source, slot_info)`` and
``.restore_done (source, slot, slot_info)``. ``slot_info`` is a dict: ``time`` (local, text), ``time_stamp``,
``comment`` (absent when there is none).
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Sequence

from prime_notify.model.event import Event, EventName
from prime_notify.model.plugin_ids import QUICK_BACKUP
from prime_notify.sources.foreign_objects import attribute, operator_of_source, source_fields, text_of
from prime_notify.sources.source import Source, SourceContext, SourceStatus, plugin_version

__all__ = ["QuickBackup"]


class QuickBackup(Source):
    """Turns QuickBackupM's two events into ours."""

    def __init__(self, context: SourceContext) -> None:
        self._context = context

    def start(self) -> None:
        server = self._context.server
        server.register_event_listener(f"{QUICK_BACKUP}.backup_done", self._backup_done)
        server.register_event_listener(f"{QUICK_BACKUP}.restore_done", self._restore_done)

    def status(self) -> Sequence[SourceStatus]:
        return self._context.listening(QUICK_BACKUP)

    def _backup_done(self, _server: Any, source: Any = None, slot_info: Any = None, *_more: Any) -> None:
        # a new backup always takes the first slot and moves the others on
        self._report(EventName.BACKUP_SUCCESS, source, 1, slot_info)

    def _restore_done(
        self, _server: Any, source: Any = None, slot: Any = None, slot_info: Any = None, *_more: Any
    ) -> None:
        self._report(EventName.RESTORE_SUCCESS, source, slot, slot_info)

    def _report(self, name: EventName, source: Any, slot: Any, slot_info: Any) -> None:
        fields: Dict[str, Any] = {
            "backup": _backup_fields(slot_info),
            "source": source_fields(source),
            "operator": operator_of_source(source),
            "extra": {} if slot is None else {"slot": slot},
        }
        known = {field: value for field, value in fields.items() if value}
        version = plugin_version(self._context.server, QUICK_BACKUP)
        self._context.report(Event(name, QUICK_BACKUP, version, known))


def _backup_fields(slot_info: Any) -> Dict[str, Any]:
    def read(name: str) -> Any:
        return slot_info.get(name) if isinstance(slot_info, Mapping) else attribute(slot_info, name)

    known = {"date": read("time"), "comment": read("comment")}
    return {field: text_of(value) for field, value in known.items() if value is not None}
