"""Addresses of services and proxies, parsed without a connection."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Container, Optional, Tuple
from urllib.parse import unquote

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from prime_notify.model.failure import FailureKind, UnsendableError
from prime_notify.text.wording import Wording

__all__ = [
    "PORTS",
    "PROXY_LOGIN",
    "Proxy",
    "basic_authorization",
    "configured_proxy",
    "host_of",
    "parse_address",
    "proxy_of",
]

PORTS = {"http": 80, "https": 443}
PROXY_LOGIN = Wording(
    "check the proxy's user and password, in the endpoint's \"proxy\" or in the environment (HTTP_PROXY, HTTPS_PROXY)",
    "请检查代理的用户名与密码：在该推送目标的 proxy 中，或在环境变量 HTTP_PROXY 与 HTTPS_PROXY 中",
)
"""The hint for HTTP 407, whether the proxy answers so to a request or to CONNECT."""

_PROXY_PORTS = {"http": 80, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True)
class Proxy:
    """A proxy; ``kind`` is the scheme of its address. ``user`` is user and password, as ``user:password``.

    ``configured``: whether it is the endpoint's own, not the environment's.
    """

    host: str
    port: int
    user: Optional[str] = field(repr=False)
    kind: str = "http"
    configured: bool = False

    @property
    def is_socks(self) -> bool:
        return self.kind != "http"

    @property
    def authorization(self) -> Optional[str]:
        """The value of an HTTP proxy's Proxy-Authorization header."""
        return None if self.is_socks else basic_authorization(self.user)

    @property
    def credentials(self) -> Tuple[Optional[str], Optional[str]]:
        """User and password for a SOCKS proxy."""
        if self.user is None:
            return None, None
        name, _, password = self.user.partition(":")
        return unquote(name), unquote(password)


_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")


def parse_address(url: str, schemes: Container[str] = frozenset(PORTS)) -> Url:
    if _UNPRINTABLE.search(url.strip()):
        raise _invalid(Wording("the URL contains a space or a control character", "URL 中有空格或控制字符"))
    try:
        parts = parse_url(url.strip())
    except (LocationParseError, ValueError):  # its message would show the URL
        raise _invalid(Wording("the URL cannot be understood", "无法理解该 URL")) from None
    if parts.scheme not in schemes:
        raise _invalid(Wording("the URL does not begin with http:// or https://", "URL 不以 http:// 或 https:// 开头"))
    if not parts.host:
        raise _invalid(Wording("the URL names no host", "URL 中没有主机名"))
    return parts


def host_of(parts: Url) -> str:
    return (parts.host or "").strip("[]")


def configured_proxy(address: str) -> Proxy:
    """The proxy of an endpoint's config.

    :raises UnsendableError: the address is none.
    """
    proxy = proxy_of(address, configured=True)
    if proxy is None:
        hint = Wording(
            'write "http://host:port", "socks5://host:port", perhaps with "user:password@", or "direct"',
            "请写 http://host:port、socks5://host:port（可带 user:password@）或 direct",
        )
        reason = Wording("the configured proxy cannot be understood", "无法理解所配置的代理")
        raise UnsendableError(FailureKind.PROXY, reason, hint)
    return proxy


def proxy_of(address: str, *, configured: bool) -> Optional[Proxy]:
    try:
        parts = parse_address(address if "://" in address else f"http://{address}", _PROXY_PORTS)
    except UnsendableError:
        return None
    kind = parts.scheme or "http"
    return Proxy(host_of(parts), parts.port or _PROXY_PORTS[kind], parts.auth, kind, configured)


def _invalid(reason: Wording) -> UnsendableError:
    hint = Wording('write it as "https://host/path"', "请写成 https://host/path 的形式")
    return UnsendableError(FailureKind.INVALID_URL, reason, hint)


def basic_authorization(auth: Optional[str]) -> Optional[str]:
    if auth is None:
        return None
    return "Basic " + base64.b64encode(unquote(auth).encode("utf-8")).decode("ascii")
