"""Explains an attempt without an answer, in words for the server's owner and without a secret."""

from __future__ import annotations

import socket
import ssl
from typing import Optional

from prime_notify.model.failure import FailureKind, TransportFailure, UnsendableError
from prime_notify.model.proxy import PROXY_LOGIN
from prime_notify.text.addresses import is_loopback
from prime_notify.text.wording import NOTHING, Wording
from prime_notify.transport.exchange import Phase, Stopped
from prime_notify.transport.http_syntax import InvalidAnswerError, TunnelRefusedError

__all__ = ["explain"]


_LOGIN_REQUIRED = 407

# OpenSSL's X509_V_ERR_* (openssl-verification-options(1)) that occur most, and their remedies.
_UNKNOWN_CA = Wording("is signed by an unknown CA", "由未知的 CA 签发")
_OTHER_NAME = Wording("use the host name that the certificate was issued for", "请使用证书所签发的主机名")
_CERTIFICATE = {
    9: (Wording("is not valid yet", "尚未生效"), Wording("check this machine's clock", "请检查本机的时钟")),
    10: (
        Wording("has expired", "已过期"),
        Wording(
            "renew it on the server; if it is valid in a browser, check this machine's clock",
            "请在服务器上更新证书；若浏览器认为它有效，请检查本机的时钟",
        ),
    ),
    18: (
        Wording("is self-signed", "是自签名的"),
        Wording(
            'use a certificate from a public CA, or name a file with this one in "verify"',
            "请使用公共 CA 签发的证书，或在 verify 中填写含此证书的文件",
        ),
    ),
    19: (
        _UNKNOWN_CA,
        Wording('name a file with this CA in the endpoint\'s "verify"', "请在该推送目标的 verify 中填写含此 CA 的文件"),
    ),
    20: (
        _UNKNOWN_CA,
        Wording(
            'let the server send its whole chain, or name a file with its CA in "verify"',
            "请让服务器发送完整的证书链，或在 verify 中填写含其 CA 的文件",
        ),
    ),
    21: (
        Wording("comes without its chain", "没有附带证书链"),
        Wording("let the server send its whole chain (fullchain.pem)", "请让服务器发送完整的证书链（fullchain.pem）"),
    ),
    62: (Wording("belongs to another host", "属于另一个主机"), _OTHER_NAME),
    64: (Wording("belongs to another address", "属于另一个地址"), _OTHER_NAME),
}
_UNVERIFIABLE = (
    Wording("cannot be verified", "无法验证"),
    Wording("check the server's certificate", "请检查服务器的证书"),
)


_REFUSED = Wording("check the port, and that the service is running", "请检查端口，以及该服务是否在运行")
_LOCAL_REFUSED = Wording(
    "check the port, and that the service is running; in Docker, this address is the container itself: write the "
    "address of the machine, such as host.docker.internal",
    "请检查端口，以及该服务是否在运行；在 Docker 中，此地址指容器自身：请写宿主机的地址，例如 host.docker.internal",
)


def explain(
    error: BaseException, phase: Phase, host: str, proxy: Optional[str] = None, *, configured: bool = False
) -> TransportFailure:
    """The failure behind an exception that ended an attempt at ``host`` (host:port), perhaps through ``proxy``.

    ``configured``: the proxy is the endpoint's own.
    """
    if isinstance(error, UnsendableError):
        return error.failure
    if isinstance(error, Stopped):
        said = Wording("the attempt was cut off because the plugin is stopping", "插件正在停止，此次发送被中断")
        return TransportFailure(FailureKind.STOPPED, said)
    peer = proxy if proxy is not None and phase <= Phase.PROXY else host
    failure = _failure_of(error, phase, peer)
    if peer is not host:
        hint = Wording(
            "check HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment of the server",
            "请检查服务器环境变量中的 HTTP_PROXY、HTTPS_PROXY 与 NO_PROXY",
        )
        hint = Wording('check the endpoint\'s "proxy"', "请检查该推送目标的 proxy") if configured else hint
        hint = failure.hint if failure.kind is FailureKind.PROXY and failure.hint else hint
        said = Wording("proxy: {reason}", "代理：{reason}", reason=failure.reason)
        return TransportFailure(FailureKind.PROXY, said, hint)
    return failure


def _is_local(host: str) -> bool:
    """Whether ``host`` (host:port) is this machine, or the container."""
    name = host.rpartition(":")[0]
    return is_loopback(name) or name == "0.0.0.0"  # noqa: S104


