"""Who takes over from an endpoint that cannot deliver, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Protocol, Sequence, Tuple

from prime_notify.model.event import Severity
from prime_notify.model.notification import Notification
from prime_notify.outbox.base import Delivery, Heir, Outbox, Purpose, Settlement, State

__all__ = ["Handover", "Loner", "Peer", "Peers", "Takeover"]

_SEVERITIES = list(Severity)  # from the mildest to the worst
_AT_ONCE = 100


class Peer(Protocol):
    """Another endpoint. ``is_well``: it can be expected to deliver."""

    @property
    def is_well(self) -> bool: ...

    def queue_of(self, notification: Notification) -> str:
        """:func:`prime_notify.outbox.base.queue_of` it there."""
        ...


class Peers(Protocol):
    """The endpoints that deliver at this moment. From any thread."""

    def by_name(self) -> Mapping[str, Peer]: ...

    def wake(self, names: Sequence[str]) -> None:
        """Something was stored for these."""
        ...

    def members_after(self, name: str) -> Sequence[str]:
        """Those that share the notifications with an endpoint, in the order in which they take over from it."""
        ...


class Loner:
    """No other endpoints."""

    def by_name(self) -> Mapping[str, Peer]:
        return {}

    def wake(self, names: Sequence[str]) -> None:
        """There is nobody."""

    def members_after(self, name: str) -> Sequence[str]:
        return ()


@dataclass(frozen=True)
class Takeover:
    """``names``: who may take over, the best first; in a group, the others of it come before, for whatever is dead.
    ``waiting`` and ``dead``: from which severity on they take over
    what waits for an endpoint that is left alone, and what it gave up."""

    names: Tuple[str, ...] = ()
    waiting: Severity = Severity.WARNING
    dead: Severity = Severity.ERROR


@dataclass
class Handover:
    """The handing over of one endpoint's deliveries. For the thread of its lane."""

    endpoint: str
    outbox: Outbox
    takeover: Takeover
    peers: Peers
    _looked_at: int = 0

    def heirs(self, delivery: Delivery, settlement: Settlement, *, left_alone: bool) -> Sequence[Heir]:
        """Who is to have a delivery that was just tried: where it is dead, or the endpoint is ``left_alone`` now."""
        if settlement.state is State.DEAD and delivery.purpose is Purpose.EVENT:
            severe = self._is_severe(delivery, self.takeover.dead)
            return [heir for heir, _ in sorted(self._known(delivery, severe=severe), key=lambda found: not found[1])]
        if settlement.state is State.WAITING and left_alone and self._is_severe(delivery, self.takeover.waiting):
            return self._well(delivery)
        return ()

    def waiting(self, now: float) -> None:
        """The endpoint is left alone: have others deliver what waits for it and is severe, as soon as one is well."""
        while self.takeover.names or self.peers.members_after(self.endpoint):
            found = self.outbox.peek(self.endpoint, after=self._looked_at, most=_AT_ONCE)
            for delivery in found:
                if self._is_severe(delivery, self.takeover.waiting):
                    heirs = self._well(delivery)
                    if not heirs:
                        return
                    self.outbox.hand_over(delivery.key, heirs, at=now)
                    self.wake(heirs)
                self._looked_at = delivery.key
            if len(found) < _AT_ONCE:
                return

    def over(self) -> None:
        """The endpoint is tried again."""
        self._looked_at = 0

    def wake(self, heirs: Sequence[Heir]) -> None:
        """Something may have been stored for them."""
        if heirs:
            self.peers.wake([heir.endpoint for heir in heirs])

    def _well(self, delivery: Delivery) -> List[Heir]:
        return [heir for heir, is_well in self._known(delivery) if is_well]

    def _known(self, delivery: Delivery, *, severe: bool = True) -> List[Tuple[Heir, bool]]:
        peers = self.peers.by_name()
        names = (*self.peers.members_after(self.endpoint), *(self.takeover.names if severe else ()))
        there = [(name, peers[name]) for name in names if name in peers]
        return [(Heir(name, peer.queue_of(delivery.notification)), peer.is_well) for name, peer in there]

    @staticmethod
    def _is_severe(delivery: Delivery, severity: Severity) -> bool:
        """Whether it is worth another endpoint's while; reminders are not."""
        found = delivery.notification.payload.severity
        return delivery.purpose is Purpose.EVENT and _SEVERITIES.index(found) >= _SEVERITIES.index(severity)
