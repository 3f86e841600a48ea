"""What is asked of the database, as SQL, and what the rows stand for."""

from __future__ import annotations

import json
from typing import Any, Mapping, Optional

from pydantic import ValidationError

from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.outbox.values import Delivery, Purpose

__all__ = [
    "ATTEMPTS_SINCE",
    "DEAD",
    "FIND_DUE",
    "FIND_HELD",
    "FORGETTABLE",
    "HELD_DUE",
    "HOLDERS",
    "KIN",
    "LATER_SUCCESSES",
    "NEXT_DUE",
    "OPEN_TASKS",
    "PEEK",
    "RELEASE",
    "delivery_of",
    "payload_of",
    "task_fields_of",
]

OPEN_TASKS = """
    SELECT task_id, plugin_id, start, owner, notification_id,
        (SELECT payload FROM notification WHERE id = notification_id)
    FROM open_task ORDER BY rowid
"""

# A delivery is ready when no earlier one of the same task still waits for the same endpoint: a start before its end.
# What is held back is another matter: it holds up nothing.
_READY = """
    state = 'waiting' AND held = 0 AND NOT EXISTS (
        SELECT 1 FROM delivery AS earlier
        WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
          AND earlier.state = 'waiting' AND earlier.held = 0 AND earlier.seq < delivery.seq)
"""
FIND_DUE = f"""
    SELECT delivery.seq, delivery.attempts, notification.accepted, notification.payload,
        (SELECT receipt FROM delivery AS earlier
         WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
           AND earlier.receipt IS NOT NULL ORDER BY earlier.seq DESC LIMIT 1),
        EXISTS (SELECT 1 FROM delivery AS later
         WHERE later.endpoint = delivery.endpoint AND later.task_id = delivery.task_id
           AND later.state = 'waiting' AND later.seq > delivery.seq), due, purpose
    FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE endpoint = ? AND due <= ? AND {_READY} ORDER BY due, delivery.seq
"""  # noqa: S608  (no input in it)
FIND_HELD = """
    SELECT delivery.seq, delivery.attempts, notification.accepted, notification.payload,
        (SELECT receipt FROM delivery AS earlier
         WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
           AND earlier.receipt IS NOT NULL ORDER BY earlier.seq DESC LIMIT 1),
        0, due, purpose
    FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE endpoint = ? AND due <= ? AND state = 'waiting' AND held = 1 ORDER BY due, delivery.seq
"""
PEEK = """
    SELECT delivery.seq, delivery.attempts, notification.accepted, notification.payload, NULL, 0, due, purpose
    FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE endpoint = ? AND state = 'waiting' AND delivery.seq > ? ORDER BY delivery.seq LIMIT ?
"""
KIN = """
    SELECT seq, endpoint, CASE WHEN state = 'passed' AND EXISTS
        (SELECT 1 FROM attempt WHERE delivery = delivery.seq AND outcome = 'dead') THEN 'dead' ELSE state END
    FROM delivery WHERE notification = (SELECT notification FROM delivery WHERE seq = ?)
"""  # who gave it up before passing it on will not have it again
HELD_DUE = "SELECT seq, due FROM delivery WHERE endpoint = ? AND state = 'waiting' AND held = 1 ORDER BY due, seq"
NEXT_DUE = f"SELECT seq, due FROM delivery WHERE endpoint = ? AND {_READY} ORDER BY due, seq"  # noqa: S608
HOLDERS = """
    SELECT endpoint FROM delivery
    WHERE notification = (SELECT seq FROM notification WHERE id = ?)
      AND purpose = 'event' AND state NOT IN ('passed', 'dead') ORDER BY seq
"""
ATTEMPTS_SINCE = """
    SELECT at FROM (SELECT delivery, at FROM attempt WHERE shared = 0 ORDER BY seq DESC LIMIT 2000) AS newest
    JOIN delivery ON delivery.seq = newest.delivery WHERE endpoint = ? AND at >= ? ORDER BY at DESC LIMIT ?
"""
LATER_SUCCESSES = """
    SELECT payload FROM notification WHERE id > ? AND payload LIKE '%"status":"success"%' ORDER BY id DESC
"""
DEAD = """
    SELECT delivery.seq, endpoint FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE state = 'dead' AND (?1 IS NULL OR notification.id = ?1)
"""
FORGETTABLE = """
    SELECT seq FROM notification
    WHERE (accepted < ?1 OR seq <= (SELECT seq FROM notification ORDER BY seq DESC LIMIT 1 OFFSET ?2))
      AND NOT EXISTS (SELECT 1 FROM delivery
                      WHERE delivery.notification = notification.seq AND state IN ('waiting', 'dead'))
    ORDER BY seq LIMIT ?3
"""
RELEASE = "UPDATE delivery SET due = ?1 WHERE endpoint = ?2 AND state = 'waiting' AND held = 1 AND due > ?1"


def delivery_of(endpoint: str, row: Any) -> Optional[Delivery]:
    """What a row of a claiming query stands for; None when it cannot be read."""
    key, attempts, accepted, body, receipt, superseded, due, purpose = row
    payload = payload_of(body)
    if payload is None:
        return None
    previous = json.loads(receipt) if receipt else None
    notification = Notification(payload)
    return Delivery(
        key, endpoint, attempts + 1, accepted, notification, previous, bool(superseded), due, Purpose(purpose)
    )


def payload_of(body: str) -> Optional[Payload]:
    """What was stored; None when it cannot be read, since another version wrote it."""
    try:
        return Payload.model_validate_json(body)
    except ValidationError:
        return None


def task_fields_of(body: Optional[str]) -> Mapping[str, Any]:
    """What a stored start said of its task; nothing when it was pruned or cannot be read."""
    payload = None if body is None else payload_of(body)
    return {} if payload is None else payload.task_fields()
