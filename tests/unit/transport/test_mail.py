"""Mails over real sockets: to a real SMTP server, with TLS, STARTTLS and login, and to servers that misbehave."""

from __future__ import annotations

import dataclasses
import itertools
import json
import socket
import threading
from typing import Any, Dict, Iterator, List, Optional

import pytest

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import ConnectionOptions, MailRequest
from prime_notify.model.response import Response
from prime_notify.text.wording import in_language
from prime_notify.transport.mail import MailTransport
from prime_notify.transport.probe import Prober, same_place
from tests.support.mail_server import PASSWORD, MailServer, says, scripted, until_closed
from tests.support.receiver import CERTIFICATES, unused_port
from tests.unit.transport.socks_stub import SocksStub

LONG = 20.0  # seconds; no test waits for it
MAIL = b"Subject: hello\r\n\r\n.one line\r\nand another\r\n"
TRUSTED = ConnectionOptions(verify=str(CERTIFICATES / "localhost.pem"))

LOGGED_IN = [b"220 hi\r\n", b"250-x\r\n250 AUTH PLAIN\r\n", b"235 ok\r\n"]


@pytest.fixture
def transport() -> Iterator[MailTransport]:
    made = MailTransport(wall_clock=lambda: 7.0)
    yield made
    made.close()


def request(port: int, security: Any = "starttls", *, login: bool = True, **more: Any) -> MailRequest:
    values: Dict[str, Any] = {
        "host": "localhost" if security != "none" else "127.0.0.1",
        "sender": "mc@example.com",
        "recipients": ("steve@example.com", "alex@example.com"),
        "mail": MAIL,
        "user": "mc@example.com" if login else "",
        "password": PASSWORD if login else "",
        "connection": TRUSTED,
    }
    return MailRequest(port=port, security=security, **{**values, **more})


def said(answer: Any) -> Dict[str, Any]:
    assert isinstance(answer, Response), answer
    document: Dict[str, Any] = json.loads(answer.body)
    assert answer.status == document["code"]
    assert answer.received_at == 7.0
    return document


def failure(answer: Any, kind: FailureKind) -> TransportFailure:
    assert isinstance(answer, TransportFailure), answer
    assert answer.kind is kind, answer
    assert answer.kind is FailureKind.STOPPED or answer.hint
    assert PASSWORD not in f"{answer!r}{in_language(answer.reason, 'zh_cn')}{in_language(answer.hint, 'zh_cn')}"
    return answer


# -- a server that works ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("security", "tls"), [("tls", True), ("starttls", False)])
def test_a_mail_arrives_over_tls_after_a_login(transport: MailTransport, security: str, tls: bool) -> None:
    with MailServer(tls=tls, before_login=True) as server:
        answer = said(transport.send(request(server.port, security), timeout=LONG))
    assert answer == {
        "step": "content",
        "code": 250,
        "said": "2.0.0 OK",
        "recipients": [{"code": 250, "said": "2.0.0 OK"}] * 2,
    }
    (envelope,) = server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("mc@example.com", ["steve@example.com", "alex@example.com"])
    assert envelope.original_content == MAIL
    assert envelope.mail_options == [f"SIZE={len(MAIL)}"]
    assert server.logins == [("mc@example.com", PASSWORD, security == "starttls")]
    assert server.sessions[0].host_name == "[127.0.0.1]"


def test_a_relay_on_this_machine_needs_neither_tls_nor_login(transport: MailTransport) -> None:
    with MailServer(certificate=None, login=False) as server:
        assert said(transport.send(request(server.port, "none", login=False), timeout=LONG))["code"] == 250
    assert len(server.envelopes) == 1
    assert server.logins == []


def test_a_password_may_go_in_the_clear_to_this_machine_only(transport: MailTransport) -> None:
    with MailServer(certificate=None) as server:
        assert said(transport.send(request(server.port, "none"), timeout=LONG))["step"] == "content"
        refused = transport.send(request(server.port, "none", host="mail.example.com"), timeout=LONG)
    assert "unencrypted" in failure(refused, FailureKind.TLS).reason
    assert len(server.logins) == 1


