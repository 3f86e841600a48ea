"""Which deliveries are handed out, and the next ones, which are read ahead to spare a query for each."""

from __future__ import annotations

import collections
import sqlite3
import threading
from typing import Callable, Deque, Dict, Iterable, List, NamedTuple, Optional, Sequence

from prime_notify.outbox.database import Storage
from prime_notify.outbox.queries import (
    DEFERRED_DUE,
    DEFERRING,
    FIND_DEFERRED,
    FIND_DUE,
    NEXT_DUE,
    DueRow,
    delivery_rows,
    notification_rows,
)
from prime_notify.outbox.rows import Rows
from prime_notify.outbox.values import Settlement, State

__all__ = ["Claims"]

_AHEAD = 32
"""Deliveries of an endpoint that one query finds. More spare little, and are read in vain where they are forgotten."""


class _Lease(NamedTuple):
    """A delivery that is handed out. ``deferred``: it was deferred before."""

    row: DueRow
    deferred: bool


class Claims:
    """From any thread. What is read ahead is forgotten by each write that may change what comes next.

    It is not leased: it waits in the database like any other, and counts as no attempt.
    """

    def __init__(self, database: Storage) -> None:
        self._database = database
        self._leases: Dict[int, _Lease] = {}
        self._ahead: Dict[str, Deque[DueRow]] = {}
        self._deferring = {endpoint for (endpoint,) in database.read(DEFERRING)}
        self._claiming = threading.Lock()

    def due(self, endpoint: str, at: float) -> Optional[DueRow]:
        """Lease the next one that is due."""
        with self._claiming:
            row = self._pop(endpoint)
            if row is None or row.due > at:
                return self._read_ahead(endpoint, at)
            self._leases[row.key] = _Lease(row, deferred=False)
            return row

    def learn(self, write: Callable[[], Iterable[DueRow]]) -> None:
        """Store deliveries by ``write``, which returns those that are the only ones of their endpoints.

        They count as read ahead. This spares a query to each of many lanes, which would wait for each other.
        """
        with self._claiming:
            for row in write():
                self._ahead[row.endpoint] = collections.deque((row,))

    def next_read_ahead(self, endpoint: str) -> Optional[DueRow]:
        """The next one, if it has been read ahead; it is not leased."""
        with self._claiming:
            ahead = self._ahead.get(endpoint)
            return ahead[0] if ahead else None

    def _pop(self, endpoint: str) -> Optional[DueRow]:
        try:
            return self._ahead[endpoint].popleft()
        except LookupError:
            return None

    def _read_ahead(self, endpoint: str, at: float) -> Optional[DueRow]:
        def act(connection: sqlite3.Connection) -> Optional[DueRow]:
            found = self._free(connection, FIND_DUE, endpoint, at, _AHEAD)
            if not found:
                return None
            self._ahead[endpoint] = collections.deque(found[1:])
            self._leases[found[0].key] = _Lease(found[0], deferred=False)
            return found[0]

        return self._database.query(act)

    def deferred(self, endpoint: str, at: float, most: int) -> List[DueRow]:
        """Lease deferred ones that are due, at most so many."""

        def act(connection: sqlite3.Connection) -> List[DueRow]:
            found = self._free(connection, FIND_DEFERRED, endpoint, at, most)
            self._leases.update((row.key, _Lease(row, deferred=True)) for row in found)
            return found

        with self._claiming:
            return self._database.query(act)

    def _free(self, connection: sqlite3.Connection, query: str, endpoint: str, at: float, most: int) -> List[DueRow]:
        leases = self._leases
        rows = connection.execute(query, (endpoint, at, most + self._leased(endpoint))).fetchall()
        return [DueRow._make(row) for row in rows if row[0] not in leases][:most]

    def _leased(self, endpoint: str) -> int:
        return sum([lease.row.endpoint == endpoint for lease in list(self._leases.values())])

    def next_due(self, endpoint: str) -> Optional[float]:
        """When the first one is due that is neither leased nor deferred."""
        return self._first_due(NEXT_DUE, endpoint)

    def deferred_due(self, endpoint: str) -> Optional[float]:
        """When the first one is due that is deferred and not leased."""
        return self._first_due(DEFERRED_DUE, endpoint)

    def _first_due(self, query: str, endpoint: str) -> Optional[float]:
        rows = self._database.read(query, endpoint, 1 + self._leased(endpoint))
        return next((due for key, due in rows if key not in self._leases), None)

    def settling(self, settlements: Sequence[Settlement]) -> None:
        """They are about to be written."""
        for done in settlements:
            lease = self._leases.get(done.key)
            if done.deferred and lease is not None:
                self._deferring.add(lease.row.endpoint)
        if not all(map(self._changes_nothing_else, settlements)):
            self.forget_ahead()

    def _changes_nothing_else(self, done: Settlement) -> bool:
        """Whether a settlement neither adds a delivery nor changes which of the others is next."""
        lease = self._leases.get(done.key)
        return (
            lease is not None
            and not lease.deferred
            and not lease.row.superseded
            and done.state is not State.WAITING
            and not done.substitutes
            and done.remind_at is None
        )

    def may_fold(self, key: int) -> bool:
        """Whether the endpoint of a delivery has ever deferred one. Most never do."""
        lease = self._leases.get(key)
        return lease is None or lease.row.endpoint in self._deferring

    def end(self, keys: Iterable[int]) -> None:
        """Give up leases."""
        for key in keys:
            self._leases.pop(key, None)

    def renamed(self, old: str, new: str) -> None:
        """What is leased of an endpoint is counted under its new name."""
        with self._claiming:
            for key, lease in list(self._leases.items()):
                if lease.row.endpoint == old:
                    self._leases[key] = lease._replace(row=lease.row._replace(endpoint=new))
            if old in self._deferring:
                self._deferring.add(new)

    def forget_ahead(self, endpoints: Optional[Iterable[str]] = None) -> None:
        """What was read ahead may come in another order now, for these endpoints or for all. Inside the transaction."""
        for endpoint in list(self._ahead) if endpoints is None else endpoints:
            ahead = self._ahead.get(endpoint)
            if ahead:
                ahead.clear()

    def known_rows(self) -> Rows:
        """The rows of what is leased or read ahead, and of the notifications that these are about."""
        known = [lease.row for lease in list(self._leases.values())]
        known += [row for ahead in list(self._ahead.values()) for row in list(ahead)]
        rows = Rows()
        rows.add("notification", *notification_rows(known))
        rows.add("delivery", *delivery_rows(known))
        return rows
