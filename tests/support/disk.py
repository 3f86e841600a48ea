"""A disk that refuses when a test wants it to, and an outbox that goes on in memory meanwhile."""

from __future__ import annotations

import itertools
from typing import Any, Callable, List, Optional, Sequence, Tuple

from prime_notify.outbox.database import Act, Database, T
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.failover import FailoverDatabase
from prime_notify.outbox.outbox import Outbox

__all__ = ["FailoverOutbox", "FaultyDisk", "failover_outbox"]

_fresh_keys = itertools.count(1 << 50, 1 << 20)


class FaultyDisk(Database):
    """``full``: only reading works. ``broken``: nothing does, with this error."""

    full = False
    broken: Optional[OutboxError] = None

    def query(self, act: Act[T]) -> T:
        self._check()
        return super().query(act)

    def query_at_once(self, act: Act[T]) -> T:
        self._check()
        return super().query_at_once(act)

    def read(self, query: str, *parameters: object) -> Sequence[Any]:
        self._check()
        return super().read(query, *parameters)

    def write(self, name: str, act: Act[T], *, durable: bool = True) -> T:
        self._check()
        if self.full:
            raise OutboxError("database or disk is full")
        return super().write(name, act, durable=durable)

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken


class FailoverOutbox(Outbox):
    """With what the data folder asks of its database. ``said``: when the disk began and ceased to refuse, and why."""

    def __init__(self, file: Optional[Database], reopen: Callable[[Optional[Database]], Database]) -> None:
        self.said: List[Tuple[bool, str]] = []
        self.failover = FailoverDatabase(
            file,
            reopen,
            lambda error: self.said.append((error is not None, str(error or ""))),
            fresh_key=lambda: next(_fresh_keys),
        )
        super().__init__(self.failover)
        self.failover.under_way = self.under_way

    @property
    def refusing(self) -> bool:
        return self.failover.refusing

    def recover(self) -> None:
        self.failover.recover()


def failover_outbox(file: Database) -> FailoverOutbox:
    """One whose file is never given up."""

    def reopen(_damaged: Optional[Database]) -> Database:
        raise OutboxError("read-only")

    return FailoverOutbox(file, reopen)
