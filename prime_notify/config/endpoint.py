"""The options that every endpoint has, whatever its type."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Optional, Tuple, Union
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from typing_extensions import Annotated, Literal

from prime_notify.config.duration import Duration
from prime_notify.config.filter import Filter
from prime_notify.config.option import option
from prime_notify.config.quiet import DedupeConfig, DigestConfig, GroupName, QuietHoursConfig, Repeat
from prime_notify.config.rate import Rate
from prime_notify.config.words import EventWord, EventWords, SeverityWord, listed, word
from prime_notify.model.event import Severity

__all__ = ["Action", "EndpointConfig", "EventWord", "Language", "Lifecycle", "Mention", "SeverityWord", "listed"]


Language = Annotated[Literal["en_us", "zh_cn"], BeforeValidator(word)]
Lifecycle = Annotated[Literal["separate", "reply", "update"], BeforeValidator(word)]
_Words = Annotated[List[Annotated[str, Field(min_length=1)]], BeforeValidator(listed)]
_Rates = Annotated[List[Rate], BeforeValidator(listed)]

_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # token, RFC 9110 section 5.6.2


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True, hide_input_in_errors=True
    )


class Action(_Part):
    """A button, or a link where the service has no buttons."""

    label: str = Field(min_length=1, max_length=40, description="What stands on it.")
    url: str = Field(description="Where it leads: http:// or https://.")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return _http_url(url)


class Mention(_Part):
    """Who is called by name, in each service's own way; a kind that a service does not know is left out there."""

    users: _Words = Field(default_factory=list, description="Ids of users, as the service writes them.")
    phones: _Words = Field(default_factory=list, description="Phone numbers, for DingTalk and WeCom.")
    roles: _Words = Field(default_factory=list, description="Ids of roles (Discord) or user groups (Slack).")
    all: bool = Field(False, description="Whether everyone is called.")
    on: Annotated[List[SeverityWord], BeforeValidator(listed)] = Field(
        default_factory=lambda: [Severity.ERROR], description="On which severities."
    )


class EndpointConfig(BaseModel):
    """One configured destination. Channels subclass it and add an options object named like their type.

    A field whose value is a secret says so with ``json_schema_extra={"secret": True}``: it is then masked in whatever
    the endpoint logs or answers. ``url`` and ``headers`` are secret by themselves.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
    )

    name: str = Field(
        min_length=1, max_length=64, description="The endpoint's name, unique, shown in logs and commands."
    )
    type: str = Field("webhook", description="The channel.")
    enabled: bool = Field(True, description="Whether anything is sent to this endpoint.")
    url: str = Field(
        description="Where to send; may point to a self-hosted server.", json_schema_extra={"secret": True}
    )
    headers: Dict[str, str] = Field(
        default_factory=dict,
        description="Extra HTTP headers; their values are secret.",
        json_schema_extra={"secret": True},
    )
    timeout: Duration = Field(
        Duration("10s"), description='Bound of one whole attempt: "500ms", "5s", "1m", or seconds as a number.'
    )
    events: Optional[EventWords] = Field(
        None,
        description='Only these events: names, "backup", "restore", or patterns such as "*_failure"; '
        "narrows the list of the whole notification block.",
    )
    filter: Filter = option(
        Filter,
        "Only events that fit all of these rules, and none of those in its `except`.",
        "只发送符合以下所有规则、且不符合其 `except` 中任何一项的事件。",
    )
    language: Optional[Language] = Field(None, description='Language of the texts, such as "en_us" or "zh_cn".')
    traceback: bool = Field(False, description="Whether failures carry their traceback.")
    actions: List[Action] = Field(default_factory=list, max_length=5, description="Buttons or links below the message.")
    mention: Optional[Mention] = Field(None, description="Who is called by name; by default on failures only.")
    lifecycle: Lifecycle = Field(
        "separate",
        description="How the end of a task is told: on its own, as a reply to its start, or by updating that.",
    )
    retry: Optional[List[Duration]] = Field(
        None,
        max_length=50,
        description="How long to wait after each failed attempt, one entry for each; about 24 hours in all by default.",
    )
    rate_limit: Optional[_Rates] = Field(
        None,
        description='At most so many attempts, such as "20/m" or ["5/s", "100/m"]; by default what the service takes.',
    )
    expire: Optional[Union[Duration, Dict[EventWord, Duration]]] = Field(
        None,
        description='What waited longer is no longer sent: a duration, or one for each event: {"backup_start": "10m"}.',
    )
    fold_after: Optional[Duration] = Field(
        None, description="A start that waited longer than this is not sent any more when its end waits, too."
    )
    digest: Optional[DigestConfig] = option(
        None,
        "Notifications are collected and sent in one message, with totals and the failures on top.",
        "收集通知并汇总为一条消息发送：附各类总数，失败在最前。",
    )
    quiet_hours: Optional[QuietHoursConfig] = option(
        None,
        "A part of every day in which only what is severe is sent; the rest follows in one message when it ends.",
        "每天的一段时间内只发送严重的通知，其余在结束后汇总为一条消息发送。",
    )

    dedupe: Optional[DedupeConfig] = option(
        None,
        "The same failure is not told again and again, but counted.",
        "相同的失败不反复通知，而是计数。",
    )
    repeat: Optional[Repeat] = option(
        None,
        'How often to remind of a task that still fails, such as "6h", until it succeeds; that is told as well, '
        "whatever the filter says.",
        "任务仍失败时多久提醒一次，如 6h，直到成功为止；成功时也会通知，不受 filter 限制。",
    )
    fallback: Optional[_Words] = option(
        None,
        "Names of endpoints, the best first, that take over what is a warning or an error while this one cannot be "
        "reached, and the errors that it gives up.",
        "后备目标的名称，优先的在前：此目标无法送达期间的警告与错误，以及它放弃的错误，由它们接替发送。",
        max_length=10,
    )

    group: Optional[GroupName] = option(
        None,
        "The group, one of `notification.groups`, whose endpoints share the notifications.",
        "所属的组（`notification.groups` 之一），同组目标分担通知。",
    )

    def __repr_args__(self) -> Iterable[Tuple[Optional[str], Any]]:
        """What may be seen: options can hold secrets, and a repr ends up in tracebacks and logs."""
        return [("name", self.name), ("type", self.type), ("enabled", self.enabled)]

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("write a name without line breaks and other invisible characters")
        return name

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: Optional[str]) -> Optional[str]:
        return url if url is None else _http_url(url)

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: Dict[str, str]) -> Dict[str, str]:
        for name, value in headers.items():
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError('write header names of letters, digits and "-" only')
            if any(char in value for char in "\r\n\0"):
                raise ValueError(f'write the value of "{name}" on one line')
        return headers

    @field_validator("timeout")
    @classmethod
    def _check_timeout(cls, timeout: Duration) -> Duration:
        if not timeout:
            raise ValueError('write a duration above zero, such as "10s"')
        return timeout


def _http_url(url: str) -> str:
    if not _is_http_url(url):
        raise ValueError('write a whole address, such as "https://example.com/hook"')
    return url


def _is_http_url(url: str) -> bool:
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False
