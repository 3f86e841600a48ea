"""Looks, when a config comes into force, whether its endpoints could be reached, and says what would fail.

Nothing is sent, and nothing waits for it: one thread of its own looks at one place after another. To be used like this,
``say`` being something such as ``Speech.warning``::

    check = StartupCheck(localize=self._message, say=say, log=log)
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
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.delivery.lane_thread import guard
from prime_notify.loading.load import LoadedConfig
from prime_notify.messages.samples import sample_event
from prime_notify.model.event import EventName
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Message, Notification
from prime_notify.model.request import AnyRequest
from prime_notify.text.wording import in_language, internal_error
from prime_notify.transport.probe import Prober, same_place

__all__ = ["StartupCheck"]

_LONGEST = 10.0
"""Seconds that one place may take; an endpoint's own time-out may be shorter."""

Localize = Callable[[Notification, EndpointConfig, float], Message]


class Say(Protocol):
    """Says a text of ``lang/`` by its key."""

    def __call__(self, key: str, **values: object) -> None: ...


class StartupCheck:
    """Waits for nothing. :meth:`start` and :meth:`stop` are called by one thread at a time.

    ``localize``: makes the message of a notification for an endpoint, as for a delivery. ``language``: that in which
    ``say`` speaks.
    """

    def __init__(
        self,
        *,
        localize: Localize,
        say: Say,
        log: logging.Logger,
        wall: Callable[[], float] = time.time,
        make_prober: Callable[[], Prober] = Prober,
        language: str = "en_us",
    ) -> None:
        self._localize = localize
        self._say = say
        self._log = log
        self._wall = wall
        self._make_prober = make_prober
        self._language = language
        self._run: Optional[_Run] = None

    def start(self, loaded: LoadedConfig) -> None:
        """Check this config's enabled endpoints from now on, unless it is switched off; ends a former check."""
        self.stop()
        notification = loaded.config.notification
        endpoints = [endpoint for endpoint in loaded.endpoints if endpoint.config.enabled]
        if not (notification.enabled and notification.check_at_start and endpoints):
            return
        self._run = _Run(endpoints, self._request, self._make_prober(), self._tell, self._log)
        self._run.thread.start()

    def stop(self, grace: float = 0.0) -> None:
        """End the check: nothing is said any more. Its thread ends at once; ``grace``: seconds to wait for that."""
        run, self._run = self._run, None
        if run is not None:
            run.stop()
            run.thread.join(grace)

    def _request(self, endpoint: Endpoint) -> AnyRequest:
        """What a failed backup would send there."""
        now = self._wall()
        payload = normalize(
            sample_event(EventName.BACKUP_FAILURE, now=lambda: now),
            id="check",
            task_id="check",
            now=now,
            server_running=None,
            server_name=None,
        ).payload
        return endpoint.render(self._localize(Notification(payload), endpoint.config, now))

    def _tell(self, failure: TransportFailure, endpoints: Sequence[Endpoint]) -> None:
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
    """Endpoints that one probe tells about."""

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
        tell: Callable[[TransportFailure, Sequence[Endpoint]], None],
        log: logging.Logger,
    ) -> None:
        self.thread = threading.Thread(target=guard, args=(log, self._work), name="prime_notify-check", daemon=True)
        self._endpoints = endpoints
        self._request_of = request_of
        self._prober = prober
        self._tell = tell
        self._stopped = threading.Event()
        self._troubles: Dict[TransportFailure, List[Endpoint]] = {}

    def stop(self) -> None:
        self._stopped.set()
        self._prober.close()

    def _work(self) -> None:
        """All of it; says at the end what it found, each trouble once with all the endpoints that have it."""
        try:
            for place in self._places():
                failure = self._prober.probe(place.request, timeout=place.timeout)
                if self._stopped.is_set():
                    return
                if failure is not None:
                    self._troubles.setdefault(failure, []).extend(place.endpoints)
        finally:
            self._prober.close()
        for failure, endpoints in self._troubles.items():
            self._tell(failure, endpoints)

    def _places(self) -> List[_Place]:
        places: List[_Place] = []
        for endpoint in self._endpoints:
            try:
                request = self._request_of(endpoint)
            except Exception as error:  # noqa: BLE001  (a channel's fault: its messages would fail just so)
                failure = TransportFailure(FailureKind.OTHER, internal_error(error))
                self._troubles.setdefault(failure, []).append(endpoint)
                continue
            place = next((place for place in places if same_place(place.request, request)), None)
            if place is None:
                places.append(_Place(request, [endpoint]))
            else:
                place.endpoints.append(endpoint)
        return places