def test_every_mechanism_of_the_standard_library_logs_in(transport: MailTransport) -> None:
    for excluded in (["PLAIN"], ["LOGIN"]):
        with MailServer(auth_exclude_mechanism=excluded) as server:
            assert said(transport.send(request(server.port), timeout=LONG))["code"] == 250
            assert server.logins == [("mc@example.com", PASSWORD, True)]


def test_an_old_server_that_knows_no_ehlo_and_no_extension_gets_the_same_mail(transport: MailTransport) -> None:
    """Neither 8BITMIME nor SMTPUTF8 nor SIZE."""
    lines = [b"220 old\r\n", b"502 what?\r\n", *[b"250 ok\r\n"] * 4, b"354 go\r\n"]
    heard: List[bytes] = []

    def talk(sock: socket.socket) -> None:
        with sock.makefile("rb") as stream:
            for line in lines:
                sock.sendall(line)
                heard.append(stream.readline())
            while heard[-1] != b".\r\n":
                heard.append(stream.readline())
            sock.sendall(b"250 queued\r\n")
            heard.append(stream.readline())

    with scripted(talk) as (port, _):
        assert said(transport.send(request(port, "none", login=False), timeout=LONG))["said"] == "queued"
    assert [line.lower() for line in heard[:4]] == [
        b"ehlo [127.0.0.1]\r\n",
        b"helo [127.0.0.1]\r\n",
        b"mail from:<mc@example.com>\r\n",
        b"rcpt to:<steve@example.com>\r\n",
    ]
    assert b"..one line\r\n" in heard
    assert heard[-1] == b"QUIT\r\n"


# -- refusals --------------------------------------------------------------------------------------------------------


def test_one_refused_recipient_does_not_cost_the_other_one_the_mail(transport: MailTransport) -> None:
    with MailServer(answers={"steve@example.com": "550 5.1.1 no such user"}) as server:
        answer = said(transport.send(request(server.port), timeout=LONG))
    assert (answer["step"], answer["code"]) == ("content", 250)
    assert answer["recipients"] == [{"code": 550, "said": "5.1.1 no such user"}, {"code": 250, "said": "2.0.0 OK"}]
    assert server.envelopes[0].rcpt_tos == ["alex@example.com"]


@pytest.mark.parametrize(
    ("answers", "step", "code"),
    [
        ({"MAIL": "553 mail from must equal authorized user"}, "sender", 553),
        ({"steve@example.com": "450 4.2.0 greylisted", "alex@example.com": "451 later"}, "recipients", 451),
        ({"DATA": "554 5.7.1 spam"}, "content", 554),
        ({"DATA": "452 4.3.1 full"}, "content", 452),
    ],
)
def test_a_refusal_names_its_step(transport: MailTransport, answers: Any, step: str, code: int) -> None:
    with MailServer(answers=answers) as server:
        answer = said(transport.send(request(server.port), timeout=LONG))
    assert (answer["step"], answer["code"]) == (step, code)
    assert server.envelopes == []


def test_a_refused_login_ends_the_attempt(transport: MailTransport) -> None:
    with MailServer() as server:
        answer = said(transport.send(request(server.port, password="wrong0123"), timeout=LONG))
    assert (answer["step"], answer["code"]) == ("login", 535)
    assert server.envelopes == []


@pytest.mark.parametrize(
    ("lines", "step", "code"),
    [
        ([b"554 no mails from you\r\n"], "greeting", 554),
        ([b"421 busy\r\n"], "greeting", 421),
        ([b"220-hello\r\n220 there\r\n", b"550 no\r\n", b"550 no\r\n"], "hello", 550),
        ([b"220 hi\r\n", b"250-x\r\n250 SIZE 9\r\n"], "login", 502),
        ([b"220 hi\r\n", b"250-x\r\n250 AUTH GSSAPI NTLM\r\n"], "login", 502),
        (
            [*LOGGED_IN, b"250 ok\r\n", b"421 off\r\n"],
            "recipients",
            421,
        ),
        (
            [*LOGGED_IN, *[b"250 ok\r\n"] * 3, b"451 no\r\n"],
            "content",
            451,
        ),
    ],
)
def test_a_server_may_refuse_at_any_step(transport: MailTransport, lines: List[bytes], step: str, code: int) -> None:
    with scripted(says(*lines)) as (port, _):
        answer = said(transport.send(request(port, "none"), timeout=LONG))
    assert (answer["step"], answer["code"]) == (step, code)


