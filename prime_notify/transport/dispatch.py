"""One call for all transports: each kind of request goes to its own transport."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Mapping, Optional, Protocol, Type, Union

from prime_notify.model.failure import TransportFailure
from prime_notify.model.request import AnyRequest, AppriseRequest, CommandRequest, GameRequest, Request
from prime_notify.model.response import Response
from prime_notify.transport.apprise import AppriseTransport
from prime_notify.transport.command import CommandTransport
from prime_notify.transport.elsewhere import NoGame
from prime_notify.transport.exchange import Meanwhile
from prime_notify.transport.http import HttpTransport

__all__ = ["Transport", "Transports"]


class Transport(Protocol):
    """Does the input and output of requests of one kind. Never raises."""

    def send(self, request: Any, *, timeout: float, meanwhile: Meanwhile = None) -> Union[Response, TransportFailure]:
        """One attempt, which ends within ``timeout`` seconds."""
        ...

    def close(self) -> None:
        """Cut running attempts off; later attempts fail at once. Idempotent."""
        ...


_KINDS: Mapping[type, Callable[[], Transport]] = {
    Request: HttpTransport,
    CommandRequest: CommandTransport,
    AppriseRequest: AppriseTransport,
    GameRequest: NoGame,
}
"""The transport of each kind of request. Their modules are imported with this one: an import at the first request would
fail once the file of the plugin is replaced, which an upgrade does while the former version still delivers.
"""


class Transports:
    """A :class:`Transport` for all kinds of requests. Safe from any thread.

    ``of_the_edge``: transports of kinds of requests that only the edge can send.
    """

    def __init__(self, of_the_edge: Optional[Mapping[type, Transport]] = None) -> None:
        self._lock = threading.Lock()
        self._made: Dict[type, Transport] = dict(of_the_edge or {})
        self._closed = False

    def send(
        self, request: AnyRequest, *, timeout: float, meanwhile: Meanwhile = None
    ) -> Union[Response, TransportFailure]:
        transport = self._made.get(type(request)) or self._make(type(request))
        return transport.send(request, timeout=timeout, meanwhile=meanwhile)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            made = list(self._made.values())
        for transport in made:
            transport.close()

    def _make(self, kind: Type[AnyRequest]) -> Transport:
        with self._lock:
            if kind not in self._made:
                self._made[kind] = _KINDS[kind]()
                if self._closed:
                    self._made[kind].close()
            return self._made[kind]
