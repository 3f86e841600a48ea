"""How fast does one lane deliver a backlog, compared with a bare ``requests.Session`` loop?

Short legs of both alternate in one process, so that other work on the machine slows both down equally. Both post the
same document to the same receiver over a kept connection, read the answer and judge its status. A leg of the lane has
complete cycles: claim, compose, render, send, judge, settle. A third loop with ``http.client`` is for comparison only:
it has the least cost of an HTTP client in Python's own library.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional
from urllib.parse import urlsplit

import requests

from benchmarks.lab import EVENT, new_engine, running_engine
from benchmarks.server import serving
from benchmarks.table import Line
from prime_notify.model.request import Request
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.transport.dispatch import Transports

__all__ = ["lines", "store"]

_TARGET = 1.5
_PATIENCE = 120.0  # seconds


def lines(folder: Path, *, deliveries: int = 10_000, leg: int = 100) -> List[Line]:
    """One target: our rate as a multiple of the session's. ``leg``: the number of deliveries in a leg."""
    with serving() as base, requests.Session() as session:
        url = f"{base}/drain"
        store(folder, [url], deliveries)
        transport = GatedTransport()
        with running_engine(folder, [url], transport):
            document = json.loads(transport.next_request().body)
            bare = http.client.HTTPConnection(urlsplit(url).netloc)
            ways: Dict[str, Callable[[], None]] = {
                "lane": lambda: transport.deliver(leg),
                "session": lambda: _repeat(leg, lambda: _post(session, url, document)),
                "http.client": lambda: _repeat(leg, lambda: _post_bare(bare, document)),
            }
            legs = (deliveries - 1) // leg  # one delivery stays: it waits at the gate when a leg is over
            seconds = _alternate(ways, legs)
            bare.close()
    rates = {name: leg * (legs - 1) / spent for name, spent in seconds.items()}
    name = "drain to one endpoint"
    return [
        Line(f"{name}: requests.Session loop", rates["lane"], rates["session"], "/s", at_least=_TARGET),
        Line(f"{name}: bare http.client loop", rates["lane"], rates["http.client"], "/s"),
    ]


def store(folder: Path, urls: List[str], count: int) -> None:
    """Fill the outbox with ``count`` notifications, each for all of ``urls``.

    The engine accepts the first one. The others are copies of its rows with other ids.
    """
    writer = new_engine(folder, urls)
    writer._lanes.apply = lambda endpoints: None  # type: ignore[method-assign]  # nothing is sent yet
    writer.start()
    writer.accept(EVENT)
    writer.stop(grace=0)
    connection = sqlite3.connect(folder / OUTBOX_FILE)
    with connection:
        id, body, accepted = connection.execute("SELECT id, payload, accepted FROM notification").fetchone()
        copies = [(f"{number:026}", accepted, body.replace(id, f"{number:026}")) for number in range(1, count)]
        connection.executemany("INSERT INTO notification (id, accepted, payload) VALUES (?, ?, ?)", copies)
        connection.execute(
            "INSERT INTO delivery (notification, endpoint, task_id, due)"
            " SELECT copy.seq, endpoint, task_id || copy.seq, due FROM notification AS copy, delivery"
            " WHERE copy.seq > 1 ORDER BY copy.seq, delivery.seq"
        )
    connection.close()


class GatedTransport(Transports):
    """The real transport behind a gate, which lets a given number of requests through. For one lane only."""

    def __init__(self) -> None:
        super().__init__()
        self._gate = threading.Condition()
        self._allowed = 0
        self._waiting: Optional[Request] = None

    def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> Any:
        with self._gate:
            if not self._allowed:
                self._waiting = request
                self._gate.notify_all()
                self._gate.wait_for(lambda: self._allowed or self._closed)
                self._waiting = None
            self._allowed -= 1
        return super().send(request, timeout=timeout, meanwhile=meanwhile)

    def next_request(self) -> Request:
        """Wait for a request at the gate, and return it. Raises TimeoutError."""
        with self._gate:
            if not self._gate.wait_for(lambda: self._waiting is not None, _PATIENCE):
                raise TimeoutError
            assert self._waiting is not None
            return self._waiting

    def deliver(self, count: int) -> None:
        """Let ``count`` requests through, and wait until the next one is at the gate."""
        with self._gate:
            self._allowed, self._waiting = count, None
            self._gate.notify_all()
        self.next_request()

    def close(self) -> None:
        super().close()
        with self._gate:
            self._gate.notify_all()


def _alternate(ways: Mapping[str, Callable[[], None]], legs: int) -> Dict[str, float]:
    """By way: the seconds of all its legs but the first. The order of the ways is reversed after each round."""
    seconds = dict.fromkeys(ways, 0.0)
    order = list(ways)
    for number in range(legs):
        for name in order:
            started = time.perf_counter()
            ways[name]()
            seconds[name] += time.perf_counter() - started if number else 0.0
        order.reverse()
    return seconds


def _repeat(count: int, act: Callable[[], None]) -> None:
    for _ in range(count):
        act()


def _post(session: requests.Session, url: str, document: Dict[str, Any]) -> None:
    assert session.post(url, json=document, timeout=10).ok


def _post_bare(connection: http.client.HTTPConnection, document: Dict[str, Any]) -> None:
    connection.request("POST", "/drain", json.dumps(document), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
