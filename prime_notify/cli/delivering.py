"""Delivering from the command line, with the engine that delivers in MCDReforged."""

from __future__ import annotations

import collections
import contextlib
import itertools
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Collection, Dict, Iterator, List, Mapping, Optional, Sequence

from prime_notify.cli.place import Place
from prime_notify.cli.report import FAILED, OK, CliError, Report
from prime_notify.cli.words import LANGUAGE, catalogue, delivery_text
from prime_notify.engine.engine import Engine
from prime_notify.engine.overview import EndpointState
from prime_notify.loading.load import LoadedConfig
from prime_notify.model.notification import Notification
from prime_notify.outbox.history import DeliveryRecord, History
from prime_notify.outbox.values import State
from prime_notify.text.one_line import one_line
from prime_notify.transport.dispatch import Transports

__all__ = ["Awaited", "Delivering", "delivering", "outcome"]

Awaited = Mapping[str, Collection[str]]
"""Endpoints by the id of a notification."""

_INTERVAL = 0.05  # seconds between two looks
_MOST_LOOKED_AT = 20  # deliveries that still wait; the others are looked at later
_FINE = (State.DELIVERED, State.FOLDED, State.DROPPED, State.PASSED)
_LONGEST = 300


@dataclass
class Delivering:
    """An engine at work, and what it has accepted so far."""

    engine: Engine
    history: History
    accepted: Sequence[Notification]

    def wait(self, awaited: Awaited, seconds: float) -> None:
        """Until all that is awaited came to an end, or nothing of it can before ``seconds`` have passed."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            endpoints = {endpoint.name: endpoint for endpoint in self.engine.overview().endpoints}
            waiting = (one for one in deliveries(self.history, awaited) if one.state is State.WAITING)
            some = itertools.islice(waiting, _MOST_LOOKED_AT)
            if left <= 0 or not any(self._comes_soon(one, endpoints.get(one.endpoint), left) for one in some):
                return
            time.sleep(min(_INTERVAL, left))

    def _comes_soon(self, delivery: DeliveryRecord, endpoint: Optional[EndpointState], left: float) -> bool:
        """Whether its next try comes in time."""
        if endpoint is None or endpoint.orphaned or endpoint.disabled or not endpoint.on:
            return False
        return max(delivery.due - self.engine.now, endpoint.held) < left


def deliveries(history: History, awaited: Awaited) -> Iterator[DeliveryRecord]:
    """All that is awaited, as it stands now."""
    for id, endpoints in awaited.items():
        for record in history.find(id):
            yield from (delivery for delivery in record.deliveries if delivery.endpoint in endpoints)


def outcome(place: Place, loaded: LoadedConfig, awaited: Awaited, **more: Any) -> Report:
    """How it ended, per endpoint; to be asked when the engine has stopped."""
    by_endpoint: Dict[str, List[DeliveryRecord]] = {}
    with place.history() as history:
        for delivery in deliveries(history, awaited) if history else ():
            by_endpoint.setdefault(delivery.endpoint, []).append(delivery)
    enabled = {endpoint.name for endpoint in loaded.endpoints if endpoint.config.enabled}
    lines: List[str] = []
    for name, found in sorted(by_endpoint.items()):
        lines += _lines(name, found, place.now)
        if name not in enabled and any(one.state is State.WAITING for one in found):
            lines.append("    it waits until the endpoint is in the config and switched on")
    fine = all(one.state in _FINE for found in by_endpoint.values() for one in found)
    if not fine:
        lines.append("What was not delivered stays in the outbox; MCDReforged goes on with what waits")
    data = {"owner": None, **more, "endpoints": [_data(*item) for item in sorted(by_endpoint.items())]}
    return Report(lines, data, OK if fine else FAILED)


def _lines(name: str, deliveries: Sequence[DeliveryRecord], now: float) -> Iterator[str]:
    if len(deliveries) == 1:
        yield delivery_text(deliveries[0], now)
        hint = _hint(deliveries[0])
        if hint:
            yield f"    {one_line(hint, _LONGEST)}"
        return
    counts = collections.Counter(delivery.state for delivery in deliveries)
    reason = next((one.reason for one in deliveries if one.state not in _FINE and one.reason), "")
    text = f"{name}: " + ", ".join(f"{counts[state]} {state.value}" for state in State if counts[state])
    yield f"{text} – {one_line(reason, _LONGEST)}" if reason else text


def _hint(delivery: DeliveryRecord) -> str:
    """What to do about its last try, if there was one since it was replayed."""
    return delivery.tries[-1].hint if delivery.attempts and delivery.tries else ""


def _data(name: str, deliveries: Sequence[DeliveryRecord]) -> Dict[str, Any]:
    counts = collections.Counter(delivery.state for delivery in deliveries)
    last = deliveries[-1]
    said = {
        "status": last.status,
        "ms": last.ms,
        "reason": last.reason,
        "hint": _hint(last),
    }
    return {"endpoint": name, **{state.value: counts[state] for state in State}, **said}


@contextlib.contextmanager
def delivering(place: Place, loaded: LoadedConfig, *, verbose: bool) -> Iterator[Optional[Delivering]]:
    """The engine, at work on the folder for as long as the block runs; None when another process was faster.

    Attempts under way at the end of the block get a few seconds to finish.
    """
    with place.outbox():
        pass  # an outbox that cannot be used is said before anything else happens
    accepted: List[Notification] = []
    transports = Transports()  # of ours, so that the engine does not look first whether endpoints can be reached
    engine = Engine(
        loaded,
        data_dir=place.folder,
        catalogue=catalogue(),
        log=_log(verbose),
        language=_language(place.folder),
        on_accepted=accepted.append,
        transport=transports,
    )
    engine.start()
    try:
        history, overview = engine.history, engine.overview()
        if overview.elsewhere:
            yield None
        elif history is None or overview.refusing:
            raise CliError(f"the outbox in {place.folder} cannot be used")
        else:
            yield Delivering(engine, history, accepted)
    finally:
        engine.stop(float(loaded.config.delivery.stop_grace))
        transports.close()


def _log(verbose: bool) -> logging.Logger:
    log = logging.Logger("prime_notify", logging.INFO if verbose else logging.WARNING)
    handler = logging.StreamHandler(sys.stderr)
    if not verbose:
        handler.addFilter(lambda record: not str(record.msg).startswith("id="))  # the report tells of attempts
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    log.addHandler(handler)
    return log


def _language(folder: Path) -> str:
    """MCDReforged's own language, from its config.yml where the folder lies in ``config/``; English otherwise."""
    from ruamel.yaml import YAML  # MCDReforged has it

    with contextlib.suppress(Exception):  # whatever stands there, it is somebody else's file
        document = YAML(typ="safe", pure=True).load(folder.resolve().parent.parent / "config.yml")
        return str(document["language"])
    return LANGUAGE
