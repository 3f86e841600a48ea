"""An endpoint's own proxy, CA and client certificate, over real sockets."""

from __future__ import annotations

import logging
import os
import ssl
import sys
import threading
from pathlib import Path
from typing import Any, List

import pytest
import trustme

from prime_notify.channels.common.http_status import refusal
from prime_notify.model.proxy import PROXY_LOGIN
from prime_notify.model.request import DIRECT, ConnectionOptions, Request
from prime_notify.model.response import Response
from prime_notify.transport.http import FailureKind, HttpTransport, TransportFailure
from tests.support.receiver import Answer, Receiver, unused_port
from tests.unit.transport.socks_stub import SocksStub

SECRET = "SECRETkey123"
CA = trustme.CA()
SERVER = CA.issue_cert("localhost", "127.0.0.1")
CLIENT = CA.issue_cert("client@example.com")


def send(transport: HttpTransport, url: str, timeout: float = 10, **options: Any) -> Any:
    request = Request("POST", url, body=b"{}", connection=ConnectionOptions(**options))
    return transport.send(request, timeout=timeout)


def failed(result: Any, kind: FailureKind, *words: str) -> None:
    assert isinstance(result, TransportFailure), result
    assert result.kind is kind, result
    for word in words:
        assert word in f"{result.reason} | {result.hint}"
    assert SECRET not in repr(result)


class SecureReceiver(Receiver):
    """A receiver with a certificate of our own CA. ``demanding``: it wants one of the client, too."""

    def __init__(self, *, demanding: bool = False) -> None:
        super().__init__(tls="localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        SERVER.configure_cert(context)
        CA.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED if demanding else ssl.CERT_NONE
        self._tls = context


@pytest.fixture
def ca(tmp_path: Path) -> str:
    CA.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


@pytest.fixture
def cert(tmp_path: Path) -> str:
    CLIENT.private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    return str(tmp_path / "client.pem")


# -- TLS -------------------------------------------------------------------------------------------------------------


def test_a_private_ca_is_trusted_by_the_endpoint_that_names_it_and_by_no_other(
    transport: HttpTransport, ca: str
) -> None:
    with SecureReceiver() as receiver:
        assert isinstance(send(transport, receiver.url(), verify=ca), Response)
        failed(send(transport, receiver.url()), FailureKind.TLS, "unknown CA", '"verify"')
        assert isinstance(send(transport, receiver.url(), verify=ca), Response)
        assert receiver.connections == 3 - 1  # the kept one is used again, by the endpoint that verified it


def test_verification_can_be_switched_off(transport: HttpTransport) -> None:
    with SecureReceiver() as receiver:
        assert isinstance(send(transport, receiver.url(), verify=False), Response)
        failed(send(transport, receiver.url()), FailureKind.TLS)


def test_a_connection_that_was_not_verified_is_not_used_where_it_must_be(transport: HttpTransport, ca: str) -> None:
    with SecureReceiver() as receiver:
        send(transport, receiver.url(), verify=False)
        send(transport, receiver.url(), verify=ca)
        assert receiver.connections == 2


def test_the_client_certificate_is_shown_to_a_server_that_wants_it(
    transport: HttpTransport, ca: str, cert: str
) -> None:
    with SecureReceiver(demanding=True) as receiver:
        assert isinstance(send(transport, receiver.url(), verify=ca, cert=(cert,)), Response)
        result = send(transport, receiver.url(f"/{SECRET}"), verify=ca)
        assert isinstance(result, TransportFailure)
        assert len(receiver.requests) == 1
        failed(result, FailureKind.TLS, "requires a client certificate", '"cert"')


@pytest.mark.parametrize("size", [0, 300_000])
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_client_certificate_that_is_missing_is_named_whenever_the_server_closes(
    transport: HttpTransport, ca: str, version: str, size: int
) -> None:
    with SecureReceiver(demanding=True) as receiver:
        assert receiver._tls is not None
        receiver._tls.maximum_version = ssl.TLSVersion[version]
        for _ in range(10):
            request = Request("POST", receiver.url(), {}, b"x" * size, ConnectionOptions(verify=ca))
            failed(transport.send(request, timeout=30), FailureKind.TLS, "client certificate", '"cert"')


def test_a_certificate_that_was_renewed_is_used_without_a_reload(
    transport: HttpTransport, ca: str, cert: str, tmp_path: Path
) -> None:
    other = trustme.CA()
    other.issue_cert("other").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    with SecureReceiver(demanding=True) as receiver:
        assert isinstance(send(transport, receiver.url(), verify=ca, cert=(cert,)), TransportFailure)
        CLIENT.private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
        os.utime(cert, ns=(1, 1))
        assert isinstance(send(transport, receiver.url(), verify=ca, cert=(cert,)), Response)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"verify": "/nowhere/ca.pem"}, 'the file of "verify" cannot be read'),
        ({"cert": ("/nowhere/client.pem",)}, "the client certificate cannot be used"),
    ],
)
def test_files_that_have_gone_are_explained(transport: HttpTransport, options: Any, words: str) -> None:
    failed(send(transport, "https://127.0.0.1/", **options), FailureKind.TLS, words)


