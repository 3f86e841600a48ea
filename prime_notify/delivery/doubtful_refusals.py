"""Refusals that may come from a proxy or a tunnel before the service: they are believed after a few more of them.

While a service behind them restarts, some answer 404 for every address (github.com/traefik/traefik/issues/9289; ngrok's
ERR_NGROK_3200).
"""

from __future__ import annotations

import dataclasses
from typing import Sequence

from prime_notify.delivery.attempt import Attempt
from prime_notify.delivery.in_a_row import InARow
from prime_notify.model.outcome import Permanent, Retry
from prime_notify.outbox.values import Delivery
from prime_notify.text.wording import Wording, in_language

__all__ = ["BELIEVED", "DoubtfulRefusals"]

BELIEVED = 5
"""So many doubtful refusals in a row are believed: with the default delays, these are about thirteen minutes."""

_AGAIN = Wording(
    "a proxy or a tunnel may answer for a service that restarts: it is tried a few more times",
    "可能是服务重启期间由代理或隧道作出的应答：会再尝试几次",
)


class DoubtfulRefusals:
    """Those of one lane, since its start. For one thread."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._row = InARow()

    def unless_believed(self, attempt: Attempt, deliveries: Sequence[Delivery], retries: int) -> Attempt:
        """The attempt, with a retry in place of a refusal that is not to be believed yet.

        ``retries``: a delivery has no more than so many.
        """
        outcome = attempt.outcome
        if not isinstance(outcome, Permanent) or not outcome.doubtful:
            self._row.end(one.key for one in deliveries)
            return attempt
        keys = [one.key for one in deliveries]
        if all(one.attempt > retries for one in deliveries):
            self._row.end(keys)
            return attempt
        if self._row.again(keys) >= BELIEVED:
            self._row.end(keys)
            return attempt._replace(outcome=dataclasses.replace(outcome, doubtful=False))
        hint = "; ".join(filter(None, (outcome.hint, in_language(_AGAIN, self._language))))
        return attempt._replace(outcome=Retry(outcome.reason, outcome.status, hint=hint))
