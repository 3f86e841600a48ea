"""The successes before and after a notification of the same plugin and kind: the memory is the history."""

from __future__ import annotations

import itertools
import sqlite3
from typing import Iterator, Sequence

from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.outbox import queries
from prime_notify.outbox.database import Storage
from prime_notify.outbox.payloads import payload_of
from prime_notify.outbox.values import is_kindred_success

__all__ = ["former_successes", "was_followed_by_success"]


def former_successes(database: Storage, payload: Payload, most: int) -> Sequence[Payload]:
    """The newest ``most`` successes before ``payload``, the newest first, as far as they are kept.

    Raises :class:`prime_notify.outbox.errors.OutboxError`.
    """
    return database.query(
        lambda connection: list(itertools.islice(_kindred(connection, queries.FORMER_SUCCESSES, payload), most))
    )


def was_followed_by_success(database: Storage, notification: Notification) -> bool:
    """Whether a later task succeeded, as far as that is remembered.

    Raises :class:`prime_notify.outbox.errors.OutboxError`.
    """
    return database.query(lambda connection: any(_kindred(connection, queries.LATER_SUCCESSES, notification.payload)))


def _kindred(connection: sqlite3.Connection, query: str, payload: Payload) -> Iterator[Payload]:
    for (body,) in connection.execute(query, (payload.id,)):
        one = payload_of(body)
        if one is not None and is_kindred_success(one, payload):
            yield one
