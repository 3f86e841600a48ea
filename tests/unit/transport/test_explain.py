"""Explanations of rare failures; other tests provoke the common ones over real sockets."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from prime_notify.model.failure import FailureKind
from prime_notify.transport.exchange import Phase
from prime_notify.transport.explain import explain


def tls_error(reason: object) -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL] message with SECRET")
    error.reason = reason  # as _ssl.c sets it
    return error


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("TLSV1_ALERT_PROTOCOL_VERSION", "no TLS connection with host:443: tlsv1 alert protocol version"),
        (None, "no TLS connection with host:443: unknown"),
    ],
)
def test_why_tls_could_not_be_set_up_is_explained(reason: object, words: str) -> None:
    failure = explain(tls_error(reason), Phase.TLS, "host:443")
    assert (failure.kind, failure.reason) == (FailureKind.TLS, words)


def test_a_server_that_wants_another_client_certificate_is_distinguished_from_one_without_tls() -> None:
    failure = explain(tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), Phase.WAIT, "host:443")
    assert failure.kind is FailureKind.TLS
    assert '"cert"' in failure.hint


def test_the_text_of_the_system_is_shown_but_not_the_whole_error() -> None:
    error = OSError(errno.EHOSTUNREACH, "No route to host", "/SECRET")
    failure = explain(error, Phase.CONNECT, "host:443")
    assert (failure.kind, failure.reason) == (FailureKind.OTHER, "host:443 cannot be reached: No route to host")


def test_only_the_type_of_an_unexpected_error_is_shown() -> None:
    failure = explain(RuntimeError("SECRET"), Phase.SEND, "host:443")
    assert (failure.kind, failure.reason) == (FailureKind.OTHER, "RuntimeError while the request was sent (host:443)")


@pytest.mark.parametrize("phase", list(Phase))
def test_up_to_the_tunnel_it_is_the_proxy_that_failed(phase: Phase) -> None:
    failure = explain(ConnectionResetError(), phase, "host:443", "proxy:3128")
    assert (failure.kind is FailureKind.PROXY) == (phase <= Phase.PROXY)
    assert ("proxy:3128" in failure.reason) == (phase <= Phase.PROXY)


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost:8080", "[::1]:80", "gotify.localhost:80"])
def test_a_refusal_on_this_machine_mentions_docker(host: str) -> None:
    hint = explain(ConnectionRefusedError(), Phase.CONNECT, host).hint
    assert "in Docker, this address is the container itself" in hint
    assert "在 Docker 中，此地址指容器自身" in hint.chinese


def test_a_refusal_elsewhere_does_not() -> None:
    assert explain(ConnectionRefusedError(), Phase.CONNECT, "example.com:80").hint == (
        "check the port, and that the service is running"
    )


def test_an_unknown_host_may_be_this_machines_dns() -> None:
    hint = explain(socket.gaierror(socket.EAI_NONAME, "unknown"), Phase.CONNECT, "example.com:80").hint
    assert hint == "check the spelling of the URL's host; if it is right, check this machine's DNS"
