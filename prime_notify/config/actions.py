"""What goes along with a message: buttons, and who is called by name."""

from __future__ import annotations

from typing import List
from urllib.parse import urlsplit

from pydantic import BeforeValidator, field_validator
from typing_extensions import Annotated

from prime_notify.config.event_words import SeverityWord, TextList, listed
from prime_notify.config.option import Options, option
from prime_notify.model.event import Severity

__all__ = ["Action", "Mention", "http_url"]


def http_url(url: str) -> str:
    """The URL itself. Raises ValueError for one that is not http or https with a host."""
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


class Action(Options):
    """A button, or a link where the service has no buttons."""

    label: str = option(
        ..., "What stands on it.", "按钮上的文字。", example="Dashboard", min_length=1, max_length=40, content=True
    )
    url: str = option(
        ...,
        "Where it leads: http:// or https://.",
        "指向的地址，http:// 或 https://。",
        example="https://example.com/backups",
        content=True,
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return http_url(url)


class Mention(Options):
    """Who is called by name, in each service's own way; a kind that a service does not know is left out there."""

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
    all: bool = option(False, "Whether everyone is called.", "是否 @ 所有人。", example=True, public=True)
    on: Annotated[List[SeverityWord], BeforeValidator(listed)] = option(
        lambda: [Severity.ERROR],
        "On which severities.",
        "在哪些严重程度时。",
        example=["warning", "error"],
        public=True,
    )
