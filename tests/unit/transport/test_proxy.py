"""The proxies of the environment, found as requests finds them."""

from __future__ import annotations

import select
import socket
import socketserver
import threading

import pytest

from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.transport.http import FailureKind, HttpTransport, TransportFailure
from tests.support.receiver import CERTIFICATES, Answer, Receiver, unused_port


def send(transport: HttpTransport, url: str) -> object:
    return transport.send(Request("POST", url, body=b"{}"), timeout=5)


def through(monkeypatch: pytest.MonkeyPatch, proxy: str, **more: str) -> None:
    for name, value in {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, **more}.items():
        monkeypatch.setenv(name, value)


def test_a_clear_text_request_asks_the_proxy_with_the_whole_url(
    transport: HttpTransport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(monkeypatch, f"http://me:pw@127.0.0.1:{receiver.port}")
    for _ in range(2):
        assert isinstance(send(transport, "http://nonexistent.invalid:81/hook?q=1"), Response)
    seen = receiver.requests[1]
    assert seen.target == "http://nonexistent.invalid:81/hook?q=1"
    assert seen.header("Host") == "nonexistent.invalid:81"
    assert seen.header("Proxy-Authorization") == "Basic bWU6cHc="
    assert receiver.connections == 1


def test_an_encrypted_request_asks_the_proxy_for_a_tunnel(
    transport: HttpTransport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(monkeypatch, f"127.0.0.1:{receiver.port}")
    receiver.behave(Answer(407))
    result = send(transport, "https://nonexistent.invalid/hook")
    (seen,) = receiver.requests
    assert (seen.method, seen.target) == ("CONNECT", "nonexistent.invalid:443")
    assert b"hook" not in seen.head
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.PROXY
    assert "HTTP 407" in result.reason


def test_the_tunnel_gets_the_proxys_password_and_the_time_is_bounded(
    transport: HttpTransport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(monkeypatch, f"http://me:pw@127.0.0.1:{receiver.port}")
    receiver.behave(Answer(status=None, end="hang"))
    result = transport.send(Request("POST", "https://nonexistent.invalid/"), timeout=1.0)
    assert receiver.requests[0].header("Proxy-Authorization") == "Basic bWU6cHc="
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.PROXY
    assert "timed out while opening a tunnel" in result.reason


class Tunnel(socketserver.BaseRequestHandler):
    """A proxy that connects every CONNECT with the port it names, on this machine."""

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.request.recv(1)
        port = int(head.split()[1].rpartition(b":")[2])
        with socket.create_connection(("127.0.0.1", port)) as service:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
            way = {self.request: service, service: self.request}
            while True:
                for ready in select.select(list(way), [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    way[ready].sendall(data)


def test_an_encrypted_request_goes_through_the_tunnel(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / "localhost.pem"))
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as proxy, Receiver(tls="localhost") as receiver:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        through(monkeypatch, f"http://127.0.0.1:{proxy.server_address[1]}", NO_PROXY="")
        for _ in range(2):
            assert isinstance(send(transport, receiver.url(host="localhost")), Response)
        assert receiver.requests[0].target == "/hook"
        assert receiver.connections == 1
        transport.close()
        proxy.shutdown()
        thread.join()


def test_a_tunnel_that_breaks_off_is_explained(
    transport: HttpTransport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(monkeypatch, f"http://127.0.0.1:{receiver.port}")
    receiver.behave(Answer(200, {"Via": "test"}, b"", end="close"))
    result = send(transport, "https://nonexistent.invalid/")
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.RESET
    assert result.reason == "nonexistent.invalid:443 broke the connection off while setting up TLS"


@pytest.mark.parametrize("url", ["http://example.com/hook", "https://example.com/hook"])
def test_a_dead_proxy_is_distinguished_from_a_dead_service(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    port = unused_port()
    through(monkeypatch, f"http://127.0.0.1:{port}")
    result = send(transport, url)
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.PROXY
    assert f"127.0.0.1:{port} refused" in result.reason
    assert "HTTP_PROXY" in result.hint


def test_no_proxy_is_honoured(transport: HttpTransport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    through(monkeypatch, f"http://127.0.0.1:{unused_port()}", NO_PROXY="127.0.0.1")
    assert isinstance(send(transport, receiver.url()), Response)
    assert receiver.requests[0].target == "/hook"


@pytest.mark.parametrize("proxy", ["ftp://127.0.0.1:1080", "https://127.0.0.1:1080", "http://[", "http://"])
def test_a_proxy_of_another_kind_is_explained(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    through(monkeypatch, proxy)
    result = send(transport, "https://example.com/hook")
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.PROXY
    assert "NO_PROXY" in result.hint
