"""The failures that an endpoint has got: which ones are duplicates, and which kinds of task are failing. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from typing import Optional

from prime_notify.model.health import FailureRecord, Health
from prime_notify.model.payload import Payload

__all__ = ["delivered_at", "fingerprint", "is_outdated", "with_delivered"]

_MOST = 16
"""The most kinds of tasks for each endpoint, and the most distinct failures for each kind, that are remembered."""

_NUMBER = re.compile(r"\d+")


def fingerprint(payload: Payload) -> Optional[str]:
    """The same for failures whose texts differ only in numbers; None for anything but a failure."""
    if not payload.status.begins_failure:
        return None
    text = payload.error.message if payload.error else payload.message
    parts = (payload.task_kind.key, payload.error.type if payload.error else "", _NUMBER.sub("#", text or ""))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def delivered_at(payload: Payload, health: Health) -> Optional[float]:
    """When the endpoint last got the same failure, if it is remembered and no success came after it."""
    known = fingerprint(payload)
    record = health.record(payload.task_kind.key) if known else None
    return next((at for one, at in record.delivered if one == known), None) if record else None


def with_delivered(health: Health, payload: Payload, now: float) -> Health:
    """The health after a delivery: a failure is recorded, and a success ends the failures before it."""
    if not health.records and not payload.status.begins_failure:  # as with most deliveries
        return health
    kind, known = payload.task_kind.key, fingerprint(payload)
    record = health.record(kind)
    if known:
        return health.with_record(_after_failure(record or FailureRecord(kind), payload, known, now), _MOST)
    if payload.status.ends_failure and record and not is_outdated(payload, health):
        return health.without_record(kind)
    return health


def is_outdated(payload: Payload, health: Health) -> bool:
    """Whether a success is so late that the endpoint has got a failure that came after it."""
    record = health.failing(payload.task_kind.key)
    return record is not None and record.notification_id > payload.id  # ids are in the order of acceptance


def _after_failure(record: FailureRecord, payload: Payload, known: str, now: float) -> FailureRecord:
    delivered = (*(one for one in record.delivered if one[0] != known), (known, now))[-_MOST:]
    if record.notification_id == payload.id:  # this is a reminder of it
        return dataclasses.replace(record, delivered=delivered)
    return dataclasses.replace(
        record,
        notification_id=max(record.notification_id, payload.id),  # an outage may have delayed the older one
        since=record.since if record.is_failing else payload.timestamp.unix,
        times=record.times + 1,
        delivered=delivered,
    )
