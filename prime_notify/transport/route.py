"""Where a URL leads: the peer to connect to, what to say to it, and through which proxy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Tuple

import requests.utils
from urllib3.util import Url

from prime_notify.model.failure import FailureKind, UnsendableError
from prime_notify.model.proxy import (
    PORTS,
    Proxy,
    basic_authorization,
    configured_proxy,
    host_of,
    parse_address,
    proxy_of,
)
from prime_notify.model.request import DIRECT, ConnectionOptions
from prime_notify.text.wording import Wording

__all__ = ["PoolKey", "Route", "find_route"]


PoolKey = Tuple[str, int, bool, Optional[Proxy], ConnectionOptions]


@dataclass(frozen=True)
class Route:
    """All that a request needs to know about its URL and that does not change from request to request."""

    host: str
    port: int
    tls: bool
    target: str = field(repr=False)
    host_header: str
    authorization: Optional[str] = field(repr=False)
    proxy: Optional[Proxy]
    options: ConnectionOptions = field(default_factory=ConnectionOptions)

    @property
    def http_proxy(self) -> Optional[Proxy]:
        """The proxy that is to be spoken to in HTTP; through a SOCKS proxy one speaks to the peer itself."""
        return None if self.proxy is None or self.proxy.is_socks else self.proxy

    @property
    def peer(self) -> str:
        """host:port, to be shown."""
        return f"{_bracketed(self.host)}:{self.port}"

    @property
    def proxy_peer(self) -> Optional[str]:
        return None if self.proxy is None else f"{_bracketed(self.proxy.host)}:{self.proxy.port}"

    @property
    def pool_key(self) -> PoolKey:
        """Requests with the same key can share a connection."""
        return (self.host, self.port, self.tls, self.proxy, self.options)


def find_route(url: str, options: ConnectionOptions = ConnectionOptions()) -> Route:  # noqa: B008 - immutable
    """Takes a URL apart; the proxy is the configured one, else the environment's, which is asked as requests does.

    :raises UnsendableError: for a URL or a proxy that is none.
    """
    parts = parse_address(url)
    tls = parts.scheme == "https"
    host, port = _host_and_port(parts)
    default_port = parts.port in (None, PORTS[parts.scheme or "http"])
    host_header = _bracketed(host) if default_port else f"{_bracketed(host)}:{port}"
    proxy = _find_proxy(f"{parts.scheme}://{host_header}/", options.proxy)
    target = parts.request_uri
    if (
        proxy is not None and not proxy.is_socks and not tls
    ):  # in clear text a proxy is asked with the whole URL (RFC 9112, 3.2.2)
        target = f"http://{host_header}{target}"
    return Route(host, port, tls, target, host_header, basic_authorization(parts.auth), proxy, options)


def _host_and_port(parts: Url) -> Tuple[str, int]:
    return host_of(parts), parts.port or PORTS[parts.scheme or "http"]


def _find_proxy(origin: str, configured: Optional[str]) -> Optional[Proxy]:
    if configured == DIRECT:
        return None
    if configured is not None:
        return configured_proxy(configured)
    found = requests.utils.select_proxy(origin, requests.utils.get_environ_proxies(origin))
    proxy = proxy_of(found, configured=False) if found else None
    if found and proxy is None:
        raise UnsendableError(
            FailureKind.PROXY,
            Wording(
                "the proxy set in the environment is not of the form http://host:port",
                "环境变量中的代理不是 http://host:port 的形式",
            ),
            Wording(
                "correct HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, or list the host in NO_PROXY",
                "请更正 HTTP_PROXY、HTTPS_PROXY 或 ALL_PROXY，或把该主机加入 NO_PROXY",
            ),
        )
    return proxy


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