def test_a_server_that_refuses_starttls_gets_no_password(transport: MailTransport) -> None:
    lines = [b"220 hi\r\n", b"250-x\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n", b"454 TLS not available\r\n"]
    with scripted(says(*lines)) as (port, _):
        answer = said(transport.send(request(port), timeout=LONG))
    assert (answer["step"], answer["code"]) == ("starttls", 454)


# -- encryption ------------------------------------------------------------------------------------------------------


def test_without_starttls_nothing_is_sent(transport: MailTransport) -> None:
    with MailServer(certificate=None) as server:
        for login in (True, False):
            got = failure(transport.send(request(server.port, login=login), timeout=LONG), FailureKind.TLS)
            assert got.reason == f"localhost:{server.port} offers no encryption (STARTTLS)"
    assert server.logins == []
    assert server.envelopes == []


@pytest.mark.parametrize("tls", [True, False])
@pytest.mark.parametrize("certificate", ["other-host", "expired"])
def test_a_wrong_certificate_gets_no_password(transport: MailTransport, certificate: str, tls: bool) -> None:
    trusting = ConnectionOptions(verify=str(CERTIFICATES / f"{certificate}.pem"))
    with MailServer(certificate=certificate, tls=tls) as server:
        asked = request(server.port, "tls" if tls else "starttls", connection=trusting)
        assert "certificate" in failure(transport.send(asked, timeout=LONG), FailureKind.TLS).reason
        unknown = dataclasses.replace(asked, connection=ConnectionOptions())
        assert "certificate" in failure(transport.send(unknown, timeout=LONG), FailureKind.TLS).reason
        open_eyed = dataclasses.replace(asked, connection=ConnectionOptions(verify=False))
        assert said(transport.send(open_eyed, timeout=LONG))["code"] == 250
    assert len(server.logins) == 1


def test_what_was_said_before_starttls_is_forgotten(transport: MailTransport) -> None:
    """An answer that somebody on the way put behind the server's own (CVE-2011-0411)."""
    injected = b"220 go\r\n250 AUTH PLAIN\r\n235 welcome\r\n"

    def talk(sock: socket.socket) -> None:
        says(b"220 hi\r\n", b"250-x\r\n250 STARTTLS\r\n", injected)(sock)

    with scripted(talk) as (port, _):
        failure(transport.send(request(port), timeout=LONG), FailureKind.RESET)


@pytest.mark.parametrize(
    ("security", "words", "remedy"),
    [("tls", "does not begin with TLS", '"security": "starttls"'), ("starttls", "does not speak SMTP", '"host"')],
)
def test_the_wrong_kind_of_port_is_named(transport: MailTransport, security: str, words: str, remedy: str) -> None:
    with scripted(says(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)) as (port, _):
        answer = transport.send(request(port, security), timeout=LONG)
    assert isinstance(answer, TransportFailure)
    assert words in answer.reason
    assert remedy in answer.hint


# -- servers that misbehave ------------------------------------------------------------------------------------------


class Jumping:
    """A clock that goes on by a second whenever it is read, so that a deadline comes without waiting."""

    def __init__(self) -> None:
        self._ticks = itertools.count()

    def __call__(self) -> float:
        return float(next(self._ticks))


