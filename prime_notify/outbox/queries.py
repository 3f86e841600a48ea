"""The queries of an outbox, as SQL, and the values in their rows."""

from __future__ import annotations

import json
from typing import Any, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from prime_notify.model.event import EventName
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.outbox.payloads import payload_of
from prime_notify.outbox.values import Delivery, OpenTask, Purpose

__all__ = [
    "ATTEMPTS_SINCE",
    "COUNT_DEAD",
    "COUNT_WAITING",
    "DEAD",
    "DEFERRED_DUE",
    "DEFERRING",
    "DUE_AFTER",
    "ENDINGS",
    "FIND_ALONE",
    "FIND_DEFERRED",
    "FIND_DUE",
    "FORGETTABLE",
    "FORMER_SUCCESSES",
    "HEALTH",
    "HOLDERS",
    "INBOX",
    "KIN",
    "LATER_SUCCESSES",
    "NEXT_DUE",
    "OPEN_TASKS",
    "OPEN_TASK_ROWS",
    "PEEK",
    "TURNS",
    "DueRow",
    "delivery_rows",
    "notification_rows",
    "open_task_of",
]

OPEN_TASK_ROWS = "SELECT task_id, plugin_id, start, owner, notification_id FROM open_task"
OPEN_TASKS = """
    SELECT task_id, plugin_id, start, owner, notification_id, payload, accepted
    FROM open_task LEFT JOIN notification ON notification.id = notification_id ORDER BY open_task.rowid
"""

# A delivery is ready when no earlier one of the same task still waits for the same endpoint: a start before its end.
# No delivery waits for a deferred one.
_READY = """
    state = 'waiting' AND held = 0 AND NOT EXISTS (
        SELECT 1 FROM delivery AS earlier
        WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
          AND earlier.state = 'waiting' AND earlier.held = 0 AND earlier.seq < delivery.seq)
"""
_RECEIPT = """
    (SELECT receipt FROM delivery AS earlier
     WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
       AND earlier.receipt IS NOT NULL ORDER BY earlier.seq DESC LIMIT 1)
"""
_SUPERSEDED = """
    EXISTS (SELECT 1 FROM delivery AS later
     WHERE later.endpoint = delivery.endpoint AND later.task_id = delivery.task_id
       AND later.state = 'waiting' AND later.seq > delivery.seq)
"""


def _deliveries(receipt: str, superseded: str, where: str) -> str:
    """A query whose rows are :class:`DueRow`, with these two columns as given."""
    return f"""
        SELECT delivery.seq, endpoint, delivery.attempts, notification.accepted, notification.payload,
            {receipt}, {superseded}, due, purpose, delivery.notification, task_id, notification.id
        FROM delivery JOIN notification ON notification.seq = delivery.notification
        WHERE {where}
    """  # noqa: S608  (no input in it)


