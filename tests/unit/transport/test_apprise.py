"""Messages through the real Apprise, to services on this machine."""

from __future__ import annotations

import email
import email.policy
import json
import logging
import sys
import threading
import warnings
from typing import Any, Dict, Iterator, List, Tuple, Union

import apprise
import pytest
from aiosmtpd.controller import Controller

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import AppriseRequest
from prime_notify.model.response import Response
from prime_notify.transport import apprise as transport_module
from prime_notify.transport.apprise import AppriseTransport
from tests.support.receiver import OK, Answer, Receiver, redirect, unused_port

LONG = 60.0  # seconds; no test waits for it
BUSY = 30.0  # seconds: what a busy machine may add


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Apprise loads all of its plugins once; some of their imports are deprecated, which is no fault of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert apprise.Apprise.instantiate("json://localhost") is not None


@pytest.fixture
def transport() -> Iterator[AppriseTransport]:
    transport = AppriseTransport(wall_clock=lambda: 1234.5)
    yield transport
    transport.close()
    join_threads()


class _Told(Dict[Any, Any]):
    """Sets an event when something is entered."""

    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self._event = event

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self._event.set()


def join_threads() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("prime_notify-apprise"):
            thread.join(BUSY)
            assert not thread.is_alive()


def json_url(receiver: Receiver, path: str = "/hook") -> str:
    return f"json://user:SECRETpass@127.0.0.1:{receiver.port}{path}"


def send(
    transport: AppriseTransport, *urls: str, timeout: float = LONG, **more: Any
) -> Union[Response, TransportFailure]:
    given = {"title": "The title", "body": "The body", "kind": "failure", "id": "N1", **more}
    return transport.send(AppriseRequest(urls, **given), timeout=timeout)


def results(transport: AppriseTransport, *urls: str, **more: Any) -> Tuple[int, List[Dict[str, str]]]:
    got = send(transport, *urls, **more)
    assert isinstance(got, Response)
    assert got.received_at == 1234.5
    assert "SECRET" not in got.body.decode()
    return got.status, json.loads(got.body)["urls"]


def states(transport: AppriseTransport, *urls: str, **more: Any) -> List[str]:
    return [result["state"] for result in results(transport, *urls, **more)[1]]


# -- what arrives ----------------------------------------------------------------------------------------------------


def test_a_json_service_gets_title_text_and_kind(transport: AppriseTransport, receiver: Receiver) -> None:
    assert results(transport, json_url(receiver)) == (0, [{"service": "json", "state": "delivered", "said": ""}])
    (seen,) = receiver.requests
    assert (seen.method, seen.target, seen.header("User-Agent")) == ("POST", "/hook", "Prime Notify")
    sent = seen.json()
    assert (sent["title"], sent["message"], sent["type"]) == ("The title", "The body", "failure")


