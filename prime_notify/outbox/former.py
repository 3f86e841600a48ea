"""The former successes that a new one is compared with: the memory is the history of notifications."""

from __future__ import annotations

import itertools
import sqlite3
from typing import Sequence

from prime_notify.model.payload import Payload
from prime_notify.outbox.database import Storage
from prime_notify.outbox.payloads import payload_of
from prime_notify.outbox.values import is_kindred_success

__all__ = ["former_successes"]

_FORMER = """
    SELECT payload FROM notification WHERE id < ? AND payload LIKE '%"status":"success"%' ORDER BY id DESC
"""


def former_successes(database: Storage, payload: Payload, most: int) -> Sequence[Payload]:
    """The newest successes of the same plugin and kind before ``payload``, the newest first, as far as they are kept.

    Raises :class:`prime_notify.outbox.errors.OutboxError`.
    """

    def act(connection: sqlite3.Connection) -> Sequence[Payload]:
        former = (payload_of(body) for (body,) in connection.execute(_FORMER, (payload.id,)))
        kindred = (one for one in former if one is not None and is_kindred_success(one, payload))
        return list(itertools.islice(kindred, most))

    return database.query(act)
