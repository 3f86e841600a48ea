"""Connects through a SOCKS proxy, with the optional library PySocks, within the deadline of an attempt."""

from __future__ import annotations

import importlib
import socket
from typing import Any, Callable, List, Tuple

from prime_notify.model.failure import FailureKind, UnsendableError
from prime_notify.model.proxy import Proxy
from prime_notify.text.wording import Wording
from prime_notify.transport.dial import dial
from prime_notify.transport.exchange import Exchange, Phase

__all__ = ["dial_socks"]

_REMOTE = {"socks4": "socks4a", "socks5": "socks5h"}
_Resolve = Callable[[str, int, Exchange], List[Tuple[Any, ...]]]


def dial_socks(proxy: Proxy, host: str, port: int, exchange: Exchange, resolve: _Resolve) -> socket.socket:
    """A socket that the proxy has connected to ``host``.

    With ``socks5`` and ``socks4`` the name is looked up here, with ``socks5h`` and ``socks4a`` by the proxy.

    :raises UnsendableError: PySocks is not installed, or the proxy refuses.
    """
    socks = _library()
    remote_names = proxy.kind in _REMOTE.values()
    target = host if remote_names else _looked_up(proxy, host, port, exchange, resolve)
    version = socks.SOCKS5 if proxy.kind.startswith("socks5") else socks.SOCKS4
    user, password = proxy.credentials

    def connect(
        family: int, kind: int, protocol: int, address: Any, seconds: float, exchange: Exchange
    ) -> socket.socket:
        sock = _bounded(socks, exchange)(family, kind, protocol)
        exchange.watch(sock)
        try:
            sock.settimeout(seconds)
            sock.set_proxy(version, address[0], address[1], remote_names, user, password)
            exchange.phase = Phase.PROXY
            _negotiate(socks, sock, (target, port), proxy)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # An ordinary socket from here on, which later attempts may use
            plain = socket.socket(family, kind, protocol, fileno=sock.detach())
        except BaseException:
            sock.close()
            raise
        exchange.watch(plain)
        return plain

    return dial(proxy.host, proxy.port, exchange, resolve, connect)


def _library() -> Any:
    """PySocks, which is imported when a proxy needs it. Raises UnsendableError."""
    try:
        return importlib.import_module("socks")
    except ModuleNotFoundError:
        reason = Wording("a SOCKS proxy needs the Python package PySocks", "SOCKS 代理需要 Python 包 PySocks")
        hint = Wording(
            'run "pip install PySocks" with the Python that runs MCDReforged',
            "请用运行 MCDReforged 的 Python 执行 pip install PySocks",
        )
        raise UnsendableError(FailureKind.PROXY, reason, hint) from None


def _looked_up(proxy: Proxy, host: str, port: int, exchange: Exchange, resolve: _Resolve) -> str:
    """The first address of the target that this kind of proxy supports."""
    families = (socket.AF_INET,) if proxy.kind == "socks4" else (socket.AF_INET, socket.AF_INET6)
    try:
        addresses = [entry[4][0] for entry in resolve(host, port, exchange) if entry[0] in families]
    except socket.gaierror:
        addresses = []
    if not addresses:
        reason = Wording("unknown host {host}", "未知的主机 {host}", host=host)
        hint = Wording(
            'check the spelling of the URL\'s host, or let the proxy look it up: "{kind}://..."',
            '请检查 URL 中主机名的拼写，或由代理解析："{kind}://..."',
            kind=_REMOTE[proxy.kind],
        )
        raise UnsendableError(FailureKind.DNS, reason, hint)
    return str(addresses[0])


def _negotiate(socks: Any, sock: Any, target: Tuple[str, int], proxy: Proxy) -> None:
    try:
        sock.connect(target)
    except socks.ProxyError as error:
        cause: Any = error  # PySocks wraps errors, even its own
        while isinstance(cause, socks.ProxyError) and cause.socket_err is not None:
            cause = cause.socket_err
        if not isinstance(cause, socks.ProxyError):
            raise cause from None  # timed out, refused, broken off: explained as without a proxy
        peer = f"{proxy.host}:{proxy.port}"
        reason = Wording(
            "proxy: {peer} opened no connection ({why})", "代理：{peer} 没有建立连接（{why}）", peer=peer, why=cause.msg
        )
        hint = Wording("check the proxy's address, user and rules", "请检查代理的地址、用户与规则")
        raise UnsendableError(FailureKind.PROXY, reason, hint) from None


def _bounded(socks: Any, exchange: Exchange) -> Any:
    """A socket class of PySocks. Each read and write gets the rest of the attempt's time, so their sum is bounded."""

    class BoundedSocket(socks.socksocket):  # type: ignore[misc]  # the base class is imported late
        def recv_into(self, *arguments: Any) -> int:
            socket.socket.settimeout(self, exchange.remaining())
            return int(super().recv_into(*arguments))

        def send(self, *arguments: Any) -> int:
            socket.socket.settimeout(self, exchange.remaining())
            return int(super().send(*arguments))

    return BoundedSocket
