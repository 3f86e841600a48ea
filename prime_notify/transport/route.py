"""Where a URL leads: the peer to connect to, what to say to it, and through which proxy."""

from __future__ import annotations

import base64
import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Container, Optional, Tuple, Union
from urllib.parse import unquote

import requests.utils
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from prime_notify.model.connection_options import DIRECT, ConnectionOptions
from prime_notify.model.wording import Wording
from prime_notify.transport.failure import FailureKind, UnsendableError

__all__ = ["PoolKey", "Proxy", "Route", "configured_proxy", "find_route", "tls_context", "tls_files"]

_PORTS = {"http": 80, "https": 443}
_PROXY_PORTS = {"http": 80, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Proxy:
    """A proxy; ``kind`` is the scheme of its address. ``user`` is user and password, as ``user:password``.

    ``configured``: it is the endpoint's own, not the environment's.
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
        return None if self.is_socks else _basic(self.user)

    @property
    def credentials(self) -> Tuple[Optional[str], Optional[str]]:
        """User and password for a SOCKS proxy."""
        if self.user is None:
            return None, None
        name, _, password = self.user.partition(":")
        return unquote(name), unquote(password)


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
    parts = _parse(url)
    tls = parts.scheme == "https"
    host, port = _host_and_port(parts)
    default_port = parts.port in (None, _PORTS[parts.scheme or "http"])
    host_header = _bracketed(host) if default_port else f"{_bracketed(host)}:{port}"
    proxy = _find_proxy(f"{parts.scheme}://{host_header}/", options.proxy)
    target = parts.request_uri
    if (
        proxy is not None and not proxy.is_socks and not tls
    ):  # in clear text a proxy is asked with the whole URL (RFC 9112, 3.2.2)
        target = f"http://{host_header}{target}"
    return Route(host, port, tls, target, host_header, _basic(parts.auth), proxy, options)


def tls_context(options: ConnectionOptions = ConnectionOptions()) -> ssl.SSLContext:  # noqa: B008 - immutable
    """Verifies against the configured CAs, else the bundle that requests would use.

    :raises UnsendableError: a file of CAs or of the client's certificate cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if options.verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _trust(context, options.verify)
    if options.cert:
        _identify(context, options.cert)
    return context


def tls_files(options: ConnectionOptions) -> Tuple[Optional[int], ...]:
    """Changes whenever a file that the options name does: a renewed certificate is used without a reload."""
    paths = [*([options.verify] if isinstance(options.verify, str) else []), *options.cert]
    return tuple(_modified(Path(path)) for path in paths)


def _modified(path: Path) -> Optional[int]:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _trust(context: ssl.SSLContext, verify: Union[bool, str]) -> None:
    variable = next((name for name in _CA_VARIABLES if os.environ.get(name)), None)
    bundle = os.environ[variable] if variable else requests.utils.DEFAULT_CA_BUNDLE_PATH
    package = Wording("the package certifi", "certifi 包")
    owner = Wording("the CA bundle of {of}", "{of} 的 CA 文件", of=variable or package)
    if isinstance(verify, str):
        bundle, owner = verify, Wording('the file of "verify"', "verify 所指的文件")
    try:
        if Path(bundle).is_dir():
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except OSError:  # ssl.SSLError, for what is no certificate, is one
        reason = Wording("{owner} cannot be read", "{owner}无法读取", owner=owner)
        hint = Wording("look at {bundle}: is it PEM?", "请检查 {bundle}：它是 PEM 格式吗？", bundle=bundle)
        raise UnsendableError(FailureKind.TLS, reason, hint) from None


def _identify(context: ssl.SSLContext, cert: Tuple[str, ...]) -> None:
    try:
        # Without a password of ours, OpenSSL would ask for that of an encrypted key at the console, and wait
        context.load_cert_chain(cert[0], cert[1] if len(cert) > 1 else None, password="")
    except OSError:
        reason = Wording("the client certificate cannot be used", "客户端证书无法使用")
        hint = Wording(
            'let "cert" name a PEM file with certificate and key, or one of each; the key must not be encrypted',
            "cert 应为同时含证书与私钥的 PEM 文件，或两者各一个文件；私钥不能加密",
        )
        raise UnsendableError(FailureKind.TLS, reason, hint) from None


def _parse(url: str, schemes: Container[str] = frozenset(_PORTS)) -> Url:
    if any(ord(char) <= 32 or ord(char) == 127 for char in url.strip()):
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


def _host_and_port(parts: Url) -> Tuple[str, int]:
    return _host_of(parts), parts.port or _PORTS[parts.scheme or "http"]


def _host_of(parts: Url) -> str:
    return (parts.host or "").strip("[]")


def _find_proxy(origin: str, configured: Optional[str]) -> Optional[Proxy]:
    if configured == DIRECT:
        return None
    if configured is not None:
        return configured_proxy(configured)
    found = requests.utils.select_proxy(origin, requests.utils.get_environ_proxies(origin))
    proxy = _proxy(found, configured=False) if found else None
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


def configured_proxy(address: str) -> Proxy:
    """The proxy of an endpoint's config. Raises UnsendableError for an address that is none."""
    proxy = _proxy(address, configured=True)
    if proxy is None:
        hint = Wording(
            'write "http://host:port", "socks5://host:port", perhaps with "user:password@", or "direct"',
            "请写 http://host:port、socks5://host:port（可带 user:password@）或 direct",
        )
        reason = Wording("the configured proxy cannot be understood", "无法理解所配置的代理")
        raise UnsendableError(FailureKind.PROXY, reason, hint)
    return proxy


def _proxy(address: str, *, configured: bool) -> Optional[Proxy]:
    try:
        parts = _parse(address if "://" in address else f"http://{address}", _PROXY_PORTS)
    except UnsendableError:
        return None
    kind = parts.scheme or "http"
    return Proxy(_host_of(parts), parts.port or _PROXY_PORTS[kind], parts.auth, kind, configured)


def _invalid(reason: Wording) -> UnsendableError:
    hint = Wording('write it as "https://host/path"', "请写成 https://host/path 的形式")
    return UnsendableError(FailureKind.INVALID_URL, reason, hint)


def _basic(auth: Optional[str]) -> Optional[str]:
    if auth is None:
        return None
    return "Basic " + base64.b64encode(unquote(auth).encode("utf-8")).decode("ascii")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
