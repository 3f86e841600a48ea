"""A local receiver that answers like a webhook, a Bark server and ServerChan, and keeps all documents."""

from __future__ import annotations

import json
import queue
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Mapping, Optional, Tuple

__all__ = ["Arrival", "Receiver"]

_STARTS = ("backup_start", "restore_start")
_FAILURES = ("backup_failure", "restore_failure")
_ENDS = ("backup_success", "restore_success", *_FAILURES)
_ALL = (*_STARTS, *_ENDS)

_ANSWERS: Dict[str, Any] = {
    "webhook": {"ok": True},
    "bark": {"code": 200, "message": "success"},
    "serverchan": {"code": 0, "message": "", "data": {"errno": 0, "error": "SUCCESS"}},
}


@dataclass(frozen=True)
class Arrival:
    """One notification at the receiver: its endpoint, its document, and its time ``at`` (unix seconds)."""

    endpoint: str
    type: str
    document: Mapping[str, Any]
    at: float

    @property
    def event_at(self) -> Optional[float]:
        """The time of the event in unix seconds, if the document has it."""
        moment = self.document.get("timestamp")
        return moment.get("unix") if isinstance(moment, Mapping) else None


@dataclass(frozen=True)
class _Place:
    """One path of the receiver, and the endpoint that leads there."""

    name: str
    type: str
    path: str
    events: Tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


_PLACES = (
    _Place("ops", "webhook", "/hook", _ALL),
    _Place("phone", "bark", "/DemoDeviceKey", _ENDS, {"bark": {"group": "minecraft", "sound": "minuet"}}),
    _Place("wechat", "serverchan", "/SCTDemoKey.send", _FAILURES),
)


class Receiver:
    """``with Receiver() as receiver: ... receiver.arrivals.get()``: listens on a free port of this machine."""

    def __init__(self) -> None:
        self.arrivals: queue.Queue[Arrival] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.arrivals))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="receiver", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def endpoints(self) -> List[Dict[str, Any]]:
        """The endpoints of the plugin's config that lead to this receiver: one of each kind."""
        return [
            {"name": place.name, "type": place.type, "url": self.url + place.path, **place.options}
            | ({} if place.events == _ALL else {"events": list(place.events)})
            for place in _PLACES
        ]

    def expected(self, events: Tuple[str, ...]) -> Dict[str, List[str]]:
        """By endpoint: those of the events that its config selects, in order."""
        return {place.name: [event for event in events if event in place.events] for place in _PLACES}

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(arrivals: queue.Queue[Arrival]) -> type:
    places = {place.path: place for place in _PLACES}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            place = places.get(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            at = time.time()
            document = _parse(body)
            if place is None or document is None:
                self._answer(404 if place is None else 400, {"message": "unknown path or invalid document"})
                return
            arrivals.put(Arrival(place.name, place.type, document, at))
            self._answer(200, _ANSWERS[place.type])

        def _answer(self, status: int, document: Any) -> None:
            body = json.dumps(document).encode("utf-8")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Does nothing: the cards show each request."""

    return Handler


def _parse(body: bytes) -> Optional[Dict[str, Any]]:
    try:
        document = json.loads(body.decode("utf-8"))
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
