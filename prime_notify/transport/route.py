"""The route of a request: the peer to connect to, the target to ask it for, and the proxy on the way."""

from __future__ import annotations

import functools
import urllib.request
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
from prime_notify.version import __version__

__all__ = ["EnvironmentProxies", "PoolKey", "Route", "find_route"]


PoolKey = Tuple[str, int, bool, Optional[Proxy], ConnectionOptions]


@dataclass(frozen=True)
class Route:
    """Everything about a URL that is the same for each of its requests."""

    host: str
    port: int
    tls: bool
    target: str = field(repr=False)
    host_header: str
    authorization: Optional[str] = field(repr=False)
    proxy: Optional[Proxy]
    options: ConnectionOptions = field(default_factory=ConnectionOptions)

    @functools.cached_property
    def http_proxy(self) -> Optional[Proxy]:
        """The proxy, if it takes requests in HTTP. A SOCKS proxy does not: it only connects to the peer."""
        return None if self.proxy is None or self.proxy.is_socks else self.proxy

    @property
    def needs_tunnel(self) -> bool:
        """Whether an HTTP proxy has to connect to the peer itself: for TLS, and for a peer that has no ``target``, as
        SMTP is no HTTP.
        """
        return self.http_proxy is not None and (self.tls or not self.target)

    @functools.cached_property
    def header_lines(self) -> Tuple[Tuple[str, str], ...]:
        """The headers that each request has unless it brings its own: their names in lower case, and the lines."""
        lines = [f"Host: {self.host_header}", f"User-Agent: PrimeNotify/{__version__}"]
        if self.authorization is not None:
            lines.append(f"Authorization: {self.authorization}")
        if self.http_proxy is not None and not self.tls and self.http_proxy.authorization is not None:
            lines.append(f"Proxy-Authorization: {self.http_proxy.authorization}")
        return tuple((line.partition(":")[0].lower(), line) for line in lines)

    @property
    def peer(self) -> str:
        """host:port, for people."""
        return f"{_bracketed(self.host)}:{self.port}"

    @property
    def authority(self) -> str:
        """host:port, for a proxy that connects to the peer."""
        return f"{_named(self.host)}:{self.port}"

    @property
    def server_name(self) -> str:
        """The name that the peer's certificate is for."""
        return _named(self.host).strip("[]")

    @property
    def proxy_peer(self) -> Optional[str]:
        """The proxy's host:port, for people."""
        return None if self.proxy is None else f"{_bracketed(self.proxy.host)}:{self.proxy.port}"

    @functools.cached_property
    def pool_key(self) -> PoolKey:
        """Requests with the same key can share a connection."""
        return (self.host, self.port, self.tls, self.proxy, self.options)


class EnvironmentProxies:
    """The proxies that the environment names, as requests finds them. The environment is read once for each origin."""

    def __init__(self) -> None:
        self._of = functools.lru_cache(maxsize=64)(_environment_proxy)

    def of(self, origin: str) -> Optional[Proxy]:
        """The proxy for ``scheme://host:port/``. Raises UnsendableError for one that is malformed."""
        return None if self._are_none else self._of(origin)

    @functools.cached_property
    def _are_none(self) -> bool:
        return not urllib.request.getproxies()


def find_route(url: str, options: ConnectionOptions, environment: EnvironmentProxies) -> Route:
    """The route of a URL. The proxy is the configured one, or else the environment's.

    :raises UnsendableError: the URL or the proxy is malformed.
    """
    parts = parse_address(url)
    tls = parts.scheme == "https"
    host, port = _host_and_port(parts)
    default_port = parts.port in (None, PORTS[parts.scheme or "http"])
    name = _named(host)
    host_header = name if default_port else f"{name}:{port}"
    proxy = _find_proxy(f"{parts.scheme}://{host_header}/", options.proxy, environment)
    target = parts.request_uri
    if proxy is not None and not proxy.is_socks and not tls:  # a proxy gets the whole URL (RFC 9112, 3.2.2)
        target = f"http://{host_header}{target}"
    return Route(host, port, tls, target, host_header, basic_authorization(parts.auth), proxy, options)


def _host_and_port(parts: Url) -> Tuple[str, int]:
    return host_of(parts), parts.port or PORTS[parts.scheme or "http"]


def _find_proxy(origin: str, configured: Optional[str], environment: EnvironmentProxies) -> Optional[Proxy]:
    if configured == DIRECT:
        return None
    return environment.of(origin) if configured is None else configured_proxy(configured)


def _environment_proxy(origin: str) -> Optional[Proxy]:
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


def _named(host: str) -> str:
    """The host as a peer is told of it: the zone of an IPv6 address means something on this machine only (RFC 6874)."""
    return _bracketed(host.partition("%")[0] if ":" in host else host)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
