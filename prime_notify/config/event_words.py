"""Words of the config that name events, tasks and severities, and how they may be written."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from typing_extensions import Annotated

from prime_notify.model.event import EventName, Severity, Status, Task
from prime_notify.text.suggestions import closest, one_of
from prime_notify.text.wildcard import fits, has_wildcard

__all__ = [
    "EventWord",
    "EventWords",
    "SeverityWord",
    "TaskWords",
    "TextList",
    "at_least_one",
    "events_of",
    "listed",
    "word",
]

_WORDS = tuple(dict.fromkeys([*(event.value for event in EventName), *(task.value for task in Task)]))
_PATTERNS = tuple(f"*_{status.value}" for status in Status)


def word(value: object) -> object:
    """``"Backup-Success "`` can only mean one thing."""
    return value.strip().lower().replace("-", "_") if isinstance(value, str) else value


def listed(value: object) -> object:
    """A single item where several may stand is a list of one."""
    return value if isinstance(value, list) else [value]


def at_least_one(items: List[Any]) -> List[Any]:
    """:raises ValueError: for an empty list, which nothing could ever fit."""
    if not items:
        raise ValueError("write at least one, or leave the option out")
    return items


EventWord = Annotated[EventName, BeforeValidator(word)]
SeverityWord = Annotated[Severity, BeforeValidator(word)]
TaskWords = Annotated[
    List[Annotated[Task, BeforeValidator(word)]],
    BeforeValidator(listed),
    AfterValidator(at_least_one),
    WithJsonSchema({"type": "array", "items": {"enum": [task.value for task in Task]}, "minItems": 1}),
]

TextList = Annotated[List[Annotated[str, Field(min_length=1)]], BeforeValidator(listed)]


def events_of(item: object) -> Tuple[EventName, ...]:
    """The events that an item means: an event's name, a task's (``backup``), or a pattern such as ``*_failure``.

    :raises ValueError: it means none; says what was probably meant.
    """
    text = word(item)
    if isinstance(text, str):
        found = tuple(event for event in EventName if text == event.task.value or fits(text, event.value))
        if found:
            return found
        known = closest(text, (*_WORDS, *_PATTERNS))
        said = "no event fits this; " if has_wildcard(text) else ""
        raise ValueError(f'{known}{said}write one of {one_of(_WORDS)}, or a pattern such as "*_failure"')
    raise ValueError(f'write one of {one_of(_WORDS)}, or a pattern such as "*_failure"')


class _EventPatterns:
    """Validates a list of such items into the events that they mean, each once."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        items = core_schema.list_schema(core_schema.no_info_plain_validator_function(events_of))
        return core_schema.no_info_after_validator_function(_joined, items)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        item = {"anyOf": [{"enum": list(_WORDS)}, {"type": "string", "pattern": "[*?]"}]}
        return {"type": "array", "items": item, "minItems": 1}


EventWords = Annotated[List[EventName], _EventPatterns()]


def _joined(items: Sequence[Tuple[EventName, ...]]) -> List[EventName]:
    return list(dict.fromkeys(event for events in items for event in events))
