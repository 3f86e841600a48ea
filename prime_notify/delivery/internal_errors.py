"""Errors of ours in attempts: they may end, with the next reload of the plugin, but are not repeated for ever."""

from __future__ import annotations

from prime_notify.delivery.attempt import Attempt
from prime_notify.delivery.in_a_row import InARow
from prime_notify.model.outcome import Permanent, Retry

__all__ = ["INTERNAL_TRIES", "InternalErrors"]

INTERNAL_TRIES = 6
"""Attempts in a row that an error of ours prevents, until it counts as permanent.

With the default retries, the last one is three quarters of an hour after the first.
"""


class InternalErrors:
    """Those of one lane, for one thread. A restart begins anew: it may be the end of the error."""

    def __init__(self) -> None:
        self._row = InARow()

    def unless_repeated(self, attempt: Attempt, key: int) -> Attempt:
        """The attempt at the delivery ``key``; permanent, if it met an internal error so often."""
        outcome = attempt.outcome
        if not isinstance(outcome, Retry) or not outcome.internal:
            self._row.end([key])
            return attempt
        if self._row.again([key]) < INTERNAL_TRIES:
            return attempt
        self._row.end([key])
        return attempt._replace(outcome=Permanent(outcome.reason, hint=outcome.hint))
