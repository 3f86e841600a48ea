"""Sends messages through the library Apprise, and reports the result of each URL.

Apprise bounds single reads but not their sum, and nothing can interrupt it. So each URL has a thread of its own, which
an attempt leaves behind when its time is over. There is never more than one thread for a URL. What it achieves after
the attempt counts for the next try.
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
from typing import Any, Callable, Dict, Iterator, List, Match, Tuple, Union
from urllib.parse import unquote

from prime_notify.model.failure import TransportFailure
from prime_notify.model.request import AppriseRequest
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_chars
from prime_notify.text.json_text import to_json
from prime_notify.text.plain import excerpt
from prime_notify.text.redaction import Redactor, mask_url
from prime_notify.transport.exchange import Meanwhile, Phase, Stopped
from prime_notify.transport.explain import explain

__all__ = ["AppriseTransport"]

_REMEMBERED = 4096
"""Pairs of message and URL that are remembered as delivered: the retries of a notification go on for a day."""
_LOG_SHOWN = 1000  # characters of Apprise's log lines
_URL = re.compile(r"\b([a-z][a-z0-9+.-]*)://[^\s,;'\"<>]+", re.IGNORECASE)
_LOGGERS = ("apprise", "urllib3.connectionpool")  # the latter would log whole URLs at DEBUG level


@dataclass
class _Work:
    """One message on its way to one URL. ``state`` is empty until the work has ended. ``said``: why it failed."""

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
        self._capture = _LogCapture()

    def send(
        self, request: AppriseRequest, *, timeout: float, meanwhile: Meanwhile = None
    ) -> Union[Response, TransportFailure]:
        """One attempt at each URL that does not have this message yet. Never raises."""
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
        """Do not wait for running threads; later attempts fail at once. Idempotent."""
        with self._changed:
            self._closed = True
            if not self._under_way:
                self._capture.close()
            self._changed.notify_all()

    def _work(self, url: str, request: AppriseRequest, timeout: float) -> _Work:
        """The work on this URL: running, done before, or begun now. Under the lock."""
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
        lines = self._capture.begin()
        try:
            state = _notify(url, request, timeout)
        except Exception as error:  # noqa: BLE001 - a plugin's fault; its message could show a secret
            lines.append(f"{type(error).__name__} inside of Apprise")
        finally:
            with self._changed:
                work.said = _log_text(lines, url) if state != "delivered" else ""
                work.state = state
                self._finish(url, request.id, state)

    def _finish(self, url: str, id: str, state: str) -> None:
        """Record the end of a work, even if the attempt that began it is over. Under the lock."""
        del self._under_way[url]
        if state == "delivered":
            self._delivered[id, url] = None
            if len(self._delivered) > _REMEMBERED:
                self._delivered.popitem(last=False)
        self._capture.end()
        if self._closed and not self._under_way:
            self._capture.close()
        self._changed.notify_all()


def _notify(url: str, request: AppriseRequest, timeout: float) -> str:
    """The state of this URL after one try. Apprise gives the reason of a failure only in its log."""
    try:
        library: Any = importlib.import_module("apprise")
    except ImportError:
        return "missing"
    asset = library.AppriseAsset(
        app_id="Prime Notify",
        app_desc="Prime Notify",
        async_mode=False,  # in the calling thread
        service_timeout=0,  # a pool's threads would keep the process from ending
        http_redirects=False,  # a message must not go to another host
        default_service_retry=0,  # the lane retries
    )
    # Apprise.add would hide why the URL is unusable; both load all of Apprise's plugins once
    instance = library.Apprise.instantiate(url, asset=asset)
    if instance is None:
        return "unusable"
    given = url.partition("?")[2].lower()
    for name, limit in (("cto", "socket_connect_timeout"), ("rto", "socket_read_timeout")):
        if not re.search(rf"(^|&){name}=", given):
            setattr(instance, limit, max(timeout, 1.0))
    if "overflow=" not in given:
        instance.overflow_mode = library.OverflowMode.TRUNCATE  # a service would refuse a text that is too long
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


def _log_text(lines: List[str], url: str) -> str:
    """Each line once, without the URL and its parts.

    Apprise logs a URL that it cannot read, and others with the first and the last letter of each secret: ``p...d``.
    """
    mask = Redactor([url, url.partition("://")[2], *_abbreviated(url)])
    text = mask("; ".join(dict.fromkeys(lines)))
    return cut_chars(_URL.sub(_masked, text), _LOG_SHOWN)


def _abbreviated(url: str) -> Iterator[str]:
    """The parts of a URL as Apprise abbreviates them (its ``URLBase.pprint``)."""
    for part in re.split("[/:@?&=]", url.partition("://")[2]):
        for plain in filter(None, (part, unquote(part))):
            yield f"{plain[0]}...{plain[-1]}"
            yield f"...{plain[-4:]}"


def _masked(url: Match[str]) -> str:
    """The URL with nothing but its scheme, and its host where that is no key of a service."""
    return mask_url(url[0]) if url[0].lower().startswith("http") else f"{url[1]}://***"


class _LogCapture(logging.Filter):
    """Captures the log lines of some threads and keeps them out of every log: they quote the answers of services."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Dict[int, List[str]] = {}
        for logger in _LOGGERS:
            logging.getLogger(logger).addFilter(self)

    def begin(self) -> List[str]:
        """Capture the calling thread's lines. Returns the list that its warnings are added to."""
        lines = self._lines[threading.get_ident()] = []
        return lines

    def end(self) -> None:
        """Capture the calling thread's lines no longer."""
        del self._lines[threading.get_ident()]

    def close(self) -> None:
        for logger in _LOGGERS:
            logging.getLogger(logger).removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        lines = self._lines.get(record.thread or 0)
        if lines is None:
            return True
        if record.levelno >= logging.WARNING:
            with contextlib.suppress(Exception):  # a plugin may give arguments that do not fit its text
                lines.append(excerpt(record.getMessage()))
        return False
