"""How many deliveries were made in a time, and how the disks were last: what a report asks the outbox."""

from __future__ import annotations

from typing import NamedTuple, Sequence, Tuple

from prime_notify.outbox.database import Storage
from prime_notify.outbox.values import State

__all__ = ["Settled", "newest_disks", "settled_between"]

_SETTLED = f"""
    SELECT
        coalesce(sum(state IN ('{State.DELIVERED.value}', '{State.ACCEPTED.value}')), 0),
        coalesce(sum(state = '{State.DEAD.value}'), 0)
    FROM delivery WHERE settled > ? AND settled <= ?
"""  # noqa: S608  (no input in it)
_DISKS = """
    SELECT path, at, free, total FROM disk AS newest
    WHERE at = (SELECT max(at) FROM disk WHERE path = newest.path)
      AND at > (SELECT max(at) FROM disk) - 2 * 86400 ORDER BY path
"""  # one that was not read for two days, while another was, is not watched any more


class Settled(NamedTuple):
    """Deliveries that arrived, and those that were given up and are still dead letters."""

    delivered: int = 0
    given_up: int = 0


def settled_between(database: Storage, since: float, until: float) -> Settled:
    """Those after ``since`` and not after ``until``, in seconds of :meth:`prime_notify.clock.Clock.steady`.

    Only what the history keeps is counted. Raises OutboxError.
    """
    return Settled(*database.read(_SETTLED, since, until)[0])


def newest_disks(database: Storage) -> Sequence[Tuple[str, float, int, int]]:
    """The newest row of each disk: path, moment, free and total bytes. Raises OutboxError."""
    return [tuple(row) for row in database.read(_DISKS)]
