"""Which failures are the same, and what an endpoint was told of them. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from typing import Optional

from prime_notify.model.event import Status
from prime_notify.model.health import Failing, Health
from prime_notify.model.payload import Payload

__all__ = ["fingerprint", "is_outdated", "told", "told_at"]

_MOST = 16
"""Failures that are remembered for each endpoint."""

_NUMBER = re.compile(r"\d+")


def fingerprint(payload: Payload) -> Optional[str]:
    """The same for failures that say the same but for the numbers in it; None for anything but a failure."""
    if payload.status is not Status.FAILURE:
        return None
    said = payload.error.message if payload.error else payload.message
    parts = (payload.task_kind.key, payload.error.type if payload.error else "", _NUMBER.sub("#", said or ""))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def told_at(payload: Payload, health: Health) -> Optional[float]:
    """When the endpoint was last told the same failure, as far as that is known and there was no success since."""
    print_ = fingerprint(payload)
    return next((at for _, known, at in health.failures_told if known == print_), None)


def told(health: Health, payload: Payload, now: float) -> Health:
    """The endpoint was told this: a failure is remembered, a success puts the failures before it behind us."""
    if payload.status is Status.SUCCESS and not (health.failures_told or health.failing):
        return health
    kind, print_ = payload.task_kind.key, fingerprint(payload)
    known, failing = health.failures_told, [one for one in health.failing if one.kind != kind]
    if print_:
        known = (*(one for one in known if one[1] != print_), (kind, print_, now))[-_MOST:]
        return dataclasses.replace(health, failures_told=known, failing=(*failing, _failing(health, payload))[-_MOST:])
    if payload.status is Status.SUCCESS and not is_outdated(payload, health):
        known = tuple(one for one in known if one[0] != kind)
        return dataclasses.replace(health, failures_told=known, failing=tuple(failing))
    return health


def is_outdated(payload: Payload, health: Health) -> bool:
    """Whether a success is told so late that a failure which came after it was told before it."""
    failing = health.failing_kind(payload.task_kind.key)
    return failing is not None and failing.notification_id > payload.id  # ids are in the order of acceptance


def _failing(health: Health, payload: Payload) -> Failing:
    """How it stands after one more failure."""
    before = health.failing_kind(payload.task_kind.key)
    if before is None:
        return Failing(payload.task_kind.key, payload.id, payload.timestamp.unix)
    if before.notification_id == payload.id:  # a reminder of it
        return before
    newest = max(before.notification_id, payload.id)  # an outage may have held up the older one
    return dataclasses.replace(before, notification_id=newest, times=before.times + 1)