@pytest.mark.parametrize("line", [b"220-more\r\n", b"2"])
def test_a_server_that_never_ends_its_answer_does_not_hold_the_attempt(line: bytes) -> None:
    """Each read ends in time; only the sum of them does not."""

    def talk(sock: socket.socket) -> None:
        while True:
            sock.sendall(line)

    transport = MailTransport(clock=Jumping())
    with scripted(talk) as (port, _):
        answer = transport.send(request(port, "none"), timeout=20)
        assert isinstance(answer, TransportFailure)
        assert answer.kind in (FailureKind.TIMEOUT, FailureKind.OTHER)
    transport.close()


@pytest.mark.parametrize("banner", [b"220-" + b"x" * 500 + b"\r\n", b"220-" + b"x" * 100_000 + b"\r\n", b"x" * 200_000])
def test_a_huge_banner_is_no_smtp(transport: MailTransport, banner: bytes) -> None:
    def talk(sock: socket.socket) -> None:
        for _ in range(1000):
            sock.sendall(banner)

    with scripted(talk) as (port, _):
        got = failure(transport.send(request(port, "none"), timeout=LONG), FailureKind.OTHER)
    assert got.reason == f"127.0.0.1:{port} does not speak SMTP"


def test_a_server_that_hangs_is_left_at_the_deadline(transport: MailTransport) -> None:
    with scripted(until_closed) as (port, _):
        failure(transport.send(request(port, "none"), timeout=0.05), FailureKind.TIMEOUT)


