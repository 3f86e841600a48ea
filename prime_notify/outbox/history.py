"""The history: which notification was sent where and when. Reads the outbox's database while others use it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from pydantic import ValidationError

from prime_notify.model.health import Health
from prime_notify.model.payload import Payload
from prime_notify.outbox.database import Storage
from prime_notify.outbox.values import State

__all__ = ["AttemptRecord", "DeliveryRecord", "History", "NotificationRecord"]


@dataclass(frozen=True)
class AttemptRecord:
    """One try. ``outcome``: the delivery's state after it. ``at``: seconds as the process counted them, about unix."""

    number: int
    at: float
    outcome: State
    status: Optional[int]
    ms: float
    reason: str
    hint: str
    response: str


@dataclass(frozen=True)
class DeliveryRecord:
    """One endpoint's share of a notification. ``due``: the next try, when it waits. ``tries``: only where asked for."""

    endpoint: str
    state: State
    attempts: int
    due: float
    settled: Optional[float]
    status: Optional[int]
    ms: Optional[float]
    reason: str
    tries: Tuple[AttemptRecord, ...] = ()


@dataclass(frozen=True)
class NotificationRecord:
    """A notification with its deliveries. ``payload`` is None when another version wrote what this cannot read."""

    id: str
    accepted: float
    payload: Optional[Payload]
    deliveries: Tuple[DeliveryRecord, ...]


_PAGE = "SELECT seq, id, accepted, payload FROM notification {} ORDER BY seq DESC LIMIT ? OFFSET ?"
_IDS = "SELECT id FROM notification {} ORDER BY seq DESC LIMIT ?"
_COUNT = "SELECT count(*) FROM notification {}"
_DELIVERIES = """
    SELECT notification, seq, endpoint, state, attempts, due, settled, status, ms, coalesce(reason, '')
    FROM delivery WHERE notification IN ({}) ORDER BY seq
"""
_TRIES = """
    SELECT number, at, outcome, status, ms, reason, hint, response FROM attempt WHERE delivery = ?
    ORDER BY seq DESC LIMIT ?
"""
_MOST_TRIES = 100  # of a delivery; more than a day's schedule has, and it may have been replayed often
_BY_ID = "SELECT seq, id, accepted, payload FROM notification WHERE id = ?"
_BY_ENDING = """
    SELECT seq, id, accepted, payload FROM notification
    WHERE seq IN (SELECT seq FROM notification WHERE id LIKE ? ESCAPE '!' ORDER BY id DESC LIMIT 2)
    ORDER BY seq
"""


class History:
    """Reads only. Raises :class:`prime_notify.outbox.errors.OutboxError` when the database cannot be read."""

    def __init__(self, database: Storage) -> None:
        self._database = database

    def page(self, count: int, *, skip: int = 0, state: Optional[State] = None) -> Sequence[NotificationRecord]:
        """The newest notifications first; only those with a delivery in ``state``, when that is given."""
        return self._records(self._database.read(_PAGE.format(_having(state)), count, skip))

    def ids(self, count: int, *, state: Optional[State] = None) -> Sequence[str]:
        """The ids of the newest notifications, as :meth:`page` has them."""
        return [id for (id,) in self._database.read(_IDS.format(_having(state)), count)]

    def count(self, state: Optional[State] = None) -> int:
        """How many notifications are kept, as :meth:`page` has them."""
        return int(self._database.read(_COUNT.format(_having(state)))[0][0])

    def find(self, id: str) -> Sequence[NotificationRecord]:
        """The notification with this id, or those (two at most) whose id ends like this; with their newest tries."""
        if not id or not id.isascii():  # a half surrogate pair cannot even be asked for
            return []
        rows = self._database.read(_BY_ID, id) or self._database.read(_BY_ID, id.upper())
        if not rows:
            ending = "%" + "".join(f"!{char}" if char in "!%_" else char for char in id)  # LIKE ignores case
            rows = self._database.read(_BY_ENDING, ending)
        return self._records(rows, with_tries=True)

    def health(self) -> Dict[str, Health]:
        """How each endpoint was doing, by name."""
        rows = self._database.read("SELECT endpoint, value FROM health")
        return {endpoint: Health.from_json(value) for endpoint, value in rows}

    def _records(self, rows: Sequence[Any], *, with_tries: bool = False) -> List[NotificationRecord]:
        by_notification: Dict[int, List[DeliveryRecord]] = {row[0]: [] for row in rows}
        query = _DELIVERIES.format(",".join("?" * len(rows)))
        for row in self._database.read(query, *by_notification) if rows else ():
            tries = self._tries(row[1]) if with_tries else ()
            by_notification[row[0]].append(_delivery(row[2:], tries))
        return [
            NotificationRecord(id, accepted, _payload(body), tuple(by_notification[seq]))
            for seq, id, accepted, body in rows
        ]

    def _tries(self, key: int) -> Tuple[AttemptRecord, ...]:
        rows = reversed(self._database.read(_TRIES, key, _MOST_TRIES))
        return tuple(AttemptRecord(number, at, State(outcome), *more) for number, at, outcome, *more in rows)


def _having(state: Optional[State]) -> str:
    """The state stands in the query itself, so that SQLite can use the index of that state."""
    if state is None:
        return ""
    return f"WHERE seq IN (SELECT notification FROM delivery WHERE state = '{state.value}')"  # noqa: S608


def _delivery(columns: Sequence[Any], tries: Tuple[AttemptRecord, ...]) -> DeliveryRecord:
    endpoint, state, attempts, due, settled, status, ms, reason = columns
    return DeliveryRecord(endpoint, State(state), attempts, due, settled, status, ms, reason, tries)


def _payload(body: str) -> Optional[Payload]:
    with contextlib.suppress(ValidationError):
        return Payload.model_validate_json(body)
    return None
