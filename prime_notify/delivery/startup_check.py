"""The start-up check: whether the endpoints of a new config can be reached; it logs what would fail.

Nothing is sent, and nothing waits for it: a thread probes one address after another. Use::

    check = StartupCheck(compose=messages.message, say=console.warn, log=log)
    check.start(loaded)  # on load, and again on each reload
    check.stop()  # on unload
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Protocol, Sequence

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.attempt import Compose
from prime_notify.delivery.lane_thread import guard
from prime_notify.loading.load import LoadedConfig
from prime_notify.messages.samples import sample_event
from prime_notify.model.event import EventName
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.item import Item
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Notification
from prime_notify.model.request import AnyRequest
from prime_notify.text.wording import in_language, internal_error
from prime_notify.transport.probe import Prober, same_place

__all__ = ["StartupCheck"]

_LONGEST = 10.0
"""The most seconds for one address; the timeout of an endpoint may be shorter."""


class Say(Protocol):
    """Logs a text of ``lang/`` by its key."""

    def __call__(self, key: str, **values: object) -> None: ...


class StartupCheck:
    """One thread at a time may call :meth:`start` and :meth:`stop`.

    ``compose``: makes a message for an endpoint, as for a delivery. ``language``: that of ``say``.
    """

    def __init__(
        self,
        *,
        compose: Compose,
        say: Say,
        log: logging.Logger,
        wall: Callable[[], float] = time.time,
        make_prober: Callable[[], Prober] = Prober,
        language: str = "en_us",
    ) -> None:
        self._compose = compose
        self._say = say
        self._log = log
        self._wall = wall
        self._make_prober = make_prober
        self._language = language
        self._run: Optional[_Run] = None

    def start(self, loaded: LoadedConfig) -> None:
        """Check the enabled endpoints of this config, unless the check is switched off; ends a former check."""
        self.stop()
        notification = loaded.config.notification
        endpoints = [endpoint for endpoint in loaded.endpoints if endpoint.config.enabled]
        if not (notification.enabled and notification.check_at_start and endpoints):
            return
        self._run = _Run(endpoints, self._request, self._make_prober(), self._report, self._log)
        self._run.thread.start()

    def stop(self, grace: float = 0.0) -> None:
        """End the check: nothing more is logged. Its thread ends at once; ``grace``: seconds to wait for that."""
        run, self._run = self._run, None
        if run is not None:
            run.stop()
            run.thread.join(grace)

    def _request(self, endpoint: Endpoint) -> AnyRequest:
        """The request that a failed backup would be there."""
        now = self._wall()
        payload = normalize(
            sample_event(EventName.BACKUP_FAILURE, now=lambda: now),
            id="check",
            task_id="check",
            now=now,
            server_running=None,
            server_name=None,
        ).payload
        return endpoint.render(self._compose([Item(Notification(payload))], endpoint.config, now, None))

    def _report(self, failure: TransportFailure, endpoints: Sequence[Endpoint]) -> None:
        reason, hint = in_language(failure.reason, self._language), in_language(failure.hint, self._language)
        for endpoint in endpoints:
            reason, hint = endpoint.redact(reason), endpoint.redact(hint)
        names = ", ".join(endpoint.name for endpoint in endpoints)
        if hint:
            self._say("log.check_failed_remedy", endpoints=names, reason=reason, hint=hint)
        else:
            self._say("log.check_failed", endpoints=names, reason=reason)


@dataclass
class _Place:
    """The endpoints at one address, which one probe is for."""

    request: AnyRequest
    endpoints: List[Endpoint]

    @property
    def timeout(self) -> float:
        return min(_LONGEST, max(float(endpoint.config.timeout) for endpoint in self.endpoints))


class _Run:
    """One check of one config."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        request_of: Callable[[Endpoint], AnyRequest],
        prober: Prober,
        report: Callable[[TransportFailure, Sequence[Endpoint]], None],
        log: logging.Logger,
    ) -> None:
        self.thread = threading.Thread(target=guard, args=(log, self._work), name="prime_notify-check", daemon=True)
        self._endpoints = endpoints
        self._request_of = request_of
        self._prober = prober
        self._report = report
        self._stopped = threading.Event()
        self._failures: Dict[TransportFailure, List[Endpoint]] = {}

    def stop(self) -> None:
        self._stopped.set()
        self._prober.close()

    def _work(self) -> None:
        """Probe everything, then report each failure once with all the endpoints that have it."""
        try:
            for place in self._places():
                failure = self._prober.probe(place.request, timeout=place.timeout)
                if self._stopped.is_set():
                    return
                if failure is not None:
                    self._failures.setdefault(failure, []).extend(place.endpoints)
        finally:
            self._prober.close()
        for failure, endpoints in self._failures.items():
            self._report(failure, endpoints)

    def _places(self) -> List[_Place]:
        places: List[_Place] = []
        for endpoint in self._endpoints:
            try:
                request = self._request_of(endpoint)
            except Exception as error:  # noqa: BLE001  (a bug of a channel: its messages would fail in the same way)
                failure = TransportFailure(FailureKind.OTHER, internal_error(error))
                self._failures.setdefault(failure, []).append(endpoint)
                continue
            place = next((place for place in places if same_place(place.request, request)), None)
            if place is None:
                places.append(_Place(request, [endpoint]))
            else:
                place.endpoints.append(endpoint)
        return places