def test_the_port_for_tls_is_named_where_nothing_came_there_in_the_clear(
    transport: MailTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(until_closed) as (port, _):
        monkeypatch.setattr("prime_notify.transport.mail._TLS_PORT", port)
        got = failure(transport.send(request(port, "starttls"), timeout=0.05), FailureKind.TIMEOUT)
    assert "465" in got.hint


@pytest.mark.parametrize("lines", [[], [b"220 hi\r\n", b""], [b"220 hi\r\n", b"250 ok"], [b"220-h"]])
def test_a_server_that_hangs_up_is_named(transport: MailTransport, lines: List[bytes]) -> None:
    with scripted(says(*lines, waits=False)) as (port, _):
        got = failure(transport.send(request(port, "none", login=False), timeout=LONG), FailureKind.RESET)
    assert f"127.0.0.1:{port} broke the connection off" in got.reason


def test_a_server_that_drops_the_connection_in_the_mail_is_tried_again(transport: MailTransport) -> None:
    with MailServer(answers={"DATA": None}) as server:
        failure(transport.send(request(server.port), timeout=LONG), FailureKind.RESET)
    assert server.envelopes == []


def test_a_mail_is_accepted_even_if_the_farewell_fails(transport: MailTransport) -> None:
    lines = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"]

    def talk(sock: socket.socket) -> None:
        with sock.makefile("rb") as stream:
            for line in lines:
                sock.sendall(line)
                stream.readline()
            while stream.readline() != b".\r\n":
                pass
            sock.sendall(b"250 queued\r\n")

    with scripted(talk) as (port, _):
        asked = request(port, "none", login=False, recipients=("steve@example.com",))
        assert said(transport.send(asked, timeout=LONG))["code"] == 250


def test_nobody_there_is_explained(transport: MailTransport) -> None:
    port = unused_port()
    got = failure(transport.send(request(port, "none"), timeout=LONG), FailureKind.REFUSED)
    assert got.reason == f"127.0.0.1:{port} refused the connection"


def test_closing_cuts_a_running_attempt_off(transport: MailTransport) -> None:
    results: List[object] = []
    with scripted(until_closed) as (port, connected):
        thread = threading.Thread(
            target=lambda: results.append(transport.send(request(port, "none"), timeout=LONG)), daemon=True
        )
        thread.start()
        assert connected.wait(LONG)
        transport.close()
        thread.join(LONG)
        failure(results[0], FailureKind.STOPPED)
        failure(transport.send(request(port, "none"), timeout=LONG), FailureKind.STOPPED)


# -- proxies, files and probes ---------------------------------------------------------------------------------------


def test_the_environments_proxies_are_not_for_mails(transport: MailTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
    with MailServer(certificate=None, login=False) as server:
        assert said(transport.send(request(server.port, "none", login=False), timeout=LONG))["code"] == 250


def test_a_socks_proxy_of_the_endpoint_is_used(transport: MailTransport) -> None:
    stub = SocksStub()
    threading.Thread(target=stub.serve_forever, daemon=True).start()
    connection = dataclasses.replace(TRUSTED, proxy=f"socks5h://127.0.0.1:{stub.port}")
    try:
        with MailServer() as server:
            assert said(transport.send(request(server.port, connection=connection), timeout=LONG))["code"] == 250
        assert stub.asked == [("localhost", server.port)]
    finally:
        stub.shutdown()
        stub.server_close()


def tunnelling(port: int, status: bytes = b"200 OK") -> Any:
    """A talk of an HTTP proxy that takes CONNECT, then connects with ``port`` whatever it was asked for."""

    def talk(sock: socket.socket) -> None:
        with sock.makefile("rb", buffering=0) as stream:
            while stream.readline().strip():
                pass
        sock.sendall(b"HTTP/1.1 " + status + b"\r\n\r\n")
        if not status.startswith(b"200"):
            return
        with socket.create_connection(("127.0.0.1", port)) as peer:
            back = threading.Thread(target=pump, args=(peer, sock), daemon=True)
            back.start()
            pump(sock, peer)

    return talk


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while True:
            data = source.recv(4096)
            if not data:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.mark.parametrize(("security", "tls"), [("tls", True), ("starttls", False)])
def test_an_http_proxy_of_the_endpoint_connects_to_the_mail_server(
    transport: MailTransport, security: str, tls: bool
) -> None:
    with MailServer(tls=tls) as server, scripted(tunnelling(server.port)) as (proxy, _):
        connection = dataclasses.replace(TRUSTED, proxy=f"http://127.0.0.1:{proxy}")
        asked = request(server.port, security, connection=connection)
        assert said(transport.send(asked, timeout=LONG))["code"] == 250
    assert len(server.envelopes) == 1


def test_a_proxy_that_does_not_connect_to_mail_servers_is_named(transport: MailTransport) -> None:
    with scripted(tunnelling(0, b"403 Forbidden")) as (proxy, _):
        connection = dataclasses.replace(TRUSTED, proxy=f"http://127.0.0.1:{proxy}")
        got = failure(transport.send(request(25, connection=connection), timeout=LONG), FailureKind.PROXY)
    assert "HTTP 403" in got.reason


def test_a_proxy_or_a_file_that_is_none_is_an_error(transport: MailTransport) -> None:
    for options, kind in (
        (ConnectionOptions(proxy="ftp://x"), FailureKind.PROXY),
        (ConnectionOptions(verify="/nowhere.pem"), FailureKind.TLS),
    ):
        failure(transport.send(request(1, connection=options), timeout=LONG), kind)


def probe(asked: MailRequest) -> Optional[TransportFailure]:
    prober = Prober()
    try:
        return prober.probe(asked, timeout=LONG)
    finally:
        prober.close()


def test_a_probe_sets_up_tls_and_sends_nothing() -> None:
    with MailServer() as server:
        assert probe(request(server.port)) is None
        found = probe(request(server.port, connection=ConnectionOptions()))
        assert found is not None
        assert "certificate" in found.reason
    assert server.logins == []
    assert server.envelopes == []


def test_a_probe_of_a_server_that_refuses_is_no_failure_of_the_connection() -> None:
    with scripted(says(b"554 no\r\n")) as (port, _):
        assert probe(request(port)) is None


def test_a_closed_prober_probes_no_mail_server() -> None:
    prober = Prober()
    prober.close()
    failure(prober.probe(request(1), timeout=LONG), FailureKind.STOPPED)


def test_a_probe_is_valid_for_the_same_server() -> None:
    assert same_place(request(1), request(1, login=False, mail=b"other", recipients=("a@b",)))
    assert not same_place(request(1), request(2))
    assert not same_place(request(1), request(1, "tls"))
