"""The fields of a payload, and how each is read from the values of a source."""

from __future__ import annotations

import traceback
from pathlib import PurePath
from typing import Any, Dict, List, Mapping, Optional, Type

from pydantic import BaseModel, ValidationError

from prime_notify.model.event import Severity
from prime_notify.model.figures import Overdue, Report, Storage
from prime_notify.model.reading import Fields, Parse, Reading, UnusableError
from prime_notify.model.scalars import (
    SHORT,
    count,
    date,
    flag,
    maybe_empty,
    seconds,
    short_text,
    text_of,
    timestamp,
    traceback_text,
)
from prime_notify.text.clean import as_dict, clean_text

__all__ = ["TOP_LEVEL"]

_COMMENT = 4096
_MESSAGE = 8192
_TAGS_BYTES = 4096
_MOST_TARGETS = 256
_FIGURES_BYTES = 65536


# people


def _operator(reading: Reading, path: str, value: Any) -> Dict[str, str]:
    if isinstance(value, str):
        return _operator_of_text(short_text(reading, path, value) or "")
    if not isinstance(value, Mapping):
        raise UnusableError('a text "type:name" or an object with type and name')
    given = reading.members(value, _OPERATOR)
    if "type" not in given and "name" not in given:
        return _operator_of_text(given.get("full", ""))
    kind, name = given.get("type", "literal"), given.get("name", "")
    return {"type": kind, "name": name, "full": given.get("full", f"{kind}:{name}")}


def _operator_of_text(text: str) -> Dict[str, str]:
    """A text without a colon is a name alone. The type is then ``literal``, as in Prime Backup."""
    if not text:
        raise UnusableError("a type or a name")
    kind, colon, name = text.partition(":")
    return {"type": kind, "name": name, "full": text} if colon else _literal(text)


def _literal(name: str) -> Dict[str, str]:
    return {"type": "literal", "name": name, "full": f"literal:{name}"}


def _creator(reading: Reading, path: str, value: Any) -> Optional[str]:
    """A text, or an operator."""
    found: Optional[str] = (
        _operator(reading, path, value)["full"] if isinstance(value, Mapping) else short_text(reading, path, value)
    )
    return found


def _source(reading: Reading, path: str, value: Any) -> Dict[str, str]:
    if isinstance(value, str):
        kind, _, name = (short_text(reading, path, value) or "").partition(":")
        given = {"type": kind, "name": name} if name else {"type": kind}
    elif isinstance(value, Mapping):
        given = reading.members(value, _SOURCE)
        if "name" in given:
            given.setdefault("type", "unknown")
    else:
        raise UnusableError("a text or an object with type and name")
    if not given.get("type"):
        raise UnusableError("a type")
    return given


# the rest


def _targets(reading: Reading, path: str, value: Any) -> List[str]:
    if isinstance(value, (str, PurePath)):
        value = [value]
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise UnusableError("a list of texts")
    given = list(value)
    fit = [target for target in given[:_MOST_TARGETS] if isinstance(target, (str, PurePath))]
    if len(fit) < len(given):
        reading.warn(
            f'{len(given) - len(fit)} of {len(given)} entries of "{path}" are left out: not texts, or too many'
        )
    texts = [str.__str__(target) if isinstance(target, str) else str(target) for target in fit]
    clean = [clean_text(text, SHORT) for text in texts]
    return clean if isinstance(value, (list, tuple)) else sorted(clean)


def _tags(reading: Reading, path: str, value: Any) -> Dict[str, Any]:
    if isinstance(value, Mapping):
        return reading.json(path, value, _TAGS_BYTES)
    raise UnusableError("an object")


def _error(reading: Reading, path: str, value: Any) -> Dict[str, str]:
    if isinstance(value, BaseException):
        value = _describe(value)
    if isinstance(value, str):
        value = {"message": value}
    if not isinstance(value, Mapping):
        raise UnusableError("an exception, a text, or an object with type and message")
    given = reading.members(value, _ERROR)
    if not given:
        raise UnusableError("a type or a message")
    return {"type": "Error", "message": "", **given}


