"""The templates of an endpoint, as they stand in its config."""

from __future__ import annotations

import fnmatch
from typing import Any, Callable, Dict, Optional

from pydantic import AfterValidator, BeforeValidator, ConfigDict, WithJsonSchema
from typing_extensions import Annotated

from prime_notify.config.option import Options, option
from prime_notify.model.event import EventName
from prime_notify.templates import Mode, check_template
from prime_notify.text.suggestions import closest, one_of

__all__ = ["DIGEST", "Templates"]

DIGEST = "digest"
"""Stands, where events are named, for a message that tells of several notifications. No pattern means it, too: what is
written for one event would hide the others."""

_EVENTS = [event.value for event in EventName]
_ALL = "*"


def _by_event(value: Any) -> Any:
    """A single template is that of every event."""
    return {_ALL: value} if isinstance(value, str) else value


def _event_pattern(text: str) -> str:
    pattern = text.strip().lower().replace("-", "_")
    if pattern != DIGEST and not fnmatch.filter(_EVENTS, pattern):
        meant = closest(pattern, [*_EVENTS, DIGEST])
        raise ValueError(f'{meant}write "*", "{DIGEST}", an event or a pattern of them: {one_of(_EVENTS)}')
    return pattern


def _checked(mode: Mode) -> Callable[[str], str]:
    def check(source: str) -> str:
        check_template(source, mode)
        return source

    return check


_Pattern = Annotated[str, AfterValidator(_event_pattern)]
_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
)
_Texts = Annotated[
    Optional[Dict[_Pattern, Annotated[str, AfterValidator(_checked(Mode.TEXT))]]], BeforeValidator(_by_event), _SCHEMA
]
_Markdown = Annotated[
    Optional[Dict[_Pattern, Annotated[str, AfterValidator(_checked(Mode.MARKDOWN))]]],
    BeforeValidator(_by_event),
    _SCHEMA,
]


class Templates(Options):
    """Texts that replace the composed ones: one template for all events, or an object with one for each."""

    model_config = ConfigDict(str_strip_whitespace=False)  # blanks belong to a text

    title: _Texts = option(
        None,
        'The title: a template, or one for each event: {"backup_failure": "...", "*": "...", "digest": "..."}. '
        '"digest" is for what tells of several notifications, which "*" does not mean.',
        '标题：一个模板，或按事件给出多个模板：{"backup_failure": "...", "*": "...", "digest": "..."}。'
        "digest 用于汇总了多条通知的消息，* 不包括它。",
        example={"backup_failure": "Backup failed!", "*": "{{ event }}", "digest": "{{ digest.count }} backups"},
        content=True,
    )
    body: _Texts = option(
        None,
        "The text, shown instead of the usual fields; written like title.",
        "正文，用来代替通常的各个字段；写法与 title 相同。",
        example="{{ error.message if error else cost_s|duration }}",
        content=True,
    )
    desp: _Markdown = option(
        None,
        "The text in Markdown, for services that show that; what is inserted is escaped.",
        "Markdown 正文，用于支持 Markdown 的服务；插入的内容会被转义。",
        example="**{{ backup.comment }}**",
        content=True,
    )

    def find(self, text: str, told: str) -> Optional[str]:
        """The template of ``title``, ``body`` or ``desp`` for an event: its own, else by pattern, else that of all.

        For :data:`DIGEST`, its own only.
        """
        by_event: Dict[str, str] = getattr(self, text) or {}
        if told == DIGEST:
            return by_event.get(DIGEST)
        patterns = [told, *(pattern for pattern in by_event if pattern != _ALL), _ALL]
        return next((by_event[one] for one in patterns if one in by_event and fnmatch.fnmatch(told, one)), None)
