"""Types of options that choose among events, tasks and severities, and the spellings that they accept."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from typing_extensions import Annotated

from prime_notify.model.event import EventName, Severity, Status, Task
from prime_notify.text.suggestions import closest, one_of
from prime_notify.text.wildcard import fits, has_wildcard
from prime_notify.text.wording import NOTHING, Wording

__all__ = [
    "EventChoice",
    "EventChoices",
    "SeverityChoice",
    "TaskChoices",
    "TextList",
    "as_choice",
    "as_list",
    "at_least_one",
    "matching_events",
]

_NAMES = tuple(dict.fromkeys([*(event.value for event in EventName), *(task.value for task in Task)]))
_PATTERNS = tuple(f"*_{status.value}" for status in Status)


def as_choice(value: object) -> object:
    """The usual spelling of a choice: ``"Backup-Success "`` is ``"backup_success"``."""
    return value.strip().lower().replace("-", "_") if isinstance(value, str) else value


def as_list(value: object) -> object:
    """A list as it is; a single item as a list of one."""
    return value if isinstance(value, list) else [value]


def at_least_one(items: List[Any]) -> List[Any]:
    """:raises ValueError: the list is empty, so that nothing could match it."""
    if not items:
        raise ValueError(Wording("write at least one, or leave the option out", "请至少写一项，或去掉此选项"))
    return items


EventChoice = Annotated[EventName, BeforeValidator(as_choice)]
SeverityChoice = Annotated[Severity, BeforeValidator(as_choice)]
TaskChoices = Annotated[
    List[Annotated[Task, BeforeValidator(as_choice)]],
    BeforeValidator(as_list),
    AfterValidator(at_least_one),
    WithJsonSchema({"type": "array", "items": {"enum": [task.value for task in Task]}, "minItems": 1}),
]

TextList = Annotated[List[Annotated[str, Field(min_length=1)]], BeforeValidator(as_list)]


def matching_events(item: object) -> Tuple[EventName, ...]:
    """The events that an item stands for: the name of an event or a task (``backup``), or a pattern (``*_failure``).

    :raises ValueError: no event matches; the message suggests a similar name.
    """
    text = as_choice(item)
    if isinstance(text, str):
        events = tuple(event for event in EventName if text == event.task.value or fits(text, event.value))
        if events:
            return events
        similar = closest(text, (*_NAMES, *_PATTERNS))
        said = Wording("no event fits this; ", "没有匹配的事件；") if has_wildcard(text) else NOTHING
        raise ValueError(
            Wording(
                '{similar}{said}write one of {names}, or a pattern such as "*_failure"',
                '{similar}{said}请写以下之一：{names}，或 "*_failure" 之类的模式',
                similar=similar,
                said=said,
                names=one_of(_NAMES),
            )
        )
    raise ValueError(
        Wording(
            'write one of {names}, or a pattern such as "*_failure"',
            '请写以下之一：{names}，或 "*_failure" 之类的模式',
            names=one_of(_NAMES),
        )
    )


class _EventPatterns:
    """Validates a list of such items into the events that they stand for, each once."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        items = core_schema.list_schema(core_schema.no_info_plain_validator_function(matching_events))
        return core_schema.no_info_after_validator_function(_joined, items)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        item = {"anyOf": [{"enum": list(_NAMES)}, {"type": "string", "pattern": "[*?]"}]}
        return {"type": "array", "items": item, "minItems": 1}


EventChoices = Annotated[List[EventName], _EventPatterns()]


def _joined(items: Sequence[Tuple[EventName, ...]]) -> List[EventName]:
    return list(dict.fromkeys(event for events in items for event in events))
