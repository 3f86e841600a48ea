"""Refusals that may come from a proxy or a tunnel before the service: they are believed after a few more of them.

While a service behind them restarts, some answer 404 for every address (github.com/traefik/traefik/issues/9289; ngrok's
ERR_NGROK_3200).
"""

from __future__ import annotations

import dataclasses
from typing import Dict, Sequence

from prime_notify.delivery.attempt import Attempt
from prime_notify.model.outcome import Permanent, Retry
from prime_notify.outbox.values import Delivery
from prime_notify.text.wording import Wording, in_language

__all__ = ["BELIEVED", "Doubts"]

BELIEVED = 5
"""So many doubtful refusals in a row are believed: with the default delays, these are about thirteen minutes."""

_MOST = 1000
_AGAIN = Wording(
    "a proxy or a tunnel may answer for a service that restarts: it is tried a few more times",
    "可能是服务重启期间由代理或隧道作出的应答：会再尝试几次",
)


class Doubts:
    """The doubtful refusals of each delivery of one lane, since its start. For one thread at a time."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._counts: Dict[int, int] = {}

    def weigh(self, attempt: Attempt, deliveries: Sequence[Delivery], retries: int) -> Attempt:
        """The attempt, with a retry in place of a refusal that is not to be believed yet.

        ``retries``: a delivery has no more than so many.
        """
        keys, outcome = [one.key for one in deliveries], attempt.outcome
        is_last = all(one.attempt > retries for one in deliveries)
        if not (isinstance(outcome, Permanent) and outcome.doubtful) or is_last:
            return self._settled(keys, attempt)
        count = 1 + max(self._counts.get(key, 0) for key in keys)
        if count >= BELIEVED:
            return self._settled(keys, attempt._replace(outcome=dataclasses.replace(outcome, doubtful=False)))
        if len(self._counts) >= _MOST:
            self._counts.clear()
        self._counts.update(dict.fromkeys(keys, count))
        hint = "; ".join(filter(None, (outcome.hint, in_language(_AGAIN, self._language))))
        return attempt._replace(outcome=Retry(outcome.reason, outcome.status, hint=hint))

    def _settled(self, keys: Sequence[int], attempt: Attempt) -> Attempt:
        for key in keys:
            self._counts.pop(key, None)
        return attempt
