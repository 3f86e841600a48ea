"""Probes over real sockets: they show whether a request could be sent, and send nothing."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from prime_notify.model.request import AnyRequest, AppriseRequest, CommandRequest, GameRequest, GameText, Request, Span
from prime_notify.text.wording import Wording
from prime_notify.transport.dial import Resolver
from prime_notify.transport.http import FailureKind, HttpTransport, TransportFailure
from prime_notify.transport.probe import Prober, same_place
from tests.support.names import Names
from tests.support.receiver import CERTIFICATES, Answer, Receiver, unused_port

SECRET = "SECRETkey123"


@pytest.fixture
def prober() -> Iterator[Prober]:
    prober = Prober()
    yield prober
    prober.close()


def probe(prober: Prober, url: str, timeout: float = 10) -> Any:
    return prober.probe(Request("POST", url, {"X": SECRET}, SECRET.encode()), timeout=timeout)


@pytest.mark.parametrize("tls", [None, "localhost"])
def test_one_that_can_be_reached_has_no_trouble_and_gets_no_request(
    prober: Prober, monkeypatch: pytest.MonkeyPatch, tls: Any
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / "localhost.pem"))
    with Receiver(tls=tls) as receiver:
        assert [probe(prober, receiver.url(f"/{SECRET}")) for _ in range(2)] == [None, None]
        receiver.wait_until_closed(2)
        assert receiver.requests == []


def test_a_port_on_which_nobody_listens_is_explained(prober: Prober) -> None:
    port = unused_port()
    failure = probe(prober, f"http://127.0.0.1:{port}/{SECRET}")
    assert (failure.kind, failure.reason) == (FailureKind.REFUSED, f"127.0.0.1:{port} refused the connection")
    assert failure.hint


def test_an_unknown_host_is_explained() -> None:
    names = Names(socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    names.may.set()
    failure = probe(Prober(HttpTransport(resolver=Resolver(names))), f"https://service/{SECRET}")
    assert (failure.kind, failure.reason) == (FailureKind.DNS, "unknown host service")


@pytest.mark.parametrize(
    ("certificate", "words"),
    [("localhost", "self-signed"), ("expired", "expired"), ("other-host", "belongs to another")],
)
def test_a_certificate_that_is_not_in_order_is_explained(
    prober: Prober, monkeypatch: pytest.MonkeyPatch, certificate: str, words: str
) -> None:
    if certificate != "localhost":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATES / f"{certificate}.pem"))
    with Receiver(tls=certificate) as receiver:
        failure = probe(prober, receiver.url(f"/{SECRET}"))
        assert failure.kind is FailureKind.TLS
        assert words in failure.reason


def test_the_timeout_bounds_a_hanging_handshake(prober: Prober) -> None:
    with Receiver() as receiver:
        failure = probe(prober, receiver.url().replace("http:", "https:"), timeout=1.0)
        assert failure.kind is FailureKind.TIMEOUT
        assert "setting up TLS" in failure.reason


@pytest.mark.parametrize("url", [f"ftp://example.com/{SECRET}", f"https:///{SECRET}", f"nonsense {SECRET}"])
def test_what_is_no_address_is_explained(prober: Prober, url: str) -> None:
    failure = probe(prober, url)
    assert failure.kind is FailureKind.INVALID_URL
    assert SECRET not in repr(failure)


def test_a_proxy_that_opens_no_tunnel_is_explained(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy:
        proxy.behave(Answer(407))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        failure = probe(prober, f"https://nonexistent.invalid/{SECRET}")
        assert failure.kind is FailureKind.PROXY
        assert [seen.method for seen in proxy.requests] == ["CONNECT"]
        assert SECRET.encode() not in proxy.requests[0].head


def test_closing_cuts_a_probe_off() -> None:
    prober = Prober()
    with Receiver() as receiver:
        results: List[Any] = []
        url = receiver.url().replace("http:", "https:")
        thread = threading.Thread(target=lambda: results.append(probe(prober, url, timeout=60)))
        thread.start()
        while not receiver.connections:
            threading.Event().wait(0.005)
        prober.close()
        thread.join(60.0)
    assert not thread.is_alive()
    assert "is stopping" in results[0].reason


def test_after_closing_every_probe_fails_at_once() -> None:
    prober = Prober()
    prober.close()
    prober.close()
    with Receiver() as receiver:
        assert "is stopping" in probe(prober, receiver.url()).reason


# -- what is not HTTP --------------------------------------------------------------------------------------------------


def command(program: object, folder: object = "", **environment: str) -> CommandRequest:
    return CommandRequest([str(program), SECRET], environment=environment, folder=str(folder))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "notify.cmd"  # a name under which Windows looks for programs, too
    path.write_text("exit\n")
    path.chmod(0o755)
    return path


def test_a_program_is_found_by_its_path_in_path_or_from_its_folder(prober: Prober, script: Path) -> None:
    folder = script.parent
    for found in (
        command(script),
        command(script.name, PATH=str(folder)),
        command(f"{folder.name}/{script.name}", folder.parent),
    ):
        assert prober.probe(found, timeout=1) is None


def test_a_program_that_is_not_there_is_explained(prober: Prober, script: Path, tmp_path: Path) -> None:
    for missing in (command("no-such-program"), command(tmp_path / "no-such-program")):
        failure = prober.probe(missing, timeout=1)
        assert failure is not None
        assert failure.reason == "there is no program no-such-program"
        assert SECRET not in repr(failure)
    nowhere = prober.probe(command(script, tmp_path / "nowhere"), timeout=1)
    assert nowhere is not None
    assert nowhere.reason == "the folder in which notify.cmd is to run does not exist"


def test_a_program_that_may_not_be_executed_is_explained(prober: Prober, tmp_path: Path) -> None:
    path = tmp_path / "notify.txt"
    path.write_text("exit\n")
    path.chmod(0o644)
    failure = prober.probe(command(path), timeout=1)
    assert failure is not None
    assert failure.reason == "notify.txt may not be executed"


@pytest.mark.parametrize(("spec", "words"), [(None, "the library apprise is not installed"), (object(), None)])
def test_a_missing_apprise_library_is_explained(
    prober: Prober, monkeypatch: pytest.MonkeyPatch, spec: object, words: Any
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec)
    failure = prober.probe(AppriseRequest(["json://example.com"], "title", "body"), timeout=1)
    assert (failure and failure.reason) == words
    assert failure is None or "pip install apprise" in failure.hint


# -- the same place ---------------------------------------------------------------------------------------------------

HTTP = Request("POST", "https://example.com/a?x=1", {"A": "1"}, b"1")
APPRISE = AppriseRequest(["json://a"], "a", "b")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (HTTP, Request("GET", "https://me:pw@example.com/b"), True),
        (HTTP, Request("POST", "http://example.com/a?x=1"), False),
        (HTTP, Request("POST", "https://example.com:8443/a?x=1"), False),
        (HTTP, Request("POST", "https://[/a?x=1"), False),
        (HTTP, APPRISE, False),
        (APPRISE, AppriseRequest(["json://b"], "c", "d"), True),
        (command("a"), CommandRequest(["a", "other"], b"stdin"), True),
        (command("a"), command("a", "folder"), False),
        (command("a"), command("b"), False),
    ],
)
def test_requests_to_the_same_place_need_one_probe(one: AnyRequest, other: AnyRequest, same: bool) -> None:
    assert same_place(one, other) is same


def test_the_game_needs_no_probe(prober: Prober) -> None:
    game = GameRequest("g", "N1", {"en_us": GameText(Span("title"))}, "en_us")
    assert prober.probe(game, timeout=10) is None
    assert same_place(game, game)
    assert not same_place(game, AppriseRequest([], "t", "b"))


def test_a_failure_can_be_compared() -> None:
    assert len({TransportFailure(FailureKind.DNS, Wording("a", "甲")) for _ in range(2)}) == 1
