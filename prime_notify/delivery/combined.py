"""Which deliveries one message tells of, and how: repetitions of a failure are counted, not listed. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Dict, FrozenSet, List, Sequence

from prime_notify.delivery.failures import fingerprint
from prime_notify.model.item import Item, Remark
from prime_notify.outbox.values import Delivery, Settlement, State

__all__ = ["Telling"]


@dataclass(frozen=True)
class Telling:
    """One message to be. ``folded``: keys of those deliveries that are told by being counted with another one.

    ``counted``: what was held back and is over when the message, which gives their number, is delivered.
    """

    deliveries: Sequence[Delivery]
    items: Sequence[Item]
    folded: FrozenSet[int] = frozenset()
    counted: Sequence[Delivery] = ()

    @classmethod
    def of(cls, deliveries: Sequence[Delivery], *, dedupe: bool) -> Telling:
        """Of deliveries in the order of their acceptance; with ``dedupe``, of the same failures only the newest is
        told, with their count."""
        groups: Dict[object, List[Delivery]] = {}
        for delivery in deliveries:
            same = fingerprint(delivery.notification.payload) if dedupe else None
            groups.setdefault(same or delivery.key, []).append(delivery)
        told = sorted(groups.values(), key=lambda group: group[-1].key)
        folded = frozenset(delivery.key for group in told for delivery in group[:-1])
        return cls(deliveries, [_item(group) for group in told], folded)

    def settled(self, settlement: Settlement) -> Settlement:
        """What becomes of a delivery when the message was delivered, or not; all share the attempt."""
        if settlement.key != self.deliveries[0].key:
            settlement = dataclasses.replace(settlement, shared=True)
        if settlement.key in self.folded and settlement.state is State.DELIVERED:
            return dataclasses.replace(settlement, state=State.FOLDED)
        return settlement

    def aside(self, now: float, *, delivered: bool) -> List[Settlement]:
        """What becomes of those that are only counted: they are over, or held back as before."""
        if delivered:
            return [Settlement(one.key, State.FOLDED, now, tried=False) for one in self.counted]
        return [Settlement(one.key, State.WAITING, now, one.due, tried=False, held=True) for one in self.counted]


def _item(group: Sequence[Delivery]) -> Item:
    *others, newest = group
    if not others:
        return Item(newest.notification)
    since = min(one.notification.payload.timestamp.unix for one in group)
    return Item(newest.notification, Remark.MORE, len(others), since)
