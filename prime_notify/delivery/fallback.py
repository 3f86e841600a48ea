"""Who takes over from an endpoint that cannot deliver, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Protocol, Sequence, Tuple

from prime_notify.model.event import Severity
from prime_notify.model.notification import Notification
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Heir, Purpose, Settlement, State

__all__ = ["Handover", "Loner", "Peer", "Peers", "Takeover"]

_AT_ONCE = 100


class Peer(Protocol):
    """Another endpoint. ``is_well``: it can be expected to deliver."""

    @property
    def is_well(self) -> bool: ...

    def queue_of(self, notification: Notification) -> str:
        """:func:`prime_notify.outbox.values.queue_of` it there."""
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
    """``names``: who may take over, the best first. ``waiting`` and ``dead``: from which severity on they take over
    what waits for an endpoint that is left alone, and what it gave up. It keeps the former, and delivers it as well.

    The others of a group that shares the notifications come before them, take over whatever it is, and instead.
    """

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
        if settlement.state is State.DEAD:
            known = self._known(delivery, self.takeover.dead)
            return [heir for heir, _ in sorted(known, key=lambda found: not found[1])]
        if settlement.state is State.WAITING and left_alone:
            return self._well(delivery)
        return ()

    def waiting(self, now: float) -> None:
        """The endpoint is left alone: have others deliver what waits for it, as soon as one is well."""
        if not self.takeover.names and not self.peers.members_after(self.endpoint):
            return
        more = True
        while more:
            found = self.outbox.peek(self.endpoint, after=self._looked_at, most=_AT_ONCE)
            for delivery in found:
                if not self._pass_on(delivery, now):
                    return
                self._looked_at = delivery.key
            more = len(found) == _AT_ONCE

    def _pass_on(self, delivery: Delivery, now: float) -> bool:
        """Whether there is nothing more to be done about it."""
        heirs = self._well(delivery)
        if not heirs:
            return not self._names(delivery, self.takeover.waiting)
        self.outbox.hand_over(delivery.key, heirs, at=now)
        self.wake(heirs)
        return True

    def over(self) -> None:
        """The endpoint is tried again."""
        self._looked_at = 0

    def wake(self, heirs: Sequence[Heir]) -> None:
        """Something may have been stored for them."""
        if heirs:
            self.peers.wake([heir.endpoint for heir in heirs])

    def _well(self, delivery: Delivery) -> List[Heir]:
        return [heir for heir, is_well in self._known(delivery, self.takeover.waiting) if is_well]

    def _known(self, delivery: Delivery, severity: Severity) -> List[Tuple[Heir, bool]]:
        """Who could take it over, and whether they are well; ``severity``: from which on the fallbacks do."""
        peers, notification = self.peers.by_name(), delivery.notification
        return [
            (Heir(name, peers[name].queue_of(notification), instead), peers[name].is_well)
            for name, instead in self._names(delivery, severity).items()
            if name in peers
        ]

    def _names(self, delivery: Delivery, severity: Severity) -> Mapping[str, bool]:
        """Who is to take it over, in order, and whether instead. Reminders and recoveries stay where they are."""
        if delivery.purpose is not Purpose.EVENT:
            return {}
        members = self.peers.members_after(self.endpoint)
        is_severe = delivery.notification.payload.severity.rank >= severity.rank
        fallbacks = self.takeover.names if is_severe else ()
        return {**dict.fromkeys(members, True), **{name: False for name in fallbacks if name not in members}}
