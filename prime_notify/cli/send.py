"""``send``: announces an event from a script, as the Python API does from a plugin."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from prime_notify.cli.delivery_run import Awaited, DeliveryRun, delivery_run, outcome_report
from prime_notify.cli.folder_access import FolderAccess
from prime_notify.cli.parsing import Subparsers, add_command, add_timeout
from prime_notify.cli.report import FAILED, CliError, Report
from prime_notify.loading.load import LoadedConfig
from prime_notify.model.annotations import member
from prime_notify.model.event import Event, EventName
from prime_notify.model.ids import IdFactory
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import leave_events
from prime_notify.outbox.values import Received

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


def _send(options: argparse.Namespace, folder: FolderAccess) -> Report:
    fields = _fields_of_text(options.field) if options.payload is None else _fields_of_file(options.payload)
    event = Event(EventName(options.event), options.plugin, fields=fields)
    loaded = _config(folder)
    id = _store(folder, event)
    if folder.owner is not None or loaded is None:
        return _with_mistakes(_left_to(folder.owner, id), loaded)
    awaited: Awaited = {}
    with delivery_run(folder, loaded, verbose=options.verbose) as run:
        if run is not None:
            awaited = _deliveries_of(run, run.accepted)
            run.wait(awaited, float(options.timeout))
    if run is None:
        return _with_mistakes(_left_to(None, id), loaded)
    if id not in awaited:
        raise CliError(f"not sent: {event.name.value} of this task was accepted before", FAILED)
    report = outcome_report(folder, loaded, {id: awaited[id]}, id=id)
    nowhere = [] if awaited[id] or _mistakes(loaded) else ["routed to no endpoint"]
    report = Report([f"{event.name.value} {id}", *nowhere, *report.lines], report.data, report.code)
    return _with_mistakes(report, loaded)


def _mistakes(loaded: Optional[LoadedConfig]) -> List[str]:
    """A line for each endpoint that gets nothing because of a mistake, or for each problem where there is no endpoint
    at all."""
    if loaded is None:
        return []
    lines = [f"{one.name}: off: mistake at {one.problem}" for one in loaded.broken if one.enabled]
    return lines or ([] if loaded.endpoints else [f"no endpoint: mistake at {problem}" for problem in loaded.problems])


def _with_mistakes(report: Report, loaded: Optional[LoadedConfig]) -> Report:
    """The report, with the mistakes that keep the event from an endpoint, as a failure."""
    mistakes = _mistakes(loaded)
    if not mistakes:
        return report
    return Report([*report.lines, *mistakes], {**report.data, "mistakes": mistakes}, FAILED)


def _config(folder: FolderAccess) -> Optional[LoadedConfig]:
    """The config; None when it cannot be read but the folder has an owner. Raises :class:`CliError` otherwise."""
    try:
        loaded = folder.config()
    except CliError:
        if folder.owner is None:
            raise
        return None
    if not loaded.config.notification.enabled:
        why = ["nothing is sent: notification.enabled is false in the config", *map(str, loaded.problems)]
        raise CliError("\n".join(why), FAILED)
    return loaded


def _left_to(owner: Optional[str], id: str) -> Report:
    who = owner or "another process"
    text = f"stored; {who} delivers from this folder and takes it up within seconds"
    return Report([text], {"owner": who, "id": id, "endpoints": []})


def _store(folder: FolderAccess, event: Event) -> str:
    """Store the event before the engine starts: it may end a task that the engine would take for interrupted.

    Returns the id of its notification.
    """
    received = Received(IdFactory()(), event, time.time())
    with folder.outbox():
        pass
    try:
        leave_events(folder.path, [received])
    except OutboxError as error:
        raise CliError(f"the event cannot be stored: {error}") from None
    return received.id


def _deliveries_of(run: DeliveryRun, notifications: Sequence[Notification]) -> Awaited:
    """The deliveries of our event, and of the ends of interrupted tasks that were accepted with it."""
    records = [record for notification in notifications for record in run.history.find(notification.id)]
    return {record.id: [delivery.endpoint for delivery in record.deliveries] for record in records}


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
    """A text for a field of text; for others the value of JSON, such as ``12.5``, ``true`` or ``["world"]``."""
    expected: Any = Payload
    for part in path:
        expected = member(expected, part)
    if expected in _TEXTS:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
