"""One call for all transports."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any, Iterator, List

import pytest

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import AppriseRequest, CommandRequest, GameRequest, GameText, Request, Span
from prime_notify.model.response import Response
from prime_notify.transport import command, dispatch
from prime_notify.transport.dispatch import Transports
from tests.support.receiver import Receiver

LONG = 60.0  # seconds; no test waits for it

APPRISE = AppriseRequest([], "title", "body")
COMMAND = CommandRequest([sys.executable, "-c", "print('ran')"])


@pytest.fixture
def transports() -> Iterator[Transports]:
    transports = Transports()
    yield transports
    transports.close()


def answer_to(transports: Transports, request: Any) -> Response:
    answer = transports.send(request, timeout=LONG)
    assert isinstance(answer, Response)
    return answer


def test_each_kind_of_request_goes_to_the_transport_that_can_do_it(transports: Transports, receiver: Receiver) -> None:
    assert (answer_to(transports, Request("POST", receiver.url())).status, len(receiver.requests)) == (200, 1)
    assert answer_to(transports, COMMAND).body.split() == [b"ran"]
    assert answer_to(transports, APPRISE).body == b'{"urls":[]}'


GAME = GameRequest("ingame", "N1", {"en_us": GameText(Span("title"))}, "en_us")


def test_without_the_edge_a_message_in_the_game_is_left_to_another_process(transports: Transports) -> None:
    answer = transports.send(GAME, timeout=LONG)
    assert isinstance(answer, TransportFailure)
    assert (answer.kind, answer.reason) == (FailureKind.ELSEWHERE, "only MCDReforged can show it in the game")
    transports.close()


def test_the_edge_has_transports_of_its_own() -> None:
    class Game:
        closed = False

        def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> Response:
            return Response(0, {}, request.id.encode())

        def close(self) -> None:
            self.closed = True

    game = Game()
    transports = Transports({GameRequest: game})
    assert answer_to(transports, GAME).body == b"N1"
    transports.close()
    assert game.closed


def test_a_transport_is_made_once_however_many_ask_for_it(
    transports: Transports, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: List[object] = []

    class Slow(command.CommandTransport):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

        def send(self, request: CommandRequest, *, timeout: float, meanwhile: Any = None) -> Response:
            return Response(len(made))

    monkeypatch.setattr(dispatch, "_KINDS", {CommandRequest: Slow})
    start = threading.Barrier(8)
    statuses: List[int] = []

    def ask() -> None:
        start.wait(LONG)
        statuses.append(answer_to(transports, COMMAND).status)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert statuses == [1] * 8


def test_closing_closes_those_that_were_made_and_those_that_are_made_later(
    transports: Transports, receiver: Receiver
) -> None:
    answer_to(transports, Request("POST", receiver.url()))
    transports.close()
    transports.close()
    for request in (Request("POST", receiver.url()), COMMAND, AppriseRequest(["json://127.0.0.1:9"], "t", "b")):
        answer = transports.send(request, timeout=LONG)
        assert isinstance(answer, TransportFailure)
        assert "stopping" in answer.reason
    assert len(receiver.requests) == 1


def test_what_several_threads_want_at_once_is_there_before_any_of_them_starts() -> None:
    """Python 3.9 hands a half-imported module of a packed plugin to the second thread that asks for it."""
    names = {"prime_notify.transport.http", "prime_notify.transport.command", "prime_notify.transport.apprise"}
    code = f"import sys, prime_notify.engine.engine; print({names} <= set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    assert ran.stdout.strip() == "True"
