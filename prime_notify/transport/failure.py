"""Why an attempt brought no answer: told apart, in words for the server's owner, and without a secret."""

from __future__ import annotations

import enum
import http.client
import re
import socket
import ssl
from dataclasses import dataclass
from typing import Optional

from prime_notify.transport.exchange import Phase, Stopped

__all__ = ["FailureKind", "TransportFailure", "UnsendableError", "explain"]


class FailureKind(str, enum.Enum):
    """What went wrong below HTTP, or before a program could say anything."""

    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROXY = "proxy"
    INVALID_URL = "invalid_url"
    UNRUNNABLE = "unrunnable"
    STOPPED = "stopped"
    OTHER = "other"


@dataclass(frozen=True)
class TransportFailure:
    """No (complete) answer. ``reason`` names at most scheme, host and port; ``hint`` says what to do about it."""

    kind: FailureKind
    reason: str
    hint: str = ""


class UnsendableError(Exception):
    """The request cannot even be begun; carries the failure that says why, and shows nothing of the URL."""

    def __init__(self, kind: FailureKind, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.failure = TransportFailure(kind, reason, hint)


# OpenSSL's X509_V_ERR_* (openssl-verification-options(1)): what people meet, and what they can do about it.
_CERTIFICATE = {
    9: ("is not valid yet", "check this machine's clock"),
    10: ("has expired", "renew it on the server; if it is valid in a browser, check this machine's clock"),
    18: ("is self-signed", 'use a certificate from a public CA, or name a file with this one in "verify"'),
    19: ("is signed by an unknown CA", 'name a file with this CA in the endpoint\'s "verify"'),
    20: ("is signed by an unknown CA", 'let the server send its whole chain, or name a file with its CA in "verify"'),
    21: ("comes without its chain", "let the server send its whole chain (fullchain.pem)"),
    62: ("belongs to another host", "use the host name that the certificate was issued for"),
    64: ("belongs to another address", "use the host name that the certificate was issued for"),
}


def explain(
    error: BaseException, phase: Phase, host: str, proxy: Optional[str] = None, *, configured: bool = False
) -> TransportFailure:
    """The failure behind an exception that ended an attempt at ``host`` (host:port), perhaps through ``proxy``.

    ``configured``: the proxy is the endpoint's own.
    """
    if isinstance(error, UnsendableError):
        return error.failure
    if isinstance(error, Stopped):
        return TransportFailure(FailureKind.STOPPED, "the attempt was cut off because the plugin is stopping")
    peer = proxy if proxy is not None and phase <= Phase.PROXY else host
    failure = _told_apart(error, phase, peer)
    if peer is not host:
        hint = "check HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment of the server"
        hint = 'check the endpoint\'s "proxy"' if configured else hint
        return TransportFailure(FailureKind.PROXY, f"proxy: {failure.reason}", hint)
    return failure


def _told_apart(error: BaseException, phase: Phase, host: str) -> TransportFailure:
    if isinstance(error, socket.gaierror):
        temporary = error.errno == socket.EAI_AGAIN
        said = "the name server gave no answer for" if temporary else "unknown host"
        hint = "check this machine's network and DNS" if temporary else "check the spelling of the URL's host"
        return TransportFailure(FailureKind.DNS, f"{said} {host.rpartition(':')[0]}", hint)
    if isinstance(error, socket.timeout):  # TimeoutError itself from Python 3.10 on
        hint = "check that the host can be reached from here; a larger timeout may help"
        return TransportFailure(FailureKind.TIMEOUT, f"{host} timed out while {phase.told}", hint)
    if isinstance(error, ssl.SSLCertVerificationError):
        said, hint = _CERTIFICATE.get(error.verify_code, ("cannot be verified", "check the server's certificate"))
        return TransportFailure(FailureKind.TLS, f"the TLS certificate of {host} {said}", hint)
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return _broken_off(phase, host)
    if isinstance(error, ssl.SSLError):
        return _no_tls(error, host)
    if isinstance(error, ConnectionRefusedError):
        hint = "check the port, and that the service is running"
        return TransportFailure(FailureKind.REFUSED, f"{host} refused the connection", hint)
    if isinstance(error, (ConnectionError, http.client.IncompleteRead)):
        return _broken_off(phase, host)
    return _other(error, phase, host)


def _broken_off(phase: Phase, host: str) -> TransportFailure:
    hint = "the service or something on the way (proxy, firewall) closed it; check the service's own log"
    return TransportFailure(FailureKind.RESET, f"{host} broke the connection off while {phase.told}", hint)


def _no_tls(error: ssl.SSLError, host: str) -> TransportFailure:
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return TransportFailure(FailureKind.TLS, f"{host} does not speak TLS", "is it http:// instead of https://?")
    said = (error.reason or "unknown").replace("_", " ").lower()
    hint = "check the server's TLS set-up"
    if "certificate" in said or "unknown ca" in said:  # an alert: it is the server that is not content with ours
        hint = 'the server wants a client certificate that it knows: look at the endpoint\'s "cert"'
    return TransportFailure(FailureKind.TLS, f"no TLS connection with {host}: {said}", hint)


def _other(error: BaseException, phase: Phase, host: str) -> TransportFailure:
    if isinstance(error, http.client.HTTPException):
        hint = "check that the URL's host and port are those of a web service"
        return TransportFailure(FailureKind.OTHER, f"the answer of {host} is no HTTP", hint)
    if isinstance(error, OSError) and phase is Phase.PROXY:
        status = re.search(r"\b[1-5]\d\d\b", str(error))  # http.client: "Tunnel connection failed: 407 ..."
        return TransportFailure(FailureKind.PROXY, f"{host} opened no tunnel (HTTP {status[0] if status else '?'})")
    if isinstance(error, OSError) and error.errno is not None:
        # The system's own words, such as "Network is unreachable"; never str(error), which may carry more
        return TransportFailure(FailureKind.OTHER, f"{host} cannot be reached: {error.strerror}", "check the network")
    return TransportFailure(FailureKind.OTHER, f"{type(error).__name__} while {phase.told} ({host})", "")