def _describe(error: BaseException) -> Dict[str, str]:
    """An exception as the payload shows it. An exception that cannot be printed still has its type."""
    described = {"type": type(error).__name__}
    try:
        described["message"] = str(error)
        if error.__traceback__ is not None:
            described["traceback"] = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except Exception:  # noqa: BLE001  (a foreign exception's own code)
        described.setdefault("message", "(it cannot be shown)")
    return described


def _severity(_reading: Reading, _path: str, value: Any) -> Severity:
    names = [severity.value for severity in Severity]
    name = str.__str__(value).strip().lower() if isinstance(value, str) else ""
    if name not in names:
        raise UnusableError(" or ".join(names))
    return Severity(name)


def _same(reading: Reading, path: str, value: Any) -> None:
    """Reads ``event``, ``task`` or ``status``: the dispatched event's own value counts, another one gives a warning."""
    name = reading.name
    expected = {"event": name.value, "task": name.task.value, "status": name.status.value}[path]
    if not isinstance(value, str) or str.__str__(value) != expected:
        raise UnusableError(f'"{expected}", as the event was dispatched')


def _mapping(fields: Fields) -> Parse:
    def parse(reading: Reading, _path: str, value: Any) -> Optional[Dict[str, Any]]:
        if isinstance(value, Mapping):
            return reading.members(value, fields) or None
        raise UnusableError("an object")

    return parse


def _raw_mapping(_reading: Reading, _path: str, value: Any) -> Dict[Any, Any]:
    if isinstance(value, Mapping):
        return as_dict(value)
    raise UnusableError("an object")


def _figures(model: Type[BaseModel]) -> Parse:
    """The figures of an event of ours, which :mod:`prime_notify.model.figures` describes."""

    def parse(reading: Reading, path: str, value: Any) -> Dict[str, Any]:
        if isinstance(value, BaseModel):
            value = value.model_dump()
        if not isinstance(value, Mapping):
            raise UnusableError("an object")
        try:
            found = model.model_validate(reading.json(path, value, _FIGURES_BYTES))
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise UnusableError(f"the figures that the documentation names (see {place})") from None
        return found.model_dump()

    return parse


_OPERATOR = Fields("operator.", {"type": short_text, "name": maybe_empty, "full": short_text})
_SOURCE = Fields("source.", {"type": short_text, "name": short_text})
_ERROR = Fields("error.", {"type": short_text, "message": text_of(_MESSAGE), "traceback": traceback_text})
_PLUGIN = Fields("plugin.", {"id": short_text, "version": short_text})
_SERVER = Fields("server.", {"running": flag, "name": short_text})
_BACKUP = Fields(
    "backup.",
    {
        "id": count,
        "date": date,
        "comment": text_of(_COMMENT, empty=True),
        "creator": _creator,
        "targets": _targets,
        "tags": _tags,
        "file_count": count,
        "raw_size": count,
        "stored_size": count,
    },
)

TOP_LEVEL = Fields(
    "",
    {
        "event": _same,
        "task": _same,
        "status": _same,
        "severity": _severity,
        "timestamp": timestamp,
        "task_id": short_text,
        "plugin": _mapping(_PLUGIN),
        "server": _mapping(_SERVER),
        "backup": _mapping(_BACKUP),
        "operator": _operator,
        "source": _source,
        "cost_s": seconds,
        "message": text_of(_MESSAGE),
        "error": _error,
        "overdue": _figures(Overdue),
        "storage": _figures(Storage),
        "report": _figures(Report),
        "title": short_text,
        "body": text_of(_MESSAGE),
        "desp": text_of(_MESSAGE),
        "extra": _raw_mapping,
        "test": flag,
    },
)