def _failure_of(error: BaseException, phase: Phase, host: str) -> TransportFailure:
    if isinstance(error, socket.gaierror):
        return _unknown(host.rpartition(":")[0], temporary=error.errno == socket.EAI_AGAIN)
    if isinstance(error, socket.timeout):  # TimeoutError itself from Python 3.10 on
        said = Wording("{host} timed out while {phase}", "{host} 在{phase}时超时", host=host, phase=phase.wording)
        hint = Wording(
            "check that the host can be reached from here; a larger timeout may help",
            "请检查从本机能否连接该主机；增大 timeout 或许有用",
        )
        return TransportFailure(FailureKind.TIMEOUT, said, hint)
    if isinstance(error, ssl.SSLCertVerificationError):
        what, hint = _CERTIFICATE.get(error.verify_code, _UNVERIFIABLE)
        said = Wording("the TLS certificate of {host} {what}", "{host} 的 TLS 证书{what}", host=host, what=what)
        return TransportFailure(FailureKind.TLS, said, hint)
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return _broken_off(phase, host)
    if isinstance(error, ssl.SSLError):
        return _no_tls(error, host)
    if isinstance(error, ConnectionRefusedError):
        said = Wording("{host} refused the connection", "{host} 拒绝了连接", host=host)
        hint = _LOCAL_REFUSED if _is_local(host) else _REFUSED
        return TransportFailure(FailureKind.REFUSED, said, hint)
    if isinstance(error, ConnectionError):
        return _broken_off(phase, host)
    return _other(error, phase, host)


def _unknown(name: str, *, temporary: bool) -> TransportFailure:
    if temporary:
        said = Wording("the name server gave no answer for {name}", "域名服务器没有答复 {name}", name=name)
        hint = Wording("check this machine's network and DNS", "请检查本机的网络与 DNS")
    else:
        said = Wording("unknown host {name}", "未知的主机 {name}", name=name)
        hint = Wording(
            "check the spelling of the URL's host; if it is right, check this machine's DNS",
            "请检查 URL 中主机名的拼写；若拼写无误，请检查本机的 DNS",
        )
    return TransportFailure(FailureKind.DNS, said, hint)


def _broken_off(phase: Phase, host: str) -> TransportFailure:
    said = Wording(
        "{host} broke the connection off while {phase}", "{host} 在{phase}时断开了连接", host=host, phase=phase.wording
    )
    hint = Wording(
        "the service or something on the way (proxy, firewall) closed it; check the service's own log",
        "由该服务或途中的设备（代理、防火墙）断开；请查看该服务自己的日志",
    )
    return TransportFailure(FailureKind.RESET, said, hint)


def _no_tls(error: ssl.SSLError, host: str) -> TransportFailure:
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        said = Wording("{host} does not speak TLS", "{host} 不支持 TLS", host=host)
        hint = Wording("is it http:// instead of https://?", "是否应为 http:// 而不是 https://？")
        return TransportFailure(FailureKind.TLS, said, hint)
    alert = (error.reason or "unknown").replace("_", " ").lower()
    said = Wording(
        "no TLS connection with {host}: {alert}", "无法与 {host} 建立 TLS 连接：{alert}", host=host, alert=alert
    )
    hint = Wording("check the server's TLS set-up", "请检查服务器的 TLS 设置")
    if "certificate required" in alert:
        said = Wording("{host} requires a client certificate", "{host} 要求客户端证书", host=host)
    elif "handshake failure" in alert:  # TLS 1.2 has no alert of its own for a certificate that is missing
        hint = Wording(
            'the server may require a client certificate (the endpoint\'s "cert"); else check its TLS set-up',
            "服务器可能要求客户端证书（该推送目标的 cert）；否则请检查其 TLS 设置",
        )
    if "certificate" in alert or "unknown ca" in alert:  # the server refuses our certificate
        hint = Wording(
            'the server wants a client certificate that it knows: look at the endpoint\'s "cert"',
            "服务器要求它认可的客户端证书：请检查该推送目标的 cert",
        )
    return TransportFailure(FailureKind.TLS, said, hint)


def _other(error: BaseException, phase: Phase, host: str) -> TransportFailure:
    if isinstance(error, InvalidAnswerError):
        said = Wording("the answer of {host} is not HTTP", "{host} 的应答不是 HTTP", host=host)
        hint = Wording(
            "check that the URL's host and port are those of a web service", "请检查 URL 的主机和端口是否属于 Web 服务"
        )
        return TransportFailure(FailureKind.OTHER, said, hint)
    if isinstance(error, TunnelRefusedError):
        said = Wording(
            "{host} opened no tunnel (HTTP {status})",
            "{host} 没有建立隧道（HTTP {status}）",
            host=host,
            status=error.status,
        )
        return TransportFailure(FailureKind.PROXY, said, PROXY_LOGIN if error.status == _LOGIN_REQUIRED else NOTHING)
    if isinstance(error, OSError) and error.errno is not None:
        # The system's text, such as "Network is unreachable"; never str(error), which may show more
        why = error.strerror
        said = Wording("{host} cannot be reached: {why}", "无法连接 {host}：{why}", host=host, why=why)
        return TransportFailure(FailureKind.OTHER, said, Wording("check the network", "请检查网络"))
    name = type(error).__name__
    said = Wording(
        "{name} while {phase} ({host})", "{phase}时发生 {name}（{host}）", name=name, phase=phase.wording, host=host
    )
    return TransportFailure(FailureKind.OTHER, said)
