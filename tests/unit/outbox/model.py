"""What an outbox is, said as simply as can be: the model that the real ones are compared with."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Set, Tuple

from prime_notify.outbox.values import Purpose, State

__all__ = ["Model", "ModelDelivery"]


@dataclass
class ModelDelivery:
    """One notification to one endpoint; ``number`` counts them in the order in which they came to be.

    ``tries``: when its message was tried, except where the attempt counts for another delivery.
    """

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
    purpose: Purpose = Purpose.EVENT
    deferred: bool = False
    tries: List[float] = field(default_factory=list)


@dataclass
class Model:
    """A list of deliveries. ``order`` has the accepted notifications that are not forgotten, the oldest first."""

    deliveries: List[ModelDelivery] = field(default_factory=list)
    order: List[Tuple[str, float]] = field(default_factory=list)
    open_tasks: Set[str] = field(default_factory=set)
    starts: Dict[str, str] = field(default_factory=dict)
    """By task, the id of its start."""
    successes: Set[str] = field(default_factory=set)
    numbers: int = 0

    def put(self, id: str, task: str, endpoints: Sequence[str], recovery: Sequence[str], at: float) -> None:
        self.order.append((id, at))
        for endpoint in endpoints:
            self.add(ModelDelivery(0, id, task, endpoint, at, at))
        for endpoint in recovery:
            self.add(ModelDelivery(0, id, task, endpoint, at, at, purpose=Purpose.RECOVERY))

    def add(self, delivery: ModelDelivery) -> None:
        self.numbers += 1
        self.deliveries.append(dataclasses.replace(delivery, number=self.numbers))

    def remind(self, of: ModelDelivery, due: float) -> None:
        self.add(ModelDelivery(0, of.id, of.task, of.endpoint, of.accepted, due, purpose=Purpose.REMINDER))

    def fold_before(self, delivered: ModelDelivery) -> None:
        """The deferred deliveries of the task of which one was just delivered, which covers them."""
        for one in self.deferred(delivered.endpoint):
            if one.task == delivered.task and one.number < delivered.number:
                one.state, one.deferred = State.FOLDED, False

    def of(self, endpoint: str, state: Optional[State] = None) -> List[ModelDelivery]:
        return [one for one in self.deliveries if one.endpoint == endpoint and state in (None, one.state)]

    def ready(self, endpoint: str) -> List[ModelDelivery]:
        """What may be handed out, once due: not leased, and nothing before it in its task still waits.

        A deferred one may not, and no other one waits for it.
        """
        waiting = [one for one in self.of(endpoint, State.WAITING) if not one.deferred]
        first = {one.task: one.number for one in reversed(waiting)}
        return [one for one in waiting if not one.leased and first[one.task] == one.number]

    def next(self, endpoint: str, at: float) -> Optional[ModelDelivery]:
        """What is handed out at a moment: the longest due, and of those the first accepted."""
        due = [one for one in self.ready(endpoint) if one.due <= at]
        return min(due, key=lambda one: (one.due, one.number), default=None)

    def next_due(self, endpoint: str) -> Optional[float]:
        return min((one.due for one in self.ready(endpoint)), default=None)

    def deferred(self, endpoint: str) -> List[ModelDelivery]:
        """The deferred ones, leased or not."""
        return [one for one in self.of(endpoint, State.WAITING) if one.deferred]

    def next_deferred(self, endpoint: str, at: float, most: int) -> List[ModelDelivery]:
        """What is handed out together: the first due, in the order in which they came to be."""
        free = [one for one in self.deferred(endpoint) if not one.leased and one.due <= at]
        return sorted(sorted(free, key=lambda one: (one.due, one.number))[:most], key=lambda one: one.number)

    def deferred_due(self, endpoint: str) -> Optional[float]:
        return min((one.due for one in self.deferred(endpoint) if not one.leased), default=None)

    def make_deferred_due(self, endpoint: str, at: float) -> None:
        for one in self.deferred(endpoint):
            one.due = min(one.due, at)

    def attempts_since(self, endpoint: str, since: float, most: int) -> List[float]:
        return sorted(at for one in self.of(endpoint) for at in one.tries if at >= since)[-most:]

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
        """Forget the oldest that are past retention and have come to their end everywhere.

        The starts of open tasks are kept, and the successes that a reminder has not found yet.
        """
        kept = {one.id for one in self.deliveries if one.state in (State.WAITING, State.DEAD)}
        kept.update(self.starts[task] for task in self.open_tasks)
        reminded = [one.id for one in self.deliveries if (one.purpose, one.state) == (Purpose.REMINDER, State.WAITING)]
        kept.update(id for id in self.successes if reminded and id > min(reminded))
        newest = {id for id, _ in self.order[-most:]}
        past = [id for id, at in self.order if (at < since or id not in newest) and id not in kept][:bite]
        self.deliveries = [one for one in self.deliveries if one.id not in past]
        self.order = [(id, at) for id, at in self.order if id not in past]
        return len(past)