# -- HTTP proxies ----------------------------------------------------------------------------------------------------


def test_the_configured_proxy_is_asked_with_its_password(transport: HttpTransport, receiver: Receiver) -> None:
    proxy = f"http://me:{SECRET}@127.0.0.1:{receiver.port}"
    for _ in range(2):
        assert isinstance(send(transport, "http://nonexistent.invalid/hook", proxy=proxy), Response)
    seen = receiver.requests[0]
    assert seen.target == "http://nonexistent.invalid/hook"
    assert (seen.header("Proxy-Authorization") or "").startswith("Basic bWU6")
    assert receiver.connections == 1


def test_a_proxy_that_wants_another_password_is_explained(transport: HttpTransport, receiver: Receiver) -> None:
    receiver.behave(Answer(407))
    proxy = f"http://me:{SECRET}@127.0.0.1:{receiver.port}"
    failed(send(transport, "https://nonexistent.invalid/", proxy=proxy), FailureKind.PROXY, "HTTP 407", '"proxy"')
    tunnel, plain = (send(transport, f"{scheme}://nonexistent.invalid/", proxy=proxy) for scheme in ("https", "http"))
    assert plain.status == 407
    assert tunnel.hint == refusal(plain).hint == PROXY_LOGIN


def test_the_configured_proxy_comes_before_the_environments_and_direct_before_both(
    transport: HttpTransport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
    assert isinstance(send(transport, "http://a.invalid/", proxy=f"127.0.0.1:{receiver.port}"), Response)
    assert isinstance(send(transport, receiver.url(), proxy=DIRECT), Response)
    failed(send(transport, receiver.url()), FailureKind.PROXY, "HTTP_PROXY")


def test_a_proxy_that_is_none_is_explained(transport: HttpTransport) -> None:
    failed(send(transport, "http://a.invalid/", proxy=f"gopher://{SECRET}"), FailureKind.PROXY, "socks5://host:port")


# -- SOCKS proxies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["socks5", "socks5h", "socks4", "socks4a"])
def test_a_request_goes_through_a_socks_proxy_and_its_connection_is_kept(
    transport: HttpTransport, receiver: Receiver, kind: str
) -> None:
    with SocksStub() as proxy:
        for _ in range(2):
            address = f"{kind}://127.0.0.1:{proxy.port}"
            assert isinstance(send(transport, receiver.url(host="localhost"), proxy=address), Response)
        assert proxy.asked == [("localhost" if kind in ("socks5h", "socks4a") else "127.0.0.1", receiver.port)]
        assert receiver.connections == 1
        assert receiver.requests[0].target == "/hook"


def test_tls_goes_through_a_socks_proxy(transport: HttpTransport, ca: str) -> None:
    with SocksStub() as proxy, SecureReceiver() as receiver:
        address = f"socks5h://127.0.0.1:{proxy.port}"
        assert isinstance(send(transport, receiver.url(host="localhost"), proxy=address, verify=ca), Response)
        assert proxy.asked == [("localhost", receiver.port)]
        transport.close()


def test_a_socks_proxy_gets_user_and_password(transport: HttpTransport, receiver: Receiver) -> None:
    with SocksStub(user="me", password="p w") as proxy:
        right, wrong = (f"socks5://me:{word}@127.0.0.1:{proxy.port}" for word in ("p%20w", SECRET))
        assert isinstance(send(transport, receiver.url(), proxy=right), Response)
        failed(
            send(transport, receiver.url("/"), proxy=wrong),
            FailureKind.PROXY,
            "authentication failed",
            "user and rules",
        )
        transport.close()


def test_what_a_socks_proxy_refuses_is_explained(transport: HttpTransport, receiver: Receiver) -> None:
    with SocksStub(status=5) as proxy:
        result = send(transport, receiver.url(f"/{SECRET}"), proxy=f"socks5://127.0.0.1:{proxy.port}")
    failed(result, FailureKind.PROXY, "0x05: Connection refused")


@pytest.mark.parametrize("kind", ["socks5", "socks4"])
def test_a_name_that_cannot_be_looked_up_here_is_not_blamed_on_the_proxy(transport: HttpTransport, kind: str) -> None:
    result = send(transport, "http://nonexistent.invalid/", proxy=f"{kind}://127.0.0.1:{unused_port()}", timeout=30)
    failed(
        result, FailureKind.DNS, "unknown host nonexistent.invalid", {"socks5": "socks5h", "socks4": "socks4a"}[kind]
    )


def test_a_dead_socks_proxy_is_explained(transport: HttpTransport) -> None:
    port = unused_port()
    result = send(transport, "http://127.0.0.1/", proxy=f"socks5://127.0.0.1:{port}")
    failed(result, FailureKind.PROXY, f"127.0.0.1:{port} refused the connection", '"proxy"')


@pytest.mark.parametrize("pause", [None, 0.05])
def test_the_deadline_bounds_a_socks_proxy_that_hangs_or_trickles(transport: HttpTransport, pause: Any) -> None:
    with SocksStub(hang=True, trickle=pause) as proxy:
        result = send(transport, "http://127.0.0.1:9/", proxy=f"socks5://127.0.0.1:{proxy.port}", timeout=1.0)
        failed(result, FailureKind.PROXY, "timed out while opening a tunnel")


def test_closing_cuts_a_negotiation_off(transport: HttpTransport) -> None:
    with SocksStub(hang=True) as proxy:
        results: List[Any] = []
        address = f"socks5://127.0.0.1:{proxy.port}"
        thread = threading.Thread(
            target=lambda: results.append(send(transport, "http://127.0.0.1:9/", 60, proxy=address))
        )
        thread.start()
        assert proxy.begun.wait(60.0)
        transport.close()
        thread.join(60.0)
    assert "stopping" in results[0].reason


def test_without_pysocks_the_command_is_explained(transport: HttpTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    failed(send(transport, "http://127.0.0.1:9/", proxy="socks5://127.0.0.1"), FailureKind.PROXY, "pip install PySocks")


def test_a_socks_proxy_of_the_environment_is_used_too(
    transport: HttpTransport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SocksStub() as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5h://127.0.0.1:{proxy.port}")
        assert isinstance(send(transport, receiver.url()), Response)
        assert proxy.asked


def test_nothing_of_a_password_is_logged(
    transport: HttpTransport, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), SocksStub(user="me", password=SECRET) as proxy:
        send(transport, receiver.url(f"/{SECRET}"), proxy=f"socks5://me:{SECRET}@127.0.0.1:{proxy.port}")
        send(transport, receiver.url(), proxy=f"socks5://me:{SECRET}@127.0.0.1:{unused_port()}")
    assert SECRET not in caplog.text
