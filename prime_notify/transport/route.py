"""Where a URL leads: the peer to connect to, what to say to it, and through which proxy."""

from __future__ import annotations

import base64
import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Tuple
from urllib.parse import unquote

import requests.utils
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from prime_notify.transport.failure import FailureKind, UnsendableError

__all__ = ["PoolKey", "Proxy", "Route", "find_route", "tls_context"]

_PORTS = {"http": 80, "https": 443}
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy. ``authorization`` is the value of its Proxy-Authorization header."""

    host: str
    port: int
    authorization: Optional[str] = field(repr=False)


PoolKey = Tuple[str, int, bool, Optional[Proxy]]


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
        return (self.host, self.port, self.tls, self.proxy)


def find_route(url: str) -> Route:
    """Takes a URL apart, and asks the environment for a proxy as requests does. Raises UnsendableError."""
    parts = _parse(url)
    tls = parts.scheme == "https"
    host, port = _host_and_port(parts)
    default_port = parts.port in (None, _PORTS[parts.scheme or "http"])
    host_header = _bracketed(host) if default_port else f"{_bracketed(host)}:{port}"
    proxy = _find_proxy(f"{parts.scheme}://{host_header}/")
    target = parts.request_uri
    if proxy is not None and not tls:  # in clear text a proxy is asked with the whole URL (RFC 9112, 3.2.2)
        target = f"http://{host_header}{target}"
    return Route(host, port, tls, target, host_header, _basic(parts.auth), proxy)


def tls_context() -> ssl.SSLContext:
    """Verifies against the CA bundle that requests would use. Raises UnsendableError when that cannot be read."""
    variable = next((name for name in _CA_VARIABLES if os.environ.get(name)), None)
    bundle = os.environ[variable] if variable else requests.utils.DEFAULT_CA_BUNDLE_PATH
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        if Path(bundle).is_dir():
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except OSError:
        reason = f"the CA bundle of {variable or 'the package certifi'} cannot be read"
        raise UnsendableError(FailureKind.TLS, reason, f"look at {bundle}") from None
    return context


def _parse(url: str) -> Url:
    if any(ord(char) <= 32 or ord(char) == 127 for char in url.strip()):
        raise _invalid("the URL contains a space or a control character")
    try:
        parts = parse_url(url.strip())
    except (LocationParseError, ValueError):  # its message would show the URL
        raise _invalid("the URL cannot be understood") from None
    if parts.scheme not in _PORTS:
        raise _invalid("the URL does not begin with http:// or https://")
    if not parts.host:
        raise _invalid("the URL names no host")
    return parts


def _host_and_port(parts: Url) -> Tuple[str, int]:
    return (parts.host or "").strip("[]"), parts.port or _PORTS[parts.scheme or "http"]


def _find_proxy(origin: str) -> Optional[Proxy]:
    found = requests.utils.select_proxy(origin, requests.utils.get_environ_proxies(origin))
    if not found:
        return None
    try:
        parts = _parse(found if "://" in found else f"http://{found}")
    except UnsendableError:
        parts = Url()
    if parts.scheme != "http":
        raise UnsendableError(
            FailureKind.PROXY,
            "the proxy set in the environment is not of the form http://host:port",
            "correct HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, or list the host in NO_PROXY",
        )
    return Proxy(*_host_and_port(parts), _basic(parts.auth))


def _invalid(reason: str) -> UnsendableError:
    return UnsendableError(FailureKind.INVALID_URL, reason, 'write it as "https://host/path"')


def _basic(auth: Optional[str]) -> Optional[str]:
    if auth is None:
        return None
    return "Basic " + base64.b64encode(unquote(auth).encode("utf-8")).decode("ascii")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
