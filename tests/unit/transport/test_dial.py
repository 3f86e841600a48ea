"""From a name to a connection."""

from __future__ import annotations

import socket
import threading
from typing import Any, List

import pytest

from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.transport.dial import Resolver
from prime_notify.transport.http import FailureKind, HttpTransport, TransportFailure
from tests.support.names import Names
from tests.support.receiver import Receiver, unused_port


def numeric(*ports: int) -> List[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)) for port in ports]


def send(names: Any, timeout: float = 10, transport: Any = None) -> Any:
    transport = transport or HttpTransport(resolver=Resolver(names))
    try:
        return transport.send(Request("POST", "http://service/hook", body=b"{}"), timeout=timeout)
    finally:
        transport.close()


def ready(answer: Any) -> Names:
    names = Names(answer)
    names.may.set()
    return names


def test_an_unknown_host_is_explained(transport: HttpTransport) -> None:
    result = transport.send(Request("POST", "http://nonexistent.invalid/secret"), timeout=30)
    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.DNS
    assert "nonexistent.invalid" in result.reason
    assert "secret" not in repr(result)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "unknown host service"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "the name server gave no answer for service"),
        (UnicodeError("label too long"), "unknown host service"),
    ],
)
def test_why_there_is_no_address_is_explained(error: Exception, words: str) -> None:
    result = send(ready(error))
    assert (result.kind, result.reason) == (FailureKind.DNS, words)


def test_a_dead_name_server_does_not_exceed_the_timeout_and_is_asked_once_at_a_time() -> None:
    names = Names(numeric(1))
    transport = HttpTransport(resolver=Resolver(names))
    for _ in range(3):
        result = transport.send(Request("POST", "http://service/hook"), timeout=0.5)
        assert (result.kind, result.reason) == (
            FailureKind.TIMEOUT,
            "service:80 timed out while its address was looked up",
        )
    assert names.asked == 1
    assert [thread.name for thread in threading.enumerate()].count("prime_notify-lookup") == 1
    names.may.set()
    transport.close()


def test_stopping_does_not_wait_for_a_name_server() -> None:
    names = Names(numeric(1))
    transport = HttpTransport(resolver=Resolver(names))
    results: List[Any] = []
    thread = threading.Thread(target=lambda: results.append(send(names, 60, transport)))
    thread.start()
    assert names.begun.wait(60.0)
    transport.close()
    thread.join(3)
    names.may.set()
    assert "stopping" in results[0].reason


def test_the_next_address_is_tried(receiver: Receiver) -> None:
    assert isinstance(send(ready(numeric(unused_port(), receiver.port))), Response)


def test_an_address_that_swallows_packets_leaves_time_for_the_next(receiver: Receiver) -> None:
    with socket.socket() as full:  # its backlog is full, so that no further connection is taken or refused
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [_begin_to_connect(full.getsockname()) for _ in range(8)]
        result = send(ready(numeric(full.getsockname()[1], receiver.port)), timeout=2)
        for sock in waiting:
            sock.close()
    assert isinstance(result, Response)


def test_the_failure_of_the_last_address_is_explained() -> None:
    result = send(ready(numeric(unused_port(), unused_port())))
    assert result.kind is FailureKind.REFUSED


def test_a_name_without_an_address_is_unknown() -> None:
    assert send(ready([])).kind is FailureKind.DNS


def test_a_network_that_cannot_be_reached_is_explained() -> None:
    broadcast = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("255.255.255.255", 9))]
    result = send(ready(broadcast), timeout=5)
    assert result.kind in (FailureKind.OTHER, FailureKind.TIMEOUT)
    assert "service:80" in result.reason


def _begin_to_connect(address: Any) -> socket.socket:
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(address)
    return sock
