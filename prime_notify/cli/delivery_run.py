"""A run of the engine from the command line, until the awaited deliveries have ended."""

from __future__ import annotations

import collections
import contextlib
import itertools
import logging
import sys
import time
from dataclasses import dataclass
from typing import Any, Collection, Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence

from prime_notify.cli.folder_access import FolderAccess
from prime_notify.cli.language import language_of
from prime_notify.cli.record_text import catalogue, delivery_text
from prime_notify.cli.report import FAILED, OK, CliError, Report
from prime_notify.delivery.account import MARK
from prime_notify.delivery.overview import EndpointState
from prime_notify.engine.engine import Engine
from prime_notify.loading.load import LoadedConfig
from prime_notify.model.notification import Notification
from prime_notify.outbox.history import DeliveryRecord, History
from prime_notify.outbox.values import State
from prime_notify.text.plain import one_line
from prime_notify.transport.dispatch import Transports

__all__ = ["Awaited", "DeliveryRun", "delivery_run", "outcome_report"]

Awaited = Mapping[str, Collection[str]]
"""The endpoints whose deliveries are awaited, by the id of the notification."""

_INTERVAL = 0.05  # seconds between two checks
_MOST_CHECKED = 20  # waiting deliveries in one check; the next checks reach the others
_FINE = (State.DELIVERED, State.ACCEPTED, State.FOLDED, State.DROPPED, State.PASSED)
_LONGEST = 300


@dataclass
class DeliveryRun:
    """A running engine, and the notifications that it has accepted. ``in_game``: endpoints that it cannot reach."""

    engine: Engine
    history: History
    accepted: Sequence[Notification]
    in_game: Collection[str] = ()

    def wait(self, awaited: Awaited, seconds: float) -> None:
        """Wait until all awaited deliveries have ended, or none of the rest can end within ``seconds``."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            endpoints = {endpoint.name: endpoint for endpoint in self.engine.overview().endpoints}
            waiting = (one for one in deliveries(self.history, awaited) if one.state is State.WAITING)
            some = itertools.islice(waiting, _MOST_CHECKED)
            if left <= 0 or not any(self._comes_soon(one, endpoints.get(one.endpoint), left) for one in some):
                return
            time.sleep(min(_INTERVAL, left))

    def _comes_soon(self, delivery: DeliveryRecord, endpoint: Optional[EndpointState], left: float) -> bool:
        """Whether the next try is due within ``left`` seconds."""
        if (
            endpoint is None
            or endpoint.orphaned
            or endpoint.disabled
            or not endpoint.on
            or endpoint.name in self.in_game
        ):
            return False
        return max(delivery.due - self.engine.now, endpoint.paused_for) < left


def deliveries(history: History, awaited: Awaited) -> Iterator[DeliveryRecord]:
    """The awaited deliveries in their present state."""
    for id, endpoints in awaited.items():
        for record in history.find(id):
            yield from (delivery for delivery in record.deliveries if delivery.endpoint in endpoints)


def outcome_report(folder: FolderAccess, loaded: LoadedConfig, awaited: Awaited, **more: Any) -> Report:
    """The result for each endpoint, after the engine has stopped."""
    by_endpoint: Dict[str, List[DeliveryRecord]] = {}
    with folder.history() as history:
        for delivery in deliveries(history, awaited) if history else ():
            by_endpoint.setdefault(delivery.endpoint, []).append(delivery)
    enabled = {endpoint.name for endpoint in loaded.endpoints if endpoint.config.enabled}
    in_game = _in_game(loaded)
    lines: List[str] = []
    for name, found in sorted(by_endpoint.items()):
        lines += _lines(name, found, folder.now)
        if name not in enabled and any(one.state is State.WAITING for one in found):
            mistake = next((one.problem for one in loaded.broken if one.name == name), None)
            why = f"until the mistake at {mistake.path} is corrected" if mistake else "until it is in the config and on"
            lines.append(f"    it waits {why}")
        elif name in in_game and any(one.state is State.WAITING for one in found):
            lines.append("    it waits until MCDReforged runs, which shows it in the game")
    waits_for_the_game = {name for name in in_game if name in enabled}
    fine = all(
        one.state in _FINE or (one.state is State.WAITING and name in waits_for_the_game)
        for name, found in by_endpoint.items()
        for one in found
    )
    if not fine:
        lines.append("What was not delivered stays in the outbox; MCDReforged goes on with what waits")
    data = {"owner": None, **more, "endpoints": [_data(*item) for item in sorted(by_endpoint.items())]}
    return Report(lines, data, OK if fine else FAILED)


def _in_game(loaded: LoadedConfig) -> FrozenSet[str]:
    return frozenset(endpoint.name for endpoint in loaded.endpoints if endpoint.config.in_game)


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
    """The hint of the last try, if there was one since the last replay."""
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
def delivery_run(folder: FolderAccess, loaded: LoadedConfig, *, verbose: bool) -> Iterator[Optional[DeliveryRun]]:
    """The engine, which delivers from the folder during the block; None when another process owns the folder.

    Attempts under way at the end of the block get a few seconds to finish. Raises :class:`CliError`.
    """
    with folder.outbox():
        pass  # raises for an outbox that cannot be used, before the engine starts
    accepted: List[Notification] = []
    transports = Transports()  # given to the engine, so that it does not check first whether endpoints can be reached
    engine = Engine(
        loaded,
        data_dir=folder.path,
        catalogue=catalogue(),
        log=_log(verbose),
        language=language_of(folder.path),
        on_accepted=accepted.append,
        transport=transports,
    )
    engine.start()
    try:
        history, overview = engine.history, engine.overview()
        if overview.elsewhere:
            yield None
        elif history is None or overview.refusing:
            raise CliError(f"the outbox in {folder.path} cannot be used")
        else:
            yield DeliveryRun(engine, history, accepted, _in_game(loaded))
    finally:
        engine.stop(float(loaded.config.delivery.stop_grace))
        transports.close()


def _log(verbose: bool) -> logging.Logger:
    log = logging.Logger("prime_notify", logging.INFO if verbose else logging.WARNING)
    handler = logging.StreamHandler(sys.stderr)
    if not verbose:
        handler.addFilter(lambda record: not hasattr(record, MARK))  # the report shows the attempts
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    log.addHandler(handler)
    return log
