"""What an outbox is, said as simply as can be: the model that the real ones are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Set, Tuple

from prime_notify.outbox.base import State

__all__ = ["Model", "ModelDelivery"]


@dataclass
class ModelDelivery:
    """One notification to one endpoint; ``number`` counts them in the order of acceptance."""

    number: int
    id: str
    task: str
    endpoint: str
    accepted: float
    due: float
    state: State = State.WAITING
    attempts: int = 0
    leased: bool = False
    receipt: Optional[Dict[str, str]] = None


@dataclass
class Model:
    """A list of deliveries. ``order`` has the accepted notifications that are not forgotten, the oldest first."""

    deliveries: List[ModelDelivery] = field(default_factory=list)
    order: List[Tuple[str, float]] = field(default_factory=list)
    open_tasks: Set[str] = field(default_factory=set)
    numbers: int = 0

    def put(self, id: str, task: str, endpoints: Sequence[str], at: float) -> None:
        self.order.append((id, at))
        for endpoint in endpoints:
            self.numbers += 1
            self.deliveries.append(ModelDelivery(self.numbers, id, task, endpoint, at, at))

    def of(self, endpoint: str, state: Optional[State] = None) -> List[ModelDelivery]:
        return [one for one in self.deliveries if one.endpoint == endpoint and state in (None, one.state)]

    def ready(self, endpoint: str) -> List[ModelDelivery]:
        """What may be handed out, once due: not leased, and nothing before it in its task still waits."""
        waiting = self.of(endpoint, State.WAITING)
        first = {one.task: one.number for one in reversed(waiting)}
        return [one for one in waiting if not one.leased and first[one.task] == one.number]

    def next(self, endpoint: str, at: float) -> Optional[ModelDelivery]:
        """What is handed out at a moment: the longest due, and of those the first accepted."""
        due = [one for one in self.ready(endpoint) if one.due <= at]
        return min(due, key=lambda one: (one.due, one.number), default=None)

    def next_due(self, endpoint: str) -> Optional[float]:
        return min((one.due for one in self.ready(endpoint)), default=None)

    def previous(self, delivery: ModelDelivery) -> Optional[Dict[str, str]]:
        """The newest receipt of the task at this endpoint."""
        kin = [one for one in self.of(delivery.endpoint) if one.task == delivery.task and one.receipt]
        return kin[-1].receipt if kin else None

    def superseded(self, delivery: ModelDelivery) -> bool:
        kin = [one for one in self.of(delivery.endpoint, State.WAITING) if one.task == delivery.task]
        return kin[-1] is not delivery

    def counts(self, state: State) -> Dict[str, int]:
        names = sorted({one.endpoint for one in self.deliveries if one.state is state})
        return {name: len(self.of(name, state)) for name in names}

    def dead(self, id: Optional[str]) -> List[ModelDelivery]:
        return [one for one in self.deliveries if one.state is State.DEAD and id in (None, one.id)]

    def prune(self, since: float, most: int, bite: int) -> int:
        """Forget the oldest that are past retention and have come to their end everywhere."""
        kept = {one.id for one in self.deliveries if one.state in (State.WAITING, State.DEAD)}
        newest = {id for id, _ in self.order[-most:]}
        past = [id for id, at in self.order if (at < since or id not in newest) and id not in kept][:bite]
        self.deliveries = [one for one in self.deliveries if one.id not in past]
        self.order = [(id, at) for id, at in self.order if id not in past]
        return len(past)
