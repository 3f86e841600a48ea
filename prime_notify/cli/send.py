"""``send``: announces an event, as the Python API does, for scripts."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from prime_notify.cli.delivering import Awaited, Delivering, delivering, outcome
from prime_notify.cli.parsing import Subparsers, add_command, add_timeout
from prime_notify.cli.place import Place
from prime_notify.cli.report import FAILED, CliError, Report
from prime_notify.loading.load import LoadedConfig
from prime_notify.model.annotations import member
from prime_notify.model.event import Event, EventName
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import store_late

__all__ = ["add_parser"]

_TEXTS = (str, Optional[str])


def add_parser(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "send",
        _send,
        "announce an event, for scripts",
        "It is stored first. While MCDReforged runs with the folder, it does the sending. Otherwise this command does, "
        "and exits with 1 when something was not delivered. Announce start and end of one task with the same task_id.",
    )
    parser.add_argument("event", metavar="EVENT", choices=[name.value for name in EventName], help=_event_names())
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a field of the payload, such as message=hello, cost_s=12.5 or backup.id=7; may be given more than once",
    )
    given.add_argument("--payload", metavar="FILE|-", help="a JSON object of payload fields; - is the standard input")
    parser.add_argument("--plugin", default="script", metavar="ID", help='what announces it; "script" by default')
    add_timeout(parser)


def _event_names() -> str:
    return ", ".join(name.value for name in EventName)


def _send(options: argparse.Namespace, place: Place) -> Report:
    fields = _fields_of_text(options.field) if options.payload is None else _fields_of_file(options.payload)
    event = Event(EventName(options.event), options.plugin, fields=fields)
    loaded = _config(place)
    _store(place, event)
    if place.owner is not None or loaded is None:
        return _left_to(place.owner)
    awaited: Awaited = {}
    with delivering(place, loaded, verbose=options.verbose) as work:
        ours = None if work is None else _ours(work.accepted, event)
        if work is not None and ours is not None:
            awaited = _deliveries_of(work, work.accepted)
            work.wait(awaited, float(options.timeout))
    if work is None:
        return _left_to(None)
    if ours is None:
        raise CliError(f"not sent: {event.name.value} of this task was told before", FAILED)
    ours_only = {ours.id: awaited[ours.id]}
    report = outcome(place, loaded, ours_only, id=ours.id)
    nowhere = [] if awaited[ours.id] else ["no endpoint wants it"]
    return Report([f"{event.name.value} {ours.id}", *nowhere, *report.lines], report.data, report.code)


def _config(place: Place) -> Optional[LoadedConfig]:
    """The config. Raises :class:`CliError` when nothing would come of an event; the owner may know better."""
    try:
        loaded = place.config()
    except CliError:
        if place.owner is None:
            raise
        return None
    if not loaded.config.notification.enabled:
        raise CliError("nothing is sent: notification.enabled is false in the config", FAILED)
    return loaded


def _left_to(owner: Optional[str]) -> Report:
    who = owner or "another process"
    text = f"stored; {who} delivers from this folder and takes it up within seconds"
    return Report([text], {"owner": who, "id": None, "endpoints": []})


def _store(place: Place, event: Event) -> None:
    """Before anything is sent, and before the engine looks for tasks without an end: this may be one's end."""
    with place.outbox():
        pass
    try:
        store_late(place.folder, event)
    except OutboxError as error:
        raise CliError(f"the event cannot be stored: {error}") from None


def _deliveries_of(work: Delivering, notifications: Sequence[Notification]) -> Awaited:
    """Of ours, and of ends that could only be told now."""
    records = [record for notification in notifications for record in work.history.find(notification.id)]
    return {record.id: [delivery.endpoint for delivery in record.deliveries] for record in records}


def _ours(accepted: Sequence[Notification], event: Event) -> Optional[Notification]:
    """The last of its kind: ends that were never told come after it, but those are of other tasks."""
    task_id = event.fields.get("task_id")
    for notification in reversed(accepted):
        payload = notification.payload
        if (payload.event, payload.plugin.id) == (event.name, event.plugin_id) and task_id in (None, payload.task_id):
            return notification
    return None


def _fields_of_file(name: str) -> Mapping[str, Any]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
        fields = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise CliError(f"no payload can be read from {name}: {error}") from None
    if not isinstance(fields, dict):
        raise CliError(f'{name} is no JSON object such as {{"cost_s": 12.5, "backup": {{"id": 7}}}}')
    return fields


def _fields_of_text(given: List[str]) -> Mapping[str, Any]:
    fields: Dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        path = name.strip().split(".")
        if not equals or not all(path):
            raise CliError(f"{text!r} is no field: write NAME=VALUE, such as backup.id=7")
        inner = fields
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise CliError(f"{name} is a field inside of a field that has a value already")
        inner[path[-1]] = _value(path, value)
    return fields


def _value(path: Sequence[str], text: str) -> Any:
    """Texts as they are; elsewhere JSON, where it is that: ``12.5``, ``true``, ``["world"]``."""
    expected: Any = Payload
    for part in path:
        expected = member(expected, part)
    if expected in _TEXTS:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
