"""The inbox: events as they were received, until they are notifications in the outbox.

Other processes, and a former instance of the plugin, leave events there, too.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Mapping, Sequence, Tuple

from prime_notify.model.event import Event, EventName
from prime_notify.outbox import statements
from prime_notify.outbox.database import Storage
from prime_notify.outbox.values import Received

__all__ = ["received_of", "store", "store_in"]

_UNSTORABLE = (TypeError, ValueError, RecursionError)


def store(database: Storage, events: Sequence[Received]) -> None:
    """Write events to the inbox, in one transaction that survives a power cut. Raises :class:`OutboxError`.

    Fields that JSON cannot hold are left out.
    """
    rows = _rows(events)
    database.write("receive", lambda connection: connection.executemany(statements.RECEIVE, rows))


def store_in(connection: sqlite3.Connection, events: Sequence[Received]) -> None:
    """The same, inside a transaction of the caller."""
    connection.executemany(statements.RECEIVE, _rows(events))


def _rows(events: Sequence[Received]) -> Sequence[Tuple[str, str]]:
    return [(one.id, _text_of(one)) for one in events]


def _text_of(received: Received) -> str:
    _, event, *moment = received
    known = [event.name.value, event.plugin_id, event.plugin_version, event.fields, event.test]
    try:
        return _json([*known, *moment])
    except _UNSTORABLE:
        fields: Any = event.fields
        known[3] = {name: fields[name] for name in fields if _is_storable({name: fields[name]})}
        return _json([*known, *moment])


def _json(value: Any) -> str:
    return json.dumps(value, default=_mapping_or_text)


def _mapping_or_text(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _is_storable(field: Any) -> bool:
    try:
        _json(field)
    except _UNSTORABLE:
        return False
    return True


def received_of(id: str, text: str) -> Received:
    """An event as :func:`store` wrote it, now or in a former version."""
    name, plugin_id, plugin_version, fields, *rest = json.loads(text)
    test, *moment = rest or [False]
    return Received(id, Event(EventName(name), plugin_id, plugin_version, fields, test), *moment)