class Mailbox:
    """An SMTP server that keeps what it gets."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.mails: List[Any] = []
        self._answer = answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self._answer


@pytest.fixture
def smtp(request: pytest.FixtureRequest) -> Iterator[Tuple[Mailbox, str]]:
    mailbox = Mailbox(getattr(request, "param", "250 OK"))
    controller = Controller(mailbox, hostname="127.0.0.1", port=unused_port())
    controller.start()
    address = f"127.0.0.1:{controller.port}"
    yield mailbox, f"mailto://{address}?mode=insecure&from=server@example.com&to=owner@example.com"
    controller.stop()


HOSTILE = "Comment: <script>alert(1)</script> & 备份 👩‍👧"


def parts_of(mail: Any) -> Dict[str, str]:
    leaves = (part for part in mail.walk() if not part.is_multipart())
    return {part.get_content_type(): part.get_content().strip() for part in leaves}


def test_a_mail_arrives_as_plain_text(transport: AppriseTransport, smtp: Tuple[Mailbox, str]) -> None:
    mailbox, url = smtp
    assert states(transport, url, body=HOSTILE, title="❌ 备份失败") == ["delivered"]
    (mail,) = mailbox.mails
    assert (mail["subject"], mail["to"].addresses[0].addr_spec) == ("❌ 备份失败", "owner@example.com")
    assert parts_of(mail) == {"text/plain": HOSTILE}


@pytest.mark.parametrize(("more", "format"), [("&format=html", "text"), ("&format=html", "markdown")])
def test_what_was_typed_is_no_html_in_a_mail(
    transport: AppriseTransport, smtp: Tuple[Mailbox, str], more: str, format: str
) -> None:
    mailbox, url = smtp
    body = HOSTILE if format == "text" else "**Comment**: &lt;script&gt;alert(1)&lt;/script&gt; &amp; 备份 👩‍👧"
    assert states(transport, url + more, body=body, format=format) == ["delivered"]
    html = parts_of(mailbox.mails[0])["text/html"].replace("&nbsp;", " ")
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 备份 👩‍👧" in html
    assert ("<strong>Comment</strong>" in html) == (format == "markdown")


@pytest.mark.parametrize("smtp", ["552 mailbox full"], indirect=True)
def test_a_mail_that_the_server_refuses_is_no_success(transport: AppriseTransport, smtp: Tuple[Mailbox, str]) -> None:
    status, [result] = results(transport, smtp[1])
    assert (status, result["state"]) == (1, "failed")
    assert result["said"]


def test_what_is_too_long_for_a_service_is_cut_unless_the_url_says_otherwise(
    transport: AppriseTransport, receiver: Receiver
) -> None:
    url = json_url(receiver)
    assert states(transport, url, f"{url}?overflow=split", body="x" * 40_000) == ["delivered"] * 2
    lengths = sorted(len(request.json()["message"]) for request in receiver.requests)
    assert len(lengths) == 3
    assert sum(lengths) > 40_000 + 30_000


# -- results of each URL ---------------------------------------------------------------------------------------------


def test_each_url_has_its_own_result(transport: AppriseTransport, receiver: Receiver) -> None:
    dead = f"json://127.0.0.1:{unused_port()}/SECRET"
    status, [first, second, third] = results(transport, dead, json_url(receiver), "nosuch://SECRET")
    assert status == 1
    assert (first["state"], "Connection error" in first["said"]) == ("failed", True)
    assert second == {"service": "json", "state": "delivered", "said": ""}
    assert (third["service"], third["state"], "Unparseable" in third["said"]) == ("nosuch", "unusable", True)


@pytest.mark.parametrize("status", [302, 401, 404, 429, 500])
def test_the_status_of_a_refusal_is_explained(transport: AppriseTransport, receiver: Receiver, status: int) -> None:
    receiver.behave(redirect(receiver.url("/elsewhere")) if status == 302 else Answer(status))
    _, [result] = results(transport, json_url(receiver))
    assert (result["state"], f"error={status}" in result["said"]) == ("failed", True)
    assert len(receiver.requests) == 1  # a redirect is not followed


def test_a_fault_inside_of_apprise_is_no_fault_of_ours(
    transport: AppriseTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: Any, **__: Any) -> None:
        logging.getLogger("apprise").warning("%d", "not a number")
        raise RuntimeError("SECRET")

    monkeypatch.setattr(apprise.Apprise, "instantiate", break_down)
    assert results(transport, "json://h")[1] == [
        {"service": "json", "state": "failed", "said": "RuntimeError inside of Apprise"}
    ]


def test_a_library_that_is_gone_is_explained(transport: AppriseTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert states(transport, "json://h") == ["missing"]


def test_without_threads_left_the_message_waits(transport: AppriseTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_more)
        assert results(transport, "json://h") == (
            1,
            [{"service": "json", "state": "failed", "said": "no thread could be started"}],
        )
    assert states(transport, f"json://127.0.0.1:{unused_port()}") == ["failed"]


# -- retries ---------------------------------------------------------------------------------------------------------


def test_a_retry_goes_only_to_the_urls_that_do_not_have_the_message(
    transport: AppriseTransport, receiver: Receiver
) -> None:
    receiver.behave(Answer(500), OK, path="/flaky")
    urls = json_url(receiver, "/good"), json_url(receiver, "/flaky")
    assert states(transport, *urls) == ["delivered", "failed"]
    assert results(transport, *urls)[1][0] == {"service": "json", "state": "delivered", "said": "by an earlier try"}
    assert sorted(request.path for request in receiver.requests) == ["/flaky", "/flaky", "/good"]
    assert states(transport, *urls, id="N2") == ["delivered"] * 2
    assert len(receiver.requests) == 5


def test_not_every_message_is_remembered_for_ever(
    transport: AppriseTransport, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "_REMEMBERED", 2)
    for id in ("N1", "N2", "N3", "N3", "N2", "N1"):
        assert states(transport, json_url(receiver), id=id) == ["delivered"]
    assert len(receiver.requests) == 4


# -- time ------------------------------------------------------------------------------------------------------------


class Gate:
    """A service that answers on demand."""

    def __init__(self, receiver: Receiver) -> None:
        self.opened = threading.Event()
        self.reached = threading.Event()
        receiver.behave(self._answer)

    def _answer(self, request: object) -> Answer:
        self.reached.set()
        self.opened.wait(BUSY)
        return OK


@pytest.fixture
def gate(receiver: Receiver) -> Iterator[Gate]:
    gate = Gate(receiver)
    yield gate
    gate.opened.set()


def test_an_attempt_does_not_wait_longer_than_it_may_and_what_comes_of_it_later_counts(
    transport: AppriseTransport, receiver: Receiver, gate: Gate
) -> None:
    url = json_url(receiver)
    unfinished = {"service": "json", "state": "unfinished"}
    assert results(transport, url, timeout=0.1) == (1, [{**unfinished, "said": "no answer within 0.1 s"}])
    busy = {**unfinished, "said": "still busy with an earlier message"}
    assert results(transport, url, id="N2") == (1, [busy])  # at once: it is not its turn
    assert gate.reached.wait(BUSY)
    gate.opened.set()
    assert states(transport, url) == ["delivered"]
    assert len(receiver.requests) == 1


def test_a_message_that_waits_for_an_earlier_one_does_not_pass_for_it(
    transport: AppriseTransport, receiver: Receiver, gate: Gate
) -> None:
    slow = json_url(receiver)
    assert states(transport, slow, timeout=0) == ["unfinished"]
    # The second URL ends only after the first has: by then the earlier message has arrived, and this one has not
    assert gate.reached.wait(BUSY)
    ended = threading.Event()
    transport._delivered = _Told(ended)
    with Receiver() as other:
        other.behave(lambda request: (gate.opened.set(), ended.wait(BUSY), OK)[-1])
        assert states(transport, slow, json_url(other), id="N2") == ["unfinished", "delivered"]


def test_closing_ends_the_wait_and_refuses_what_comes(
    transport: AppriseTransport, receiver: Receiver, gate: Gate
) -> None:
    got: List[Any] = []
    thread = threading.Thread(target=lambda: got.append(send(transport, json_url(receiver))))
    thread.start()
    assert gate.reached.wait(BUSY)
    transport.close()
    transport.close()
    thread.join(BUSY)
    got.append(send(transport, json_url(receiver)))
    got.append(send(transport, json_url(receiver, "/other")))
    for result in got:
        assert isinstance(result, TransportFailure)
        assert (result.kind, "stopping" in result.reason) == (FailureKind.STOPPED, True)
    assert len(receiver.requests) == 1


def test_the_urls_own_time_limits_count(transport: AppriseTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: List[Tuple[float, float]] = []

    def look(_: Any, instance: Any) -> None:
        seen.append((instance.socket_connect_timeout, instance.socket_read_timeout))

    monkeypatch.setattr(apprise.Apprise, "add", look)
    states(transport, "json://h", timeout=20)
    states(transport, "json://h?cto=2&rto=3", timeout=20)
    assert seen == [(20, 20), (2, 3)]


# -- logs ------------------------------------------------------------------------------------------------------------


def test_what_apprise_logs_is_kept_from_the_log_as_long_as_it_works_for_us(
    transport: AppriseTransport, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.behave(Answer(401, body=b"SECRET"))
    with caplog.at_level(logging.DEBUG):
        assert states(transport, json_url(receiver, "/SECRET")) == ["failed"]
        assert caplog.text == ""
        logging.getLogger("apprise").warning("somebody else's")
        assert caplog.messages == ["somebody else's"]


def filters() -> List[Any]:
    return [one for name in ("apprise", "urllib3.connectionpool") for one in logging.getLogger(name).filters]


@pytest.mark.parametrize("busy", [False, True])
def test_nothing_is_left_in_the_logging_of_others(receiver: Receiver, gate: Gate, busy: bool) -> None:
    transport = AppriseTransport()
    before = filters()
    if busy:
        send(transport, json_url(receiver), timeout=0)
    transport.close()
    assert (filters() == before) is busy
    gate.opened.set()
    join_threads()
    assert len(filters()) == len(before) - 2


def test_no_letter_of_a_password_comes_out_of_apprises_log() -> None:
    url = "mailto://steve:password@mail.example.com/rec%20ipient?key=Zoo"
    lines = [
        "Could not send to mailto://s...e:p...d@mail.example.com/?from=x",
        "user s...e, p...d, r...t, Z...o",
        "Failed to post to https://api.example.com/token/abc, error=404.",
    ]
    text = transport_module._log_text(lines, url)
    assert text == (
        "Could not send to mailto://***; user ***, ***, ***, ***; "
        "Failed to post to https://api.example.com/***, error=404."
    )
