"""Fallbacks: other endpoints that get the deliveries of one that cannot deliver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Protocol, Sequence, Tuple

from prime_notify.model.event import Severity
from prime_notify.model.notification import Notification
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Purpose, Settlement, State, Substitute

__all__ = ["Fallbacks", "NoPeers", "Peer", "Peers", "Reassignment"]

_BATCH = 100
"""Deliveries that are read from the outbox at a time."""


class Peer(Protocol):
    """Another endpoint that delivers at this moment."""

    @property
    def is_well(self) -> bool:
        """Whether deliveries are expected to succeed there."""
        ...

    def queue_of(self, notification: Notification) -> str:
        """The queue of the notification there (:func:`prime_notify.outbox.values.queue_of`)."""
        ...


class Peers(Protocol):
    """The endpoints that deliver at this moment. From any thread."""

    def by_name(self) -> Mapping[str, Peer]: ...

    def wake(self, names: Sequence[str]) -> None:
        """A delivery was stored for these endpoints."""
        ...

    def members_after(self, name: str) -> Sequence[str]:
        """The others of the group in which an endpoint shares its notifications, in the order of substitution."""
        ...


class NoPeers:
    """The peers of an endpoint that is the only one."""

    def by_name(self) -> Mapping[str, Peer]:
        return {}

    def wake(self, names: Sequence[str]) -> None:
        """Nothing to do: there is no other endpoint."""

    def members_after(self, name: str) -> Sequence[str]:
        return ()


@dataclass(frozen=True)
class Fallbacks:
    """``names``: the fallback endpoints, the best first. They get deliveries from a severity on: ``waiting`` for those
    that wait while the endpoint is paused, which the endpoint delivers later as well; ``dead`` for dead letters.

    The other members of a group that shares its notifications come before them. They get every delivery, and in place
    of the endpoint.
    """

    names: Tuple[str, ...] = ()
    waiting: Severity = Severity.WARNING
    dead: Severity = Severity.ERROR


@dataclass
class Reassignment:
    """Gives deliveries of one endpoint to others. For the thread of its lane."""

    endpoint: str
    outbox: Outbox
    fallbacks: Fallbacks
    peers: Peers
    _last_key: int = 0

    def substitutes(self, delivery: Delivery, settlement: Settlement, *, paused: bool) -> Sequence[Substitute]:
        """Who is to get a delivery that was just tried: if it is dead, or if the endpoint is ``paused`` now."""
        if settlement.state is State.DEAD:
            candidates = self._candidates(delivery, self.fallbacks.dead)
            return [substitute for substitute, _ in sorted(candidates, key=lambda candidate: not candidate[1])]
        if settlement.state is State.WAITING and paused:
            return self._well(delivery)
        return ()

    def reassign_waiting(self, now: float) -> None:
        """The endpoint is paused: give the deliveries that wait to others, as soon as one is well."""
        if not self.fallbacks.names and not self.peers.members_after(self.endpoint):
            return
        more = True
        while more:
            found = self.outbox.peek(self.endpoint, after=self._last_key, most=_BATCH)
            for delivery in found:
                if not self._reassign(delivery, now):
                    return
                self._last_key = delivery.key
            more = len(found) == _BATCH

    def _reassign(self, delivery: Delivery, now: float) -> bool:
        """Whether there is nothing more to do about it."""
        substitutes = self._well(delivery)
        if not substitutes:
            return not self._names(delivery, self.fallbacks.waiting)
        self.outbox.reassign(delivery.key, substitutes, at=now)
        self.wake(substitutes)
        return True

    def end_pause(self) -> None:
        """The endpoint is tried again; in its next pause, all deliveries are looked at again."""
        self._last_key = 0

    def wake(self, substitutes: Sequence[Substitute]) -> None:
        """A delivery may have been stored for one of them."""
        if substitutes:
            self.peers.wake([substitute.endpoint for substitute in substitutes])

    def _well(self, delivery: Delivery) -> List[Substitute]:
        return [substitute for substitute, is_well in self._candidates(delivery, self.fallbacks.waiting) if is_well]

    def _candidates(self, delivery: Delivery, severity: Severity) -> List[Tuple[Substitute, bool]]:
        """Who could get it, and whether they are well; fallbacks get it from this ``severity`` on."""
        peers, notification = self.peers.by_name(), delivery.notification
        return [
            (Substitute(name, peers[name].queue_of(notification), instead), peers[name].is_well)
            for name, instead in self._names(delivery, severity).items()
            if name in peers
        ]

    def _names(self, delivery: Delivery, severity: Severity) -> Mapping[str, bool]:
        """Who is to get it, the first one first, and whether in place of this endpoint. Only events are reassigned."""
        if delivery.purpose is not Purpose.EVENT:
            return {}
        members = self.peers.members_after(self.endpoint)
        is_severe = delivery.notification.payload.severity.rank >= severity.rank
        fallbacks = self.fallbacks.names if is_severe else ()
        return {**dict.fromkeys(members, True), **{name: False for name in fallbacks if name not in members}}
