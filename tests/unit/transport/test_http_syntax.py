"""Answers as bytes: every valid form is read as http.client reads it, and nothing else passes for an answer."""

from __future__ import annotations

import http.client
import io
import threading
from typing import Any, Iterator, List, Tuple

import pytest

from prime_notify.model.failure import UnsendableError
from prime_notify.model.request import ConnectionOptions, Request
from prime_notify.model.response import Response
from prime_notify.transport.http import HttpTransport
from prime_notify.transport.http_syntax import Answer, InvalidAnswerError, connect_request, read_answer, request_bytes
from prime_notify.transport.route import EnvironmentProxies, find_route
from tests.support.receiver import Answer as Scripted
from tests.support.receiver import Receiver, Recorded


class Bytes:
    """What a peer sends before it closes the connection."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)
        self._size = len(data)

    @property
    def has_unread(self) -> bool:
        return self._data.tell() < self._size

    def read_line(self) -> bytes:
        return self._data.readline()

    def read(self, most: int) -> bytes:
        return self._data.read(min(most, 7))  # in pieces, as from a network


class FakeSocket:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def read(data: bytes, method: str = "POST", limit: int = 1000) -> Answer:
    return read_answer(Bytes(data), method, limit)


def read_with_http_client(data: bytes, method: str) -> Tuple[int, List[Tuple[str, str]], bytes, bool]:
    answer = http.client.HTTPResponse(FakeSocket(data), method=method)  # type: ignore[arg-type]
    answer.begin()
    body = answer.read()
    headers = [(name.lower(), value) for name, value in answer.getheaders()]
    return answer.status, headers, body, not answer.will_close


OK = b"HTTP/1.1 200 OK\r\n"
VALID = {
    "with a length": OK + b"Content-Length: 5\r\nX-A: b\r\n\r\nhello",
    "empty": OK + b"Content-Length: 0\r\n\r\n",
    "chunked": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nB\r\n, you world\r\n0\r\n\r\n",
    "chunked, with extensions and trailers": (
        OK + b"Transfer-Encoding: Chunked\r\n\r\n5 ;a=b\r\nhello\r\n0;last\r\nX-Sum: 1\r\nX-Two: 2\r\n\r\n"
    ),
    "chunked in a length that does not count": (
        OK + b"Connection: close\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    "to the end of the connection": OK + b"X-A: b\r\n\r\nhello, you world",
    "of HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "of HTTP/1.0 that keeps the connection": (
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello"
    ),
    "that closes the connection": OK + b"Connection: Close\r\nContent-Length: 5\r\n\r\nhello",
    "after an interim answer": b"HTTP/1.1 100 Continue\r\nX-No: 1\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok",
    "without a reason": b"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
    "with bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "with a header without a space": OK + b"Content-Length:2\r\nX-Empty:\r\n\r\nok",
    "with latin-1 in a header": OK + b"Content-Length: 2\r\nX-A: caf\xe9\r\n\r\nok",
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "304 with the length of another": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n",
    "with a length that is none": OK + b"Content-Length: many\r\n\r\nhello",
    "with a negative length": OK + b"Content-Length: -5\r\n\r\nhello",
}


@pytest.mark.parametrize("method", ["POST", "HEAD"])
@pytest.mark.parametrize("data", VALID.values(), ids=VALID)
def test_an_answer_is_read_as_http_client_reads_it(data: bytes, method: str) -> None:
    status, headers, body, stays_open = read_with_http_client(data, method)
    answer = read(data, method)
    assert (answer.status, list(answer.headers.items()), answer.body) == (status, headers, body)
    if method == "POST":  # after HEAD, these answers leave a body behind
        assert answer.reusable == stays_open


@pytest.mark.parametrize("interim", [100, 102, 103, 199])
def test_interim_answers_are_passed_over(interim: int) -> None:
    data = b"HTTP/1.1 %d Wait\r\nLink: x\r\n\r\n" % interim * 3 + OK + b"Content-Length: 2\r\n\r\nok"
    assert read(data)[:3] == (200, {"content-length": "2"}, b"ok")


def test_another_protocol_is_a_final_answer_and_the_connection_is_given_up() -> None:
    assert read(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nbinary") == (101, {"upgrade": "x"}, b"", False)


def test_a_header_may_continue_on_the_next_line() -> None:
    assert read(OK + b"X-A: one\r\n  two\r\n\tthree\r\nContent-Length: 0\r\n\r\n").headers["x-a"] == "one two three"


def test_a_line_without_a_colon_is_no_header() -> None:
    assert read(OK + b"nonsense\r\n continued\r\nContent-Length: 2\r\n\r\nok")[1:3] == ({"content-length": "2"}, b"ok")


def test_of_two_lengths_the_first_counts() -> None:
    assert read(OK + b"Content-Length: 2\r\nContent-Length: 4\r\n\r\nok..").body == b"ok"


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\nbytes",
        OK + b"Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
    ],
    ids=["two framings", "another encoding", "more than the answer", "no end of the trailers"],
)
def test_a_connection_in_doubt_is_not_used_again(data: bytes) -> None:
    answer = read(data)
    assert answer.status == 200
    assert answer.reusable is False


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (b"Content-Length: 26", b"abcdefghijklmnopqrstuvwxyz"),
        (b"Transfer-Encoding: chunked", b"d\r\nabcdefghijklm\r\nd\r\nnopqrstuvwxyz\r\n0\r\n\r\n"),
        (b"X-None: 1", b"abcdefghijklmnopqrstuvwxyz"),
    ],
)
@pytest.mark.parametrize("limit", [1, 12, 13, 14, 25, 26, 27])
def test_no_more_than_the_limit_is_read(framing: bytes, body: bytes, limit: int) -> None:
    answer = read(OK + framing + b"\r\n\r\n" + body, limit=limit)
    assert answer.body == b"abcdefghijklmnopqrstuvwxyz"[:limit]
    assert not answer.reusable or limit >= 26


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        OK + b"Content-Length: 5\r\n\r\nhell",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    ],
)
def test_an_answer_that_ends_too_early_is_a_broken_connection(data: bytes) -> None:
    with pytest.raises(ConnectionError):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"220 mail.example ESMTP\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 012 OK\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"\r\n",
        OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
        OK + b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 3_000 + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nmany\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n\r\n5\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello, you\r\n0\r\n\r\n",
    ],
)
def test_bytes_that_are_no_answer_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidAnswerError):
        read(data)


# -- over real sockets -----------------------------------------------------------------------------------------------


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    transport = HttpTransport()
    yield transport
    transport.close()


@pytest.mark.parametrize("pause", [0, 0.0005])
def test_an_answer_may_come_whole_or_byte_for_byte(pause: float, transport: HttpTransport) -> None:
    chunks = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n"
    with Receiver() as receiver:
        receiver.behave(Scripted(200, {"Transfer-Encoding": "chunked"}, chunks, trickle_head=pause, trickle_body=pause))
        for _ in range(3):
            got = transport.send(Request("POST", receiver.url(), body=b"{}"), timeout=10)
            assert isinstance(got, Response)
            assert got.body == b"abcde"
        assert receiver.connections == 1


def test_a_body_larger_than_every_buffer_arrives_whole(transport: HttpTransport) -> None:
    sent = b"0123456789abcdef" * 500_000
    with Receiver() as receiver:
        response = transport.send(Request("POST", receiver.url(), body=sent), timeout=30)
        assert isinstance(response, Response)
        assert receiver.requests[0].body == sent


def test_an_endless_line_is_refused_before_the_time_is_over(transport: HttpTransport) -> None:
    with Receiver(greeting=b"HTTP/1.1 200 " + b"x" * 1_000_000) as receiver:
        failure = transport.send(Request("POST", receiver.url(), body=b"{}"), timeout=30)
        assert "is not HTTP" in getattr(failure, "reason", "")


def test_lanes_of_one_host_do_not_mix_their_answers(transport: HttpTransport) -> None:
    def echo(request: Recorded) -> Scripted:
        return Scripted(200, {}, request.body)

    def ask(number: int) -> None:
        for count in range(20):
            body = f"{number}-{count}".encode()
            got: Any = transport.send(Request("POST", receiver.url(), body=body), timeout=10)
            if got.body != body:
                mixed.append((body, got))

    mixed: List[Any] = []
    with Receiver() as receiver:
        receiver.behave(echo)
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(receiver.requests) == 80
    assert mixed == []


# -- requests --------------------------------------------------------------------------------------------------------


def as_bytes(method: str = "POST", **given: Any) -> bytes:
    route = find_route("http://host/p", ConnectionOptions(), EnvironmentProxies())
    return request_bytes(Request(method, "http://host/p", **given), route)


@pytest.mark.parametrize("name", ["", " ", "a b:", ":a", "a:b", "a\r\nb", "é", "a\n"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UnsendableError):
        as_bytes(headers={name: "value"})


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\r\nb", "a\n", "\r", "\ud800"])
def test_a_value_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(UnsendableError):
        as_bytes(headers={"X": value})


@pytest.mark.parametrize("method", ["", "PO ST", "POST\r\nX: y", "GÉT"])
def test_a_method_that_is_none_is_refused(method: str) -> None:
    with pytest.raises(ValueError, match="method"):
        as_bytes(method)


def test_a_request_ends_with_its_body() -> None:
    head, _, body = as_bytes(body=b"\r\n\r\nbody", headers={"X": "a\n b"}).partition(b"\r\n\r\n")
    assert body == b"\r\n\r\nbody"
    assert head.split(b"\r\n")[0] == b"POST /p HTTP/1.1"
    assert b"X: a\n b" in head


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://[fe80::1%25eth0]:8080/x", "[fe80::1]:8080"),
        ("http://[fe80::1%25eth0]/x", "[fe80::1]"),
        ("http://[fe80::1%eth0]/x", "[fe80::1]"),
        ("https://[fe80::1%25en1]:444/x", "[fe80::1]:444"),
        ("http://[::1]/x", "[::1]"),
    ],
)
def test_the_zone_of_an_address_stays_on_this_machine(url: str, host: str) -> None:
    """RFC 6874: it is for the connection only."""
    route = find_route(url, ConnectionOptions("direct"), EnvironmentProxies())
    assert f"Host: {host}\r\n".encode() in request_bytes(Request("POST", url), route)
    assert "%" not in route.server_name + route.authority
    assert "fe80" not in url or "%" in route.host
    proxied = find_route(url, ConnectionOptions("http://127.0.0.1:1"), EnvironmentProxies())
    assert b"%" not in request_bytes(Request("POST", url), proxied) + connect_request(proxied)
