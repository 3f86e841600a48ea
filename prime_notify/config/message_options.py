"""Options of an endpoint that shape its messages: buttons, mentions and templates."""

from __future__ import annotations

import fnmatch
from typing import Any, Callable, Dict, List, Optional

from pydantic import AfterValidator, BeforeValidator, ConfigDict, WithJsonSchema, field_validator
from typing_extensions import Annotated

from prime_notify.config.choices import SeverityChoice, TextList, as_list
from prime_notify.config.connection_options import http_url
from prime_notify.config.option import Options, option
from prime_notify.model.event import EventName, Severity
from prime_notify.templates import Mode, check_template
from prime_notify.text.suggestions import closest, one_of
from prime_notify.text.time_zone import time_zone
from prime_notify.text.wording import Wording

__all__ = ["DIGEST", "Action", "Mention", "Templates", "TimeZone"]


def _zone_name(text: str) -> str:
    time_zone(text)
    return text


TimeZone = Annotated[str, AfterValidator(_zone_name)]
"""The time zone of shown times (:func:`prime_notify.text.time_zone.time_zone`), as written."""


class Action(Options):
    """A button, or a link where the service has no buttons."""

    label: str = option(
        ...,
        "The text of the button.",
        "按钮上的文字。",
        example="Dashboard",
        min_length=1,
        max_length=40,
        content=True,
    )
    url: str = option(
        ...,
        "The address that the button opens: http:// or https://.",
        "点击后打开的地址，http:// 或 https://。",
        example="https://example.com/backups",
        content=True,
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return http_url(url)


class Mention(Options):
    """The people that a message mentions, in the way of each service. Kinds that a service lacks are left out there."""

    users: TextList = option(
        list,
        "Ids of users, as the service writes them.",
        "用户 id，按该服务的写法。",
        example=["123456789"],
        content=True,
    )
    phones: TextList = option(
        list,
        "Phone numbers, for DingTalk and WeCom.",
        "手机号，用于钉钉和企业微信。",
        example=["13800000000"],
        content=True,
    )
    roles: TextList = option(
        list,
        "Ids of roles (Discord) or user groups (Slack).",
        "角色（Discord）或用户组（Slack）的 id。",
        example=["987654321"],
        content=True,
    )
    all: bool = option(False, "Whether everyone is mentioned.", "是否 @ 所有人。", example=True, public=True)
    on: Annotated[List[SeverityChoice], BeforeValidator(as_list)] = option(
        lambda: [Severity.ERROR],
        "The severities that mention people.",
        "哪些严重程度才 @ 人。",
        example=["warning", "error"],
        public=True,
    )


DIGEST = "digest"
"""The name, among those of events, for a message with several notifications. No pattern matches it: a template for one
event would show only one of them."""

_EVENTS = [event.value for event in EventName]
_ALL = "*"


def _by_event(value: Any) -> Any:
    """A single template is for every event."""
    return {_ALL: value} if isinstance(value, str) else value


def _event_pattern(text: str) -> str:
    pattern = text.strip().lower().replace("-", "_")
    if pattern != DIGEST and not fnmatch.filter(_EVENTS, pattern):
        meant = closest(pattern, [*_EVENTS, DIGEST])
        raise ValueError(
            Wording(
                '{meant}write "*", "{digest}", an event or a pattern of them: {events}',
                '{meant}请写 "*"、"{digest}"、事件名或其模式：{events}',
                meant=meant,
                digest=DIGEST,
                events=one_of(_EVENTS),
            )
        )
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
    """Texts that replace the default ones: one template for all events, or an object with one for each event."""

    model_config = ConfigDict(str_strip_whitespace=False)  # blanks are part of a text

    title: _Texts = option(
        None,
        'The title: one template, or one for each event: {"backup_failure": "...", "*": "...", "digest": "..."}. '
        '"digest" is for a message with several notifications; "*" does not include it.',
        '标题：一个模板，或按事件给出多个模板：{"backup_failure": "...", "*": "...", "digest": "..."}。'
        "digest 用于汇总多条通知的消息，* 不包括它。",
        example={"backup_failure": "Backup failed!", "*": "{{ event }}", "digest": "{{ digest.count }} backups"},
        content=True,
    )
    body: _Texts = option(
        None,
        "The text that replaces the default fields; written like `title`.",
        "正文，替换默认显示的各个字段；写法与 `title` 相同。",
        example="{{ error.message if error else cost_s|duration }}",
        content=True,
    )
    desp: _Markdown = option(
        None,
        "The text in Markdown, for services that show Markdown. Inserted values are escaped.",
        "Markdown 正文，用于支持 Markdown 的服务；插入的内容会被转义。",
        example="**{{ backup.comment }}**",
        content=True,
    )

    def find(self, text: str, event: str) -> Optional[str]:
        """The template of ``title``, ``body`` or ``desp`` for an event or :data:`DIGEST`.

        For an event, its own template comes first, then patterns in their order, then ``*``.
        """
        by_event: Dict[str, str] = getattr(self, text) or {}
        if event == DIGEST:
            return by_event.get(DIGEST)
        patterns = [event, *(pattern for pattern in by_event if pattern != _ALL), _ALL]
        return next((by_event[one] for one in patterns if one in by_event and fnmatch.fnmatch(event, one)), None)
