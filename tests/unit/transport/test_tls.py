"""TLS over real sockets: the verification, and the explanation when it fails."""

from __future__ import annotations

import os

import pytest

from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.transport.http import FailureKind, HttpTransport, TransportFailure
from tests.support.receiver import CERTIFICATES, HANG, Answer, Receiver

SECRET = "SECRETkey123"


def send(transport: HttpTransport, url: str, timeout: float = 10) -> object:
    return transport.send(Request("POST", url, body=b"{}"), timeout=timeout)


def trust(monkeypatch: pytest.MonkeyPatch, name: str, variable: str = "REQUESTS_CA_BUNDLE") -> None:
    monkeypatch.setenv(variable, str(CERTIFICATES / f"{name}.pem"))


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_of_a_trusted_bundle_is_accepted(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch, variable: str, host: str
) -> None:
    trust(monkeypatch, "localhost", variable)
    with Receiver(tls="localhost") as receiver:
        for _ in range(2):
            assert isinstance(send(transport, receiver.url(host=host)), Response)
        assert receiver.connections == 1


@pytest.mark.parametrize(
    ("certificate", "trusted", "words"),
    [
        ("localhost", None, "is self-signed"),
        ("expired", "expired", "has expired"),
        ("other-host", "other-host", "belongs to another"),
    ],
)
def test_each_fault_of_a_certificate_has_its_own_reason(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch, certificate: str, trusted: str, words: str
) -> None:
    if trusted:
        trust(monkeypatch, trusted)
    with Receiver(tls=certificate) as receiver:
        result = send(transport, receiver.url(f"/{SECRET}"))
        assert isinstance(result, TransportFailure)
        assert result.kind is FailureKind.TLS
        assert words in result.reason
        assert result.hint
        assert SECRET not in repr(result)
        assert receiver.requests == []


def test_the_timeout_bounds_the_handshake(transport: HttpTransport, receiver: Receiver) -> None:
    result = send(transport, receiver.url().replace("http:", "https:"), timeout=1.0)  # to one who waits for a request
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.TIMEOUT
    assert "setting up TLS" in result.reason


@pytest.mark.parametrize("answer", [HANG, Answer(trickle_head=0.1), Answer(body=b"x" * 1000, trickle_body=0.1)])
def test_the_timeout_bounds_an_encrypted_answer(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    trust(monkeypatch, "localhost")
    with Receiver(tls="localhost") as receiver:
        send(transport, receiver.url())
        receiver.behave(answer)
        result = send(transport, receiver.url(), timeout=1.0)
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.TIMEOUT


def test_a_server_that_breaks_the_encrypted_connection_off_is_explained(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch, "localhost")
    with Receiver(tls="localhost") as receiver:
        receiver.behave(Answer(status=None, end="close"))
        result = send(transport, receiver.url())
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.RESET


def test_a_server_without_tls_is_explained(transport: HttpTransport) -> None:
    with Receiver(greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n") as receiver:
        result = send(transport, receiver.url().replace("http:", "https:"))
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.TLS
    assert "http://" in result.hint


def test_a_folder_of_certificates_may_be_trusted(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    with Receiver(tls="localhost") as receiver:
        result = send(transport, receiver.url())
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.TLS


def test_a_bundle_that_cannot_be_read_is_explained(transport: HttpTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, "missing")
    result = send(transport, "https://127.0.0.1/")
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.TLS
    assert "REQUESTS_CA_BUNDLE cannot be read" in result.reason
