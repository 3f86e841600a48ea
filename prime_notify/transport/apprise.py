"""Hands messages to the library Apprise, and tells what came of each URL.

Apprise bounds single reads and not their sum, and cannot be interrupted, so each URL has a thread of its own, which an
attempt leaves behind when its time is over. There is never more than one thread per URL, and what it does in the end
counts for the next try.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Tuple, Union

from prime_notify.model.failure import TransportFailure
from prime_notify.model.request import AppriseRequest
from prime_notify.model.response import Response
from prime_notify.text.json_text import to_json
from prime_notify.text.plain import excerpt
from prime_notify.text.redaction import Redactor
from prime_notify.transport.exchange import Phase, Stopped
from prime_notify.transport.explain import explain

__all__ = ["AppriseTransport"]

_REMEMBERED = 4096
"""Messages and URLs that are kept in mind as delivered: a notification's retries go on for a day."""
_SAID = 1000  # characters of Apprise's log lines
_LOGGERS = ("apprise", "urllib3.connectionpool")  # the latter would log whole URLs at DEBUG level


@dataclass
class _Work:
    """One message on its way to one URL. ``state`` is empty until it has come to an end."""

    id: str
    service: str
    state: str = ""
    said: str = ""


class AppriseTransport:
    """Sends from any number of threads. ``clock`` is monotonic, ``wall_clock`` gives unix seconds.

    The answer's status is 0 when every URL has the message, else 1, as the exit codes of Apprise's own command. Its
    body is JSON: ``{"urls": [{"service": "mailto", "state": "delivered", "said": ""}, …]}`` in the order of the
    request's URLs. States: delivered, failed, unusable (Apprise cannot read the URL), unfinished, and missing (the
    library is).
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, wall_clock: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._wall_clock = wall_clock
        self._changed = threading.Condition()
        self._under_way: Dict[str, _Work] = {}
        self._delivered: OrderedDict[Tuple[str, str], None] = OrderedDict()
        self._closed = False
        self._ear = _Ear()

    def send(self, request: AppriseRequest, *, timeout: float) -> Union[Response, TransportFailure]:
        """One attempt at every URL that has not got this message yet. Never raises."""
        deadline = self._clock() + timeout
        with self._changed:
            works = [self._work(url, request, timeout) for url in request.urls]
            ours = [work for work in works if work.id == request.id]
            self._changed.wait_for(
                lambda: self._closed or all(work.state for work in ours), max(0.0, deadline - self._clock())
            )
            if self._closed:
                return explain(Stopped(), Phase.SEND, "")
            results = [_result(work, request.id, timeout) for work in works]
        complete = all(result["state"] == "delivered" for result in results)
        return Response(int(not complete), {}, to_json({"urls": results}), received_at=self._wall_clock())

    def close(self) -> None:
        """Leave what is under way to itself; later attempts fail at once. Idempotent."""
        with self._changed:
            self._closed = True
            if not self._under_way:
                self._ear.close()
            self._changed.notify_all()

    def _work(self, url: str, request: AppriseRequest, timeout: float) -> _Work:
        """The work on this URL: under way, done before, or begun now. Under the lock."""
        service = excerpt(url.partition("://")[0].lower())
        if (request.id, url) in self._delivered:
            return _Work(request.id, service, "delivered", "by an earlier try")
        work = self._under_way.get(url)
        if work is None:
            work = _Work(request.id, service)
            if not self._closed:
                self._begin(work, url, request, timeout)
        return work

    def _begin(self, work: _Work, url: str, request: AppriseRequest, timeout: float) -> None:
        thread = threading.Thread(
            target=self._run,
            args=(work, url, request, timeout),
            name=f"prime_notify-apprise-{work.service}",
            daemon=True,
        )
        try:
            thread.start()
        except RuntimeError:  # the machine has no more threads
            work.state, work.said = "failed", "no thread could be started"
        else:
            self._under_way[url] = work

    def _run(self, work: _Work, url: str, request: AppriseRequest, timeout: float) -> None:
        state = "failed"
        lines = self._ear.listen()
        try:
            state = _notify(url, request, timeout)
        except Exception as error:  # noqa: BLE001 - a plugin's fault; its message could show a secret
            lines.append(f"{type(error).__name__} inside of Apprise")
        finally:
            with self._changed:
                work.said = _told(lines, url) if state != "delivered" else ""
                work.state = state
                self._finish(url, request.id, state)

    def _finish(self, url: str, id: str, state: str) -> None:
        """What has come to an end counts, also when the attempt that began it did not wait for it. Under the lock."""
        del self._under_way[url]
        if state == "delivered":
            self._delivered[id, url] = None
            if len(self._delivered) > _REMEMBERED:
                self._delivered.popitem(last=False)
        self._ear.stop_listening()
        if self._closed and not self._under_way:
            self._ear.close()
        self._changed.notify_all()


def _notify(url: str, request: AppriseRequest, timeout: float) -> str:
    """The state that this URL comes to. Whatever Apprise has to say about it is in its log."""
    try:
        library: Any = importlib.import_module("apprise")
    except ImportError:
        return "missing"
    asset = library.AppriseAsset(
        app_id="Prime Notify",
        app_desc="Prime Notify",
        async_mode=False,  # in this very thread
        service_timeout=0,  # else in a pool whose threads keep the process from ending
        http_redirects=False,  # a message must not end up where nobody wanted it
        default_service_retry=0,  # retries are ours
    )
    # The plugin alone and not Apprise.add, which hides why it failed; either loads all of Apprise's plugins once
    instance = library.Apprise.instantiate(url, asset=asset)
    if instance is None:
        return "unusable"
    given = url.partition("?")[2].lower()
    for name, limit in (("cto", "socket_connect_timeout"), ("rto", "socket_read_timeout")):
        if not re.search(rf"(^|&){name}=", given):
            setattr(instance, limit, max(timeout, 1.0))
    if "overflow=" not in given:
        instance.overflow_mode = library.OverflowMode.TRUNCATE  # else a service refuses what is too long for it
    service = library.Apprise(asset=asset)
    service.add(instance)
    sent = service.notify(title=request.title, body=request.body, notify_type=request.kind, body_format=request.format)
    return "delivered" if sent else "failed"


def _result(work: _Work, id: str, timeout: float) -> Dict[str, str]:
    state, said = work.state, work.said
    if work.id != id:
        state, said = "unfinished", "still busy with an earlier message"
    elif not state:
        state, said = "unfinished", f"no answer within {timeout:g} s"
    return {"service": work.service, "state": state, "said": said}


def _told(lines: List[str], url: str) -> str:
    """Each line once, without the URL, which Apprise shows when it cannot read it."""
    mask = Redactor([url, url.partition("://")[2]])
    return mask("; ".join(dict.fromkeys(lines)))[:_SAID]


class _Ear(logging.Filter):
    """Takes what some threads log, so that it gets into nobody's log: Apprise's lines quote services' answers."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Dict[int, List[str]] = {}
        for logger in _LOGGERS:
            logging.getLogger(logger).addFilter(self)

    def listen(self) -> List[str]:
        """Where from now on the warnings of the calling thread are added."""
        lines = self._lines[threading.get_ident()] = []
        return lines

    def stop_listening(self) -> None:
        """The calling thread's log is its own again."""
        del self._lines[threading.get_ident()]

    def close(self) -> None:
        for logger in _LOGGERS:
            logging.getLogger(logger).removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        lines = self._lines.get(record.thread or 0)
        if lines is None:
            return True
        if record.levelno >= logging.WARNING:
            with contextlib.suppress(Exception):  # a plugin's arguments that do not fit its text
                lines.append(excerpt(record.getMessage()))
        return False
