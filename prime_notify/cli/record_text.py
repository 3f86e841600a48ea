"""Notifications and deliveries as lines of text, and as data for JSON."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, Dict, Iterator, List, Optional

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.facts import facts
from prime_notify.messages.texts import localize
from prime_notify.model.fact import FactKind
from prime_notify.outbox.history import AttemptRecord, DeliveryRecord, NotificationRecord
from prime_notify.outbox.values import State
from prime_notify.text.humanize import duration, zoned_time
from prime_notify.text.plain import one_line

__all__ = [
    "LANGUAGE",
    "catalogue",
    "delivery_data",
    "delivery_text",
    "fact_lines",
    "headline",
    "notification_data",
    "try_lines",
]

LANGUAGE = "en_us"
_LONGEST = 500
_WORDS = {
    State.WAITING: "waiting",
    State.DELIVERED: "delivered",
    State.ACCEPTED: "accepted, not confirmed",
    State.DEAD: "given up",
    State.EXPIRED: "expired",
    State.FOLDED: "folded into its end",
    State.PASSED: "passed on to another of its group",
    State.DROPPED: "dropped",
}


@functools.cache
def catalogue() -> Catalogue:
    """The texts of ``lang/``, read once."""
    return Catalogue.load()


def headline(record: NotificationRecord) -> str:
    """``2026-01-02 03:04:05 UTC+8  01KE…  Backup failed #7``."""
    what = "(written by another version)"
    if record.payload is not None:
        known = {fact.kind: fact.value for fact in facts(record.payload, LANGUAGE, catalogue())}
        what = " ".join(known[kind] for kind in (FactKind.EVENT, FactKind.BACKUP) if kind in known)
    return f"{zoned_time(record.accepted)}  {record.id}  {what}"


def fact_lines(record: NotificationRecord) -> List[str]:
    """``Label: value`` for each fact about the event."""
    if record.payload is None:
        return []
    known = facts(record.payload, LANGUAGE, catalogue())
    return [f"{fact.label}: {one_line(fact.value, _LONGEST)}" for fact in known]


def delivery_text(delivery: DeliveryRecord, now: float) -> str:
    """``phone: delivered (HTTP 200, 81 ms, tries: 1)``; ``now`` is unix seconds."""
    numbers = _numbers(delivery.status, delivery.ms) if delivery.attempts else []
    text = f"{delivery.endpoint}: {_WORDS[delivery.state]} ({', '.join([*numbers, f'tries: {delivery.attempts}'])})"
    if delivery.state is State.WAITING:
        wait = max(0.0, delivery.due - now)
        text += f", next try in {duration(wait)}" if wait else ", next try as soon as possible"
    is_current = delivery.attempts or delivery.state is not State.WAITING  # else the reason is older than a replay
    return f"{text} – {one_line(delivery.reason, _LONGEST)}" if delivery.reason and is_current else text


def try_lines(one: AttemptRecord) -> Iterator[str]:
    """One try, with the answer of the service."""
    outcome = _WORDS[one.outcome] if one.outcome.is_success else "failed"
    text = f"#{one.number} {zoned_time(one.at)} {outcome} ({', '.join(_numbers(one.status, one.ms))})"
    yield f"{text} – {one_line(one.reason, _LONGEST)}" if one.reason else text
    if one.hint:
        yield f"   {one_line(one.hint, _LONGEST)}"
    if one.response:
        yield f"   answer: {one_line(one.response, _LONGEST)}"


def _numbers(status: Optional[int], ms: Optional[float]) -> List[str]:
    return ([] if status is None else [f"HTTP {status}"]) + ([] if ms is None else [f"{ms:.0f} ms"])


def notification_data(record: NotificationRecord, *, whole: bool = False) -> Dict[str, Any]:
    """A notification for JSON; ``whole``: with its payload, and the tries of each delivery."""
    payload = record.payload
    data: Dict[str, Any] = {
        "id": record.id,
        "accepted": record.accepted,
        "event": payload and payload.event.value,
        "severity": payload and payload.severity.value,
        "deliveries": [delivery_data(delivery, whole=whole) for delivery in record.deliveries],
    }
    if whole:
        data["payload"] = payload and localize(payload, LANGUAGE, catalogue()).to_dict()
    return data


def delivery_data(delivery: DeliveryRecord, *, whole: bool = False) -> Dict[str, Any]:
    """A delivery for JSON. ``due`` and ``settled`` are unix seconds."""
    data = dataclasses.asdict(delivery)
    data["state"] = delivery.state.value
    data["due"] = delivery.due if delivery.state is State.WAITING else None
    tries = data.pop("tries")
    if whole:
        data["tries"] = [{**one, "outcome": one["outcome"].value} for one in tries]
    return data
