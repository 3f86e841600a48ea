"""The transport, over real sockets."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any, List, Optional, Tuple, Union

import pytest

from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.transport.http import FailureKind, HttpTransport, TransportFailure
from prime_notify.version import __version__
from tests.support.receiver import CLOSE, HANG, OK, RESET, Answer, Receiver, redirect, unused_port

TIMEOUT = 1.0  # seconds: enough to connect on a busy machine
GENEROUS = 60.0  # seconds: what a busy machine may add
SECRET = "SECRETkey123"

Result = Union[Response, TransportFailure]


def send(transport: HttpTransport, url: str, *, body: bytes = b"{}", timeout: float = 10, **request: Any) -> Result:
    return transport.send(Request("POST", url, body=body, **request), timeout=timeout)


def failure(result: Result, kind: FailureKind, *words: str) -> TransportFailure:
    assert isinstance(result, TransportFailure)
    assert result.kind is kind
    for word in words:
        assert word in result.reason
    assert SECRET not in result.reason + result.hint + repr(result)
    return result


def response(result: Result) -> Response:
    assert isinstance(result, Response), result
    return result


# -- a request and its answer ----------------------------------------------------------------------------------------


def test_the_request_arrives_byte_for_byte(transport: HttpTransport, receiver: Receiver) -> None:
    headers = {"Content-Type": "text/plain", "X-Name": "服务器"}
    got = response(send(transport, receiver.url("/a%20b/ü?q=1&r={x}#no"), body=b"\0\xff body", headers=headers))
    assert (got.status, got.body) == (200, b"ok")
    (seen,) = receiver.requests
    assert (seen.method, seen.target, seen.body) == ("POST", "/a%20b/%C3%BC?q=1&r=%7Bx%7D", b"\0\xff body")
    assert seen.headers == (
        ("Host", f"127.0.0.1:{receiver.port}"),
        ("User-Agent", f"PrimeNotify/{__version__}"),
        ("Content-Type", "text/plain"),
        ("X-Name", "服务器".encode().decode("latin-1")),
        ("Accept-Encoding", "identity"),
        ("Content-Length", "7"),
    )


def test_the_answer_comes_with_lower_case_headers_and_its_time(receiver: Receiver) -> None:
    receiver.behave(Answer(201, {"X-One": "1", "Set-Cookie": "a", "set-cookie": "b"}, b"created"))
    transport = HttpTransport(wall_clock=lambda: 1234.5)
    got = response(send(transport, receiver.url()))
    transport.close()
    assert got.status == 201
    assert {**got.headers, "content-length": ""} == {"x-one": "1", "set-cookie": "a, b", "content-length": ""}
    assert (got.body, got.truncated, got.received_at) == (b"created", False, 1234.5)


def test_other_work_is_done_once_the_request_is_sent(transport: HttpTransport, receiver: Receiver) -> None:
    arrived: List[int] = []
    request = Request("POST", receiver.url(), {}, b"{}")
    answer = transport.send(request, timeout=5.0, meanwhile=lambda: arrived.append(len(receiver.wait_for(1))))
    assert isinstance(answer, Response)
    assert arrived == [1]


def test_the_owners_headers_override_but_cannot_break_the_framing(transport: HttpTransport, receiver: Receiver) -> None:
    headers = {"host": "other.example", "user-agent": "mine", "content-length": "9999", "Accept-Encoding": "gzip"}
    response(send(transport, receiver.url(), body=b"four", headers=headers))
    (seen,) = receiver.requests
    assert seen.header("Host") == "other.example"
    assert seen.header("User-Agent") == "mine"
    assert seen.header("Accept-Encoding") == "identity"
    assert seen.header("Content-Length") == "4"
    assert seen.body == b"four"


def test_a_user_and_password_in_the_url_become_basic_authentication(
    transport: HttpTransport, receiver: Receiver
) -> None:
    url = receiver.url().replace("//", "//user:p%40ss@")
    response(send(transport, url))
    response(send(transport, url, headers={"authorization": "Bearer t"}))
    assert [seen.header("Authorization") for seen in receiver.requests] == ["Basic dXNlcjpwQHNz", "Bearer t"]


def test_get_has_no_body(transport: HttpTransport, receiver: Receiver) -> None:
    assert isinstance(transport.send(Request("GET", receiver.url()), timeout=10), Response)
    assert receiver.requests[0].header("Content-Length") is None


def test_a_redirect_is_an_answer_and_not_followed(transport: HttpTransport, receiver: Receiver) -> None:
    receiver.behave(redirect(receiver.url("/elsewhere"), 307))
    got = response(send(transport, receiver.url()))
    assert (got.status, got.headers["location"]) == (307, receiver.url("/elsewhere"))
    assert len(receiver.requests) == 1


def test_a_compressed_answer_stays_compressed(transport: HttpTransport, receiver: Receiver) -> None:
    receiver.behave(Answer(200, {"Content-Encoding": "gzip"}, b"\x1f\x8bnot really"))
    assert response(send(transport, receiver.url())).body == b"\x1f\x8bnot really"


@pytest.mark.parametrize("headers", [{}, {"Content-Length": str(1 << 40)}, {"Connection": "close"}])
def test_of_a_huge_answer_only_the_beginning_is_read(receiver: Receiver, headers: dict) -> None:
    receiver.behave(Answer(200, headers, b"x" * 5_000_000))
    transport = HttpTransport(body_cap=1000)
    got = response(send(transport, receiver.url()))
    transport.close()
    assert (got.body, got.truncated) == (b"x" * 1000, True)


def test_an_answer_of_just_the_cap_is_whole(receiver: Receiver) -> None:
    receiver.behave(Answer(200, {}, b"x" * 1000))
    transport = HttpTransport(body_cap=1000)
    got = response(send(transport, receiver.url()))
    transport.close()
    assert (len(got.body), got.truncated) == (1000, False)


def test_a_chunked_answer_is_read(transport: HttpTransport, receiver: Receiver) -> None:
    receiver.behave(Answer(200, {"Transfer-Encoding": "chunked"}, b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    assert response(send(transport, receiver.url())).body == b"abcde"
    assert response(send(transport, receiver.url())).body == b"abcde"
    assert receiver.connections == 1


def test_a_server_that_answers_and_hangs_up_before_it_has_read_all_is_heard(
    transport: HttpTransport, receiver: Receiver
) -> None:
    receiver.behave(Answer(413, {"Connection": "close"}, b"too large", read_body=False))
    result = send(transport, receiver.url(), body=b"x" * 20_000_000)
    # The reset that follows such an answer may overtake it: then that is all there is to know
    assert isinstance(result, TransportFailure) or result.status == 413


# -- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (HANG, "its answer was awaited"),
        (Answer(delay=60), "its answer was awaited"),
        (Answer(trickle_head=0.1), "its answer was read"),
        (Answer(headers={"X": "y" * 100}, trickle_head=0.1), "its answer was read"),
        (Answer(body=b"x" * 1000, trickle_body=0.1), "its answer was read"),
        (Answer(headers={"Connection": "close"}, body=b"x" * 1000, trickle_body=0.1), "its answer was read"),
        (
            Answer(headers={"Transfer-Encoding": "chunked"}, body=b"1\r\nx\r\n" * 99, trickle_body=0.1),
            "answer was read",
        ),
    ],
)
def test_the_timeout_bounds_the_whole_attempt(
    transport: HttpTransport, receiver: Receiver, answer: Answer, words: str
) -> None:
    receiver.behave(answer)
    result = send(transport, receiver.url(), timeout=TIMEOUT)
    failure(result, FailureKind.TIMEOUT, f"127.0.0.1:{receiver.port} timed out while", words)


def test_the_timeout_bounds_a_reader_that_does_not_read(transport: HttpTransport, receiver: Receiver) -> None:
    receiver.behave(Answer(status=None, read_body=False, end="hang"))
    result = send(transport, receiver.url(), body=b"x" * 20_000_000, timeout=TIMEOUT)
    failure(result, FailureKind.TIMEOUT, "the request was sent")


def test_after_a_timeout_the_connection_is_not_used_again(transport: HttpTransport, receiver: Receiver) -> None:
    receiver.behave(Answer(delay=60, body=b"late"), OK)
    failure(send(transport, receiver.url(), timeout=TIMEOUT), FailureKind.TIMEOUT)
    assert response(send(transport, receiver.url())).body == b"ok"
    assert receiver.connections == 2


def test_no_time_at_all_is_a_timeout(transport: HttpTransport, receiver: Receiver) -> None:
    failure(send(transport, receiver.url(), timeout=0), FailureKind.TIMEOUT)
    assert receiver.requests == []


# -- broken connections ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (RESET, "its answer was awaited"),
        (CLOSE, "its answer was awaited"),
        (Answer(200, {"Content-Length": "100"}, b"short", end="close"), "its answer was read"),
        (Answer(200, {"Transfer-Encoding": "chunked"}, b"5\r\nab", end="close"), "its answer was read"),
    ],
)
def test_a_broken_connection_is_explained(
    transport: HttpTransport, receiver: Receiver, answer: Answer, words: str
) -> None:
    receiver.behave(answer)
    failure(send(transport, receiver.url(f"/{SECRET}")), FailureKind.RESET, "broke the connection off", words)


def test_a_refused_connection_is_explained(transport: HttpTransport) -> None:
    port = unused_port()
    result = send(transport, f"http://127.0.0.1:{port}/{SECRET}")
    failure(result, FailureKind.REFUSED, f"127.0.0.1:{port} refused the connection")


def test_an_answer_that_is_no_http_is_explained(transport: HttpTransport) -> None:
    with Receiver(greeting=b"220 mail.example ESMTP\r\n") as mail_server:
        failure(send(transport, mail_server.url()), FailureKind.OTHER, "is not HTTP")


# -- kept connections ------------------------------------------------------------------------------------------------


def test_a_connection_is_kept_for_the_next_request(transport: HttpTransport, receiver: Receiver) -> None:
    for number in range(5):
        response(send(transport, receiver.url(f"/{number}")))
    assert receiver.connections == 1


@pytest.mark.parametrize("answer", [Answer(headers={"Connection": "close"}), Answer(end="close"), Answer(end="reset")])
def test_a_connection_that_was_closed_meanwhile_is_replaced(
    transport: HttpTransport, receiver: Receiver, answer: Answer
) -> None:
    receiver.behave(answer)
    for _ in range(4):
        response(send(transport, receiver.url()))
    assert len(receiver.requests) == 4
    assert receiver.connections == 4


def test_a_connection_that_is_closed_just_when_it_is_used_is_replaced(
    transport: HttpTransport, receiver: Receiver
) -> None:
    receiver.behave(OK, CLOSE, OK)
    assert response(send(transport, receiver.url())).status == 200
    assert response(send(transport, receiver.url())).status == 200
    assert [seen.connection for seen in receiver.requests] == [1, 1, 2]


def test_a_fresh_connection_is_not_replaced_in_the_same_attempt(transport: HttpTransport, receiver: Receiver) -> None:
    receiver.behave(OK, CLOSE)
    response(send(transport, receiver.url()))
    failure(send(transport, receiver.url()), FailureKind.RESET)
    assert receiver.connections == 2


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_connection_that_breaks_in_the_middle_of_its_answer_is_not_replaced(
    transport: HttpTransport, receiver: Receiver, end: str
) -> None:
    receiver.behave(OK, Answer(200, {"Content-Length": "9"}, b"x", trickle_head=0.001, end=end))
    response(send(transport, receiver.url()))
    failure(send(transport, receiver.url()), FailureKind.RESET, "its answer was read")
    assert len(receiver.requests) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="select takes any socket there")
def test_a_connection_is_kept_in_a_process_with_many_open_files(transport: HttpTransport, receiver: Receiver) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limits[1] < 4096 and limits[1] != resource.RLIM_INFINITY:
        pytest.skip("this machine lets no process open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, limits[1]))
    with contextlib.ExitStack() as files:
        files.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        while files.enter_context(Path(os.devnull).open()).fileno() < 1024:
            pass
        for _ in range(3):
            assert response(send(transport, receiver.url())).status == 200
        transport.close()
    assert receiver.connections == 1


def test_a_connection_is_not_kept_for_ever(receiver: Receiver) -> None:
    now = 0.0
    transport = HttpTransport(idle_seconds=30, clock=lambda: now)
    response(send(transport, receiver.url()))
    now += 29
    response(send(transport, receiver.url()))
    now += 31
    response(send(transport, receiver.url()))
    transport.close()
    assert [seen.connection for seen in receiver.requests] == [1, 1, 2]


def test_only_so_many_connections_are_kept(receiver: Receiver) -> None:
    with Receiver() as other:
        transport = HttpTransport(max_idle=1)
        for each in (receiver, other, receiver, other):
            response(send(transport, each.url()))
        transport.close()
        assert (receiver.connections, other.connections) == (2, 2)


def test_one_endpoint_that_hangs_does_not_delay_another_of_the_same_host(
    transport: HttpTransport, receiver: Receiver
) -> None:
    receiver.behave(HANG, path="/hang")
    threads = [threading.Thread(target=send, args=(transport, receiver.url("/hang"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    receiver.wait_for(20)
    assert response(send(transport, receiver.url("/fine"))).status == 200
    transport.close()
    for thread in threads:
        thread.join(GENEROUS)
        assert not thread.is_alive()


# -- the end ---------------------------------------------------------------------------------------------------------


def test_closing_cuts_running_attempts_off(transport: HttpTransport, receiver: Receiver) -> None:
    receiver.behave(HANG)
    results = []
    thread = threading.Thread(target=lambda: results.append(send(transport, receiver.url(), timeout=60)))
    thread.start()
    receiver.wait_for(1)
    transport.close()
    thread.join(GENEROUS)
    failure(results[0], FailureKind.STOPPED, "the plugin is stopping")


def test_after_closing_nothing_is_sent(transport: HttpTransport, receiver: Receiver) -> None:
    response(send(transport, receiver.url()))
    transport.close()
    transport.close()
    failure(send(transport, receiver.url()), FailureKind.STOPPED, "the plugin is stopping")
    assert len(receiver.requests) == 1


def test_an_attempt_that_outlives_the_transport_leaves_no_connection_behind(receiver: Receiver) -> None:
    transport = HttpTransport()

    def close_then_answer(_: Any) -> Answer:
        with transport._lock:  # as if close() came between the last byte and the keeping of the connection
            transport._closed = True
        return OK

    receiver.behave(close_then_answer)
    response(send(transport, receiver.url()))
    assert not transport._idle


# -- what cannot even be begun ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        f"ftp://host/{SECRET}",
        f"host/{SECRET}",
        f"http:///{SECRET}",
        f"http://host:port/{SECRET}",
        f"http://host/{SECRET} x",
        f"http://host/{SECRET}\r\nX: y",
        f"http://[::1/{SECRET}",
        "",
    ],
)
def test_a_url_that_is_none_is_explained(transport: HttpTransport, url: str) -> None:
    assert failure(send(transport, url), FailureKind.INVALID_URL, "URL").hint


@pytest.mark.parametrize("headers", [{"X-Token": f"{SECRET}\r\nX: y"}, {f"{SECRET} : x": "y"}])
def test_headers_that_http_does_not_allow_are_explained(
    transport: HttpTransport, receiver: Receiver, headers: dict
) -> None:
    failure(send(transport, receiver.url(), headers=headers), FailureKind.OTHER, "a header has characters")
    assert receiver.requests == []


def test_a_method_that_http_does_not_allow_is_explained(transport: HttpTransport, receiver: Receiver) -> None:
    failure(transport.send(Request("PO\nST", receiver.url()), timeout=5), FailureKind.OTHER, "ValueError")


def test_nothing_of_a_url_is_logged(
    transport: HttpTransport, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    behaviours: Tuple[Optional[Answer], ...] = (OK, RESET, redirect("/x"), Answer(body=b"x" * 99999))
    for behaviour in behaviours:
        receiver.behave(behaviour)
        send(transport, receiver.url(f"/{SECRET}"), headers={"X-Token": SECRET})
    assert SECRET not in caplog.text