FIND_DUE = _deliveries(
    _RECEIPT, _SUPERSEDED, f"endpoint = ? AND due <= ? AND {_READY} ORDER BY due, delivery.seq LIMIT ?"
)
FIND_DEFERRED = _deliveries(
    _RECEIPT,
    "0",
    "endpoint = ? AND due <= ? AND state = 'waiting' AND held = 1 ORDER BY due, delivery.seq LIMIT ?",
)
# Nothing else waits for their endpoints
FIND_ALONE = _deliveries(
    _RECEIPT,
    "0",
    """delivery.notification = ? AND NOT EXISTS (
        SELECT 1 FROM delivery AS other
        WHERE other.endpoint = delivery.endpoint AND other.state = 'waiting' AND other.seq <> delivery.seq)""",
)
PEEK = _deliveries("NULL", "0", "endpoint = ? AND state = 'waiting' AND delivery.seq > ? ORDER BY delivery.seq LIMIT ?")
KIN = """
    SELECT seq, endpoint, CASE WHEN state = 'passed' AND EXISTS
        (SELECT 1 FROM attempt WHERE delivery = delivery.seq AND outcome = 'dead') THEN 'dead' ELSE state END
    FROM delivery WHERE notification = (SELECT notification FROM delivery WHERE seq = ?)
"""  # an endpoint that gave it up before passing it on does not get it again
DEFERRING = "SELECT DISTINCT endpoint FROM delivery WHERE state = 'waiting' AND held = 1"
DEFERRED_DUE = """
    SELECT seq, due FROM delivery WHERE endpoint = ? AND state = 'waiting' AND held = 1 ORDER BY due, seq LIMIT ?
"""
NEXT_DUE = f"SELECT seq, due FROM delivery WHERE endpoint = ? AND {_READY} ORDER BY due, seq LIMIT ?"  # noqa: S608
HOLDERS = """
    SELECT endpoint FROM delivery
    WHERE notification = (SELECT seq FROM notification WHERE id = ?)
      AND purpose = 'event' AND state NOT IN ('passed', 'dead') ORDER BY seq
"""
ATTEMPTS_SINCE = """
    SELECT at FROM delivery CROSS JOIN attempt ON attempt.delivery = delivery.seq
    WHERE endpoint = ?1 AND settled >= ?2 AND at >= ?2 AND shared = 0 ORDER BY at DESC LIMIT ?3
"""  # a delivery was settled by its newest attempt, or later
_IS_SUCCESS = """(payload LIKE '%"status":"success"%' OR payload LIKE '%"status":"ok"%')"""
FORMER_SUCCESSES, LATER_SUCCESSES = (
    f"SELECT payload FROM notification WHERE id {side} ? AND {_IS_SUCCESS} ORDER BY id DESC"  # noqa: S608
    for side in "<>"
)
DEAD = """
    SELECT delivery.seq, endpoint FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE state = 'dead' AND (?1 IS NULL OR notification.id = ?1)
"""
_OLDEST_REMINDER = """
    SELECT min(id) FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE state = 'waiting' AND purpose = 'reminder'
"""
FORGETTABLE = f"""
    SELECT seq FROM notification
    WHERE (accepted < ?1 OR seq <= (SELECT seq FROM notification ORDER BY seq DESC LIMIT 1 OFFSET ?2))
      AND NOT EXISTS (SELECT 1 FROM delivery
                      WHERE delivery.notification = notification.seq AND state IN ('waiting', 'dead'))
      AND id NOT IN (SELECT notification_id FROM open_task)
      AND NOT ({_IS_SUCCESS} AND id > coalesce(({_OLDEST_REMINDER}), id))
    ORDER BY seq LIMIT ?3
"""  # noqa: S608  (ends reply to their starts, and a reminder ends when its lane finds a later success)
# A state stands in the query itself, so that SQLite can use the index of that state.
COUNT_WAITING = "SELECT endpoint, count(*) FROM delivery WHERE state = 'waiting' GROUP BY endpoint"
COUNT_DEAD = "SELECT endpoint, count(*) FROM delivery WHERE state = 'dead' GROUP BY endpoint"
DUE_AFTER = "SELECT 1 FROM delivery WHERE state = 'waiting' AND due > ? LIMIT 1"
HEALTH = "SELECT value FROM health WHERE endpoint = ?"
ENDINGS = "SELECT plugin_id, task, status FROM ending"
TURNS = "SELECT name, endpoint FROM turn"
INBOX = "SELECT id, event, id IN (SELECT id FROM notification) FROM inbox ORDER BY id"


class DueRow(NamedTuple):
    """A row of a query that finds deliveries."""

    key: int
    endpoint: str
    attempts: int
    accepted: float
    body: str
    receipt: Optional[str]
    superseded: int
    due: float
    purpose: str
    notification: int
    queue: str
    id: str

    def delivery(self, payload: Payload) -> Delivery:
        """The delivery that is handed out, with the payload that ``body`` is."""
        previous = json.loads(self.receipt) if self.receipt else None
        return Delivery(
            self.key,
            self.endpoint,
            self.attempts + 1,
            self.accepted,
            Notification(payload),
            previous,
            bool(self.superseded),
            self.due,
            Purpose(self.purpose),
        )


def open_task_of(
    task_id: str,
    plugin_id: str,
    start: str,
    owner: str,
    notification_id: str,
    body: Optional[str],
    accepted: Optional[float],
) -> OpenTask:
    """A row of :data:`OPEN_TASKS`. A start that was pruned, or cannot be read, says nothing of its task."""
    payload = None if body is None else payload_of(body)
    said = ({}, None) if payload is None else (payload.task_fields(), payload.server_ran)
    return OpenTask(task_id, plugin_id, EventName(start), owner, notification_id, *said, accepted)


Table = Tuple[Sequence[str], List[Tuple[Any, ...]]]


def notification_rows(known: Iterable[DueRow]) -> Table:
    """Columns and rows of the notifications that deliveries are about."""
    return ("seq", "id", "accepted", "payload"), [(row.notification, row.id, row.accepted, row.body) for row in known]


def delivery_rows(known: Iterable[DueRow]) -> Table:
    """Columns and rows of deliveries."""
    columns = ("seq", "notification", "endpoint", "task_id", "due", "attempts", "purpose")
    rows = [(row.key, row.notification, row.endpoint, row.queue, row.due, row.attempts, row.purpose) for row in known]
    return columns, rows
