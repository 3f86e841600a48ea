"""Small builders for values that many tests need."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.loading.load import LoadedConfig, load_config
from prime_notify.model.event import Event, EventName
from prime_notify.model.health import Health
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Notification
from prime_notify.outbox.history import History
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import OpenTask, State
from tests.support.configs import without_placeholders

__all__ = ["endpoint", "event", "know_health", "loaded", "notification", "open_task", "smash_index", "states"]

_numbers = itertools.count(1)


def event(name: str = "backup_success", plugin_id: str = "prime_backup", **fields: Any) -> Event:
    return Event(EventName(name), plugin_id, fields=fields)


def notification(
    name: str = "backup_success", *, id: Optional[str] = None, task_id: str = "", **fields: Any
) -> Notification:
    number = next(_numbers)
    payload = normalize(
        event(name, **fields),
        id=id or f"n{number:09}",  # ids are in the order of acceptance
        task_id=task_id or f"t{number}",
        now=1_000_000.0,
        server_running=True,
        server_name="test",
    ).payload
    return Notification(payload)


def open_task(task_id: str, owner: str = "me") -> OpenTask:
    return OpenTask(task_id, "prime_backup", EventName.BACKUP_START, owner, "n0")


def endpoint(name: str = "a", url: str = "http://127.0.0.1:9/hook", **options: Any) -> Endpoint:
    [built] = loaded({"name": name, "url": url, **options}).endpoints
    return built


def loaded(*endpoints: Mapping[str, Any], **sections: Any) -> LoadedConfig:
    """A config with these endpoints, switched on; refuses one that has problems."""
    document = {"notification": {"enabled": True, "endpoints": list(endpoints)}, **sections}
    result = without_placeholders(load_config(document, environ={}, base_dir=Path()))
    assert not result.problems, [str(problem) for problem in result.problems]
    return result


def states(store: Outbox, notification_id: str) -> Dict[str, State]:
    """Where the deliveries of a notification stand, by endpoint; nothing when the store has forgotten it."""
    found = History(store.database).find(notification_id)
    return {delivery.endpoint: delivery.state for one in found for delivery in one.deliveries}


def smash_index(path: Path, name: str) -> None:
    """Overwrites an index of a database that nobody has open: its rows can still be read, but not found as usual."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)


def know_health(outbox: Outbox, endpoint: str, health: Health) -> None:
    """Have it say that an endpoint has been doing so."""
    values = (endpoint, health.to_json())
    query = "INSERT OR REPLACE INTO health (endpoint, value) VALUES (?, ?)"
    outbox.database.write("test", lambda connection: connection.execute(query, values))
