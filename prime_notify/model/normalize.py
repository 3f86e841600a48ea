"""An event of a source, made into a payload that any receiver can read. No field can make it fail."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

from prime_notify.model.event import Event
from prime_notify.model.fields import TOP_LEVEL
from prime_notify.model.payload import Payload, Timestamp
from prime_notify.model.reading import Reading
from prime_notify.model.scalars import short_text
from prime_notify.text.clean import clean_text

__all__ = ["Normalized", "normalize", "timestamp_of"]

_EPOCH = datetime.datetime(1970, 1, 1)
_EXTRA_BYTES = 16384
_NAME = 128


@dataclass(frozen=True)
class Normalized:
    """A payload, and a warning for each field that could not be used as it was."""

    payload: Payload
    warnings: Tuple[str, ...]


def normalize(
    event: Event, *, id: str, task_id: str, now: float, server_running: Optional[bool], server_name: Optional[str]
) -> Normalized:
    """Reads an event. Nothing that the event carries makes it raise.

    A field that cannot be used is left out with a warning, and costs no other field. Texts lose control characters and
    are cut to sensible lengths. Fields of the event win over ``now`` (unix seconds), ``server_running`` and
    ``server_name``. Fields with unknown names are kept in ``extra`` under their name (``backup.foo`` for a member),
    unless ``extra`` has that name already.
    """
    plugin_id = clean_text(event.plugin_id, _NAME)
    reading = Reading(event.name, plugin_id, now)
    known = _read(reading, event.fields)
    version = reading.take("plugin.version", event.plugin_version, short_text)
    payload: Dict[str, Any] = {
        "id": id,
        "severity": event.name.default_severity,
        **known,
        "event": event.name,
        "task": event.name.task,
        "status": event.name.status,
        "timestamp": timestamp_of(known.get("timestamp", now)),
        "task_id": clean_text(task_id, _NAME),
        "plugin": {"id": plugin_id, **_present(version=version), **known.get("plugin", {})},
    }
    ours = _present(running=server_running, name=reading.take("server.name", server_name, short_text))
    _put(payload, "server", {**ours, **known.get("server", {})})
    _put(payload, "extra", _extra(reading, known.get("extra", {})))
    _put(payload, "test", event.test or known.get("test", False))
    return Normalized(Payload.model_validate(payload), tuple(reading.warnings))


def _read(reading: Reading, fields: Any) -> Dict[str, Any]:
    def parse(reading: Reading, _path: str, value: Any) -> Dict[str, Any]:
        return reading.members(value, TOP_LEVEL)

    found: Optional[Dict[str, Any]] = reading.take("fields", fields, parse)
    return found or {}


def _extra(reading: Reading, given: Mapping[Any, Any]) -> Dict[str, Any]:
    if not given and not reading.unknown:
        return {}
    strangers = {name: value for name, value in reading.unknown.items() if name not in given}
    return reading.json("extra", {**given, **strangers}, _EXTRA_BYTES)


def timestamp_of(unix: float) -> Timestamp:
    """A moment, in milliseconds."""
    unix = round(unix, 3)
    moment = _EPOCH + datetime.timedelta(seconds=unix)
    return Timestamp(unix=unix, iso=moment.isoformat(timespec="milliseconds") + "Z")


def _present(**values: Any) -> Dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _put(payload: Dict[str, Any], name: str, value: Any) -> None:
    """Sets a field, or removes it when its value is empty."""
    if value:
        payload[name] = value
    else:
        payload.pop(name, None)
