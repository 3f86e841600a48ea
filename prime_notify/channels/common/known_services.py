"""The addresses by which the services of our channels are recognized."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Pattern, Tuple
from urllib.parse import SplitResult, urlsplit

__all__ = ["is_own_server", "service_at"]


@dataclass(frozen=True)
class _Addresses:
    """Addresses of the service of a channel's ``type``. Without a ``host``, the path is enough, at any host."""

    type: str
    path: Pattern[str]
    host: str = ""

    def have(self, parts: SplitResult) -> bool:
        host_fits = not self.host or re.fullmatch(self.host, parts.hostname or "")
        return bool(host_fits and self.path.match(parts.path))


def _at(type: str, host: str, path: str = "") -> _Addresses:
    return _Addresses(type, re.compile(path), host)


_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

_AUTOMATION = "/base/automation/"
_FLOW = r"(?:/.*)?/workflows/[^/]+/triggers/[^/]+/(?:paths/invoke|run)"

_ADDRESSES: Tuple[_Addresses, ...] = (
    _at("bark", r"api\.day\.app"),
    _at("dingtalk", r"oapi\.dingtalk\.com"),
    _at("discord", r"(?:\w+\.)?discord(?:app)?\.com", r"/api/(?:v[0-9]+/)?webhooks/"),
    _at("feishu", r"(?:open|www)\.feishu\.cn", r"/(?:open-apis|flow/api)/"),
    _at("feishu", r"[\w-]+\.feishu\.cn", _AUTOMATION),
    _at("healthchecks", r"hc-ping\.com"),
    _at("kook", r"(?:www\.)?(?:kookapp|kaiheila)\.cn", r"/api/"),
    _at("lark", r"(?:open|www)\.lark(?:suite|office)\.com", r"/(?:open-apis|flow/api)/"),
    _at("lark", r"(?:[\w-]+\.)+lark(?:suite|office)\.com", _AUTOMATION),
    _at("ntfy", r"ntfy\.sh"),
    _at("pushplus", r"(?:www\.)?pushplus\.plus|pushplus\.hxtrip\.com"),
    _at("serverchan", r"sctapi\.ftqq\.com|.+\.push\.ft07\.com"),
    _at("slack", r"hooks\.slack(?:-gov)?\.com"),
    _at("slack", r"(?:[\w-]+\.)?slack(?:-gov)?\.com", r"/api/"),
    _at("teams", r"(?:.+\.)?(?:logic\.azure\.(?:com|us)|api\.(?:gov\.)?powerplatform\.(?:com|us))", _FLOW),
    _at("telegram", r"api\.telegram\.org"),
    _at("wecom", r"qyapi\.weixin\.qq\.com"),
    # Servers of one's own, by paths that nothing else has
    _at("healthchecks", "", rf"(?:/.*)?/ping/{_UUID}(?:/|$)"),
    _at("uptime_kuma", "", r"(?:/.*)?/api/push/(?:[A-Za-z0-9]{10}|[A-Za-z0-9]{32})/?$"),
    _at("matrix", "", r"(?:/.*)?/_matrix/client/(?:r0|v[0-9])/rooms/[^/]+/send/"),
    _at("mattermost", "", r"(?:/.*)?/hooks/[a-z0-9]{26}/?$"),
    _at("rocketchat", "", r"(?:/.*)?/hooks/[A-Za-z0-9]{17,24}/(?:[A-Za-z0-9]{17}/)?[A-Za-z0-9%_-]{20,}/?$"),
    _at("onebot", "", r"(?:/.*)?/send_(?:group|private)_msg(?:_async|_rate_limited)?/?$"),
)


def service_at(url: str) -> str:
    """The type of the channel whose service has this address; empty for any other address. Total."""
    parts = _split(url)
    return next((known.type for known in _ADDRESSES if known.have(parts)), "")


def is_own_server(url: str) -> bool:
    """Whether an address is not that of a public service, so that a proxy or a tunnel of its owner may stand before it.

    Total.
    """
    parts = _split(url)
    return not any(known.host and re.fullmatch(known.host, parts.hostname or "") for known in _ADDRESSES)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        return parts if parts.hostname else SplitResult("", "", "", "", "")
    except ValueError:
        return SplitResult("", "", "", "", "")
