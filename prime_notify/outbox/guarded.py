"""The outbox that never says no: on disk as long as the disk plays along, in memory for as long as it does not."""

from __future__ import annotations

import dataclasses
import sys
import threading
from typing import Callable, Collection, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple, TypeVar

from prime_notify.model.event import Event
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.outbox.base import Outbox, OutboxClosedError, OutboxDamagedError, OutboxError
from prime_notify.outbox.memory import Load, MemoryOutbox
from prime_notify.outbox.values import (
    Delivery,
    Ending,
    Heir,
    LateEvent,
    OpenTask,
    Retention,
    Settlement,
    Standing,
    State,
    TaskChange,
)

__all__ = ["GuardedOutbox"]

T = TypeVar("T")

_GENERATION_SHIFT = 48
_KEY_MASK = (1 << _GENERATION_SHIFT) - 1


class GuardedOutbox:
    """See :class:`prime_notify.outbox.base.Outbox`; raises nothing but :class:`OutboxClosedError`.

    What the disk refuses to take waits in memory, and is sent from there; what it refuses to note down is remembered,
    so that nothing is sent twice while the process lives. :meth:`recover` brings all of that to the disk once it takes
    it. ``reopen``: a fresh store in place of one that is damaged beyond use (or, with None, of one that could not be
    opened). ``say``: called with True when the disk begins to refuse and False when it no longer does, with the reason.

    Keys: negative ones are in memory; of the others, the upper bits count the stores on disk that there have been,
    since what was handed out by a damaged one means nothing to its successor.
    """

    def __init__(
        self,
        disk: Optional[Outbox],
        reopen: Callable[[Optional[Outbox]], Outbox],
        say: Callable[[bool, str], None],
    ) -> None:
        self._disk = disk
        self._generation = 0
        self._reopen = reopen
        self._say = say
        self._memory = MemoryOutbox()
        self._lock = threading.RLock()
        self._handed_out: Dict[int, Delivery] = {}
        self._unsettled: Dict[int, Settlement] = {}  # by the disk's key
        self._adopted: Dict[int, int] = {}  # key in memory -> the disk's key
        self._on_its_way: FrozenSet[str] = frozenset()
        self._behind: List[Callable[[Outbox], None]] = []
        self._refusing = disk is None
        self._closed = False

    @property
    def disk(self) -> Optional[Outbox]:
        """The store on disk, when there is one that can be used."""
        return self._disk

    @property
    def refusing(self) -> bool:
        """Whether the disk does not take what it is given."""
        return self._refusing

    # what lanes and the engine do

    def put(
        self,
        notification: Notification,
        endpoints: Sequence[str],
        change: TaskChange,
        *,
        at: float,
        in_order: Collection[str] = (),
        recovery: Collection[str] = (),
    ) -> None:
        def put(store: Outbox) -> None:
            store.put(notification, endpoints, change, at=at, in_order=in_order, recovery=recovery)

        task_id = notification.payload.task_id
        with self._lock:  # beside what came before it in its task, or behind it, where that is on its way to the disk
            if task_id in self._on_its_way:
                self._behind.append(put)
                return
            if self._memory.holds(task_id):
                put(self._memory)
                return
        if not self._does(put):
            put(self._memory)

    def bring(
        self, notification: Notification, deliveries: Sequence[Standing], change: TaskChange, *, at: float
    ) -> None:
        self._bring([Load(notification, list(deliveries), change, at)])

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        delivery = self._memory.claim(endpoint, at=at)
        if delivery is not None:
            return dataclasses.replace(delivery, key=-delivery.key)
        generation = self._generation
        delivery = self._try(lambda disk: disk.claim(endpoint, at=at))
        if delivery is None or generation != self._generation:
            return None
        return self._hand_out(delivery, generation)

    def _hand_out(self, delivery: Delivery, generation: int) -> Delivery:
        delivery = _of_generation(delivery, generation)
        with self._lock:
            self._handed_out[delivery.key] = delivery
        return delivery

    def claim_held(self, endpoint: str, *, at: float, most: int) -> Sequence[Delivery]:
        claimed = self._memory.claim_held(endpoint, at=at, most=most)
        held = [dataclasses.replace(delivery, key=-delivery.key) for delivery in claimed]
        if len(held) == most:
            return held
        generation = self._generation
        on_disk = self._try(lambda disk: disk.claim_held(endpoint, at=at, most=most - len(held))) or ()
        if generation == self._generation:
            held += [self._hand_out(delivery, generation) for delivery in on_disk]
        return held

    def held_due(self, endpoint: str) -> Optional[float]:
        known = (self._memory.held_due(endpoint), self._try(lambda disk: disk.held_due(endpoint)))
        return min((due for due in known if due is not None), default=None)

    def peek(self, endpoint: str, *, after: int, most: int) -> Sequence[Delivery]:
        generation = self._generation
        least = max(after - (generation << _GENERATION_SHIFT), 0)
        found = self._try(lambda disk: disk.peek(endpoint, after=least, most=most)) or ()
        return [_of_generation(one, generation) for one in found]

    def peek_unwritten(self, endpoint: str) -> Sequence[Delivery]:
        found = self._memory.peek(endpoint, after=0, most=sys.maxsize)
        return [dataclasses.replace(one, key=-one.key) for one in found]

    def kin(self, key: int) -> Sequence[Tuple[str, State]]:
        if key < 0:
            return self._memory.kin(-key)
        if not self._is_current(key):
            return ()
        return self._try(lambda disk: disk.kin(key & _KEY_MASK)) or ()

    def _is_current(self, key: int) -> bool:
        """Whether it is a key of the store that the disk has now."""
        return key >> _GENERATION_SHIFT == self._generation

    def _kin_on_disk(self, key: int) -> Sequence[Tuple[str, State]]:
        """Of a delivery in memory: that of the one on the disk of which it is a copy, if it is."""
        original = self._adopted.get(key)
        return () if original is None else self.kin(original)

    def hand_over(self, key: int, heirs: Sequence[Heir], *, at: float) -> bool:
        if key < 0:
            return self._memory.hand_over(-key, heirs, at=at, known=self._kin_on_disk(-key))
        if not self._is_current(key):
            return True
        return bool(self._try(lambda disk: disk.hand_over(key & _KEY_MASK, heirs, at=at)))

    def release(self, endpoint: str, *, at: float) -> None:
        self._memory.release(endpoint, at=at)
        self._does(lambda disk: disk.release(endpoint, at=at))

    def settle(self, *settlements: Settlement) -> None:
        of_the_disk = [settlement for settlement in settlements if settlement.key >= 0]
        is_noted = self._settle_on_disk(*of_the_disk)
        for settlement in settlements:
            if settlement.key < 0:
                self._settle_in_memory(settlement)
            elif not is_noted:
                self._remember(settlement)
        with self._lock:
            for settlement in of_the_disk:
                self._handed_out.pop(settlement.key, None)

    def _settle_on_disk(self, *settlements: Settlement) -> bool:
        """Whether there is nothing more to do about them."""
        current = [one for one in settlements if self._is_current(one.key)]
        if self._generation:
            current = [dataclasses.replace(one, key=one.key & _KEY_MASK) for one in current]
        return not current or self._does(lambda disk: disk.settle(*current))

    def _remember(self, settlement: Settlement) -> None:
        """The disk still believes that it is leased, and will, in this process, hand it out to nobody."""
        with self._lock:
            self._unsettled[settlement.key] = settlement
            delivery = self._handed_out.get(settlement.key)
        goes_on = settlement.state is State.WAITING or settlement.heirs or settlement.remind_at is not None
        if delivery is not None and goes_on:
            key = self._memory.adopt(delivery, settlement, self.kin(settlement.key))
            with self._lock:
                self._adopted[key] = settlement.key

    def _settle_in_memory(self, settlement: Settlement) -> None:
        key = -settlement.key
        self._memory.settle(dataclasses.replace(settlement, key=key), known=self._kin_on_disk(key))
        with self._lock:
            original = self._adopted.get(key)
            if original is not None:
                self._unsettled[original] = dataclasses.replace(settlement, key=original)

    def _forget_adopted(self, original: int) -> None:
        """It is the disk's again, a delivery that still waits included."""
        with self._lock:
            self._unsettled.pop(original, None)
            for key in [key for key, other in self._adopted.items() if other == original]:
                del self._adopted[key]
                self._memory.discard(key)

    def flush(self) -> None:
        disk = self._disk
        if disk is not None:
            disk.flush()

    def next_due(self, endpoint: str) -> Optional[float]:
        known = (self._memory.next_due(endpoint), self._try(lambda disk: disk.next_due(endpoint)))
        return min((due for due in known if due is not None), default=None)

    # bringing everything to the disk

    def recover(self) -> None:
        """Try to write down what could not be written; to be called every few seconds while :attr:`refusing`."""
        with self._lock:
            if self._closed or not self._refusing:
                return
            if self._disk is None and not self._replace(None):
                return
            adopted = dict(self._adopted)
            unsettled = list(self._unsettled)
        if not self._move(adopted) or not all(map(self._catch_up, unsettled)):
            return
        with self._lock:
            if self._unsettled or self._memory.waiting():
                return
            self._refusing = False
        self._say(False, "")

    def _move(self, adopted: Collection[int]) -> bool:
        """Whether the disk took all that is in memory, but for what it only knows an older state of."""
        with self._lock:
            loads = self._memory.take(but=adopted)
            self._on_its_way = frozenset(load.notification.payload.task_id for load in loads)
        try:
            return self._bring(loads)
        finally:
            with self._lock:
                self._on_its_way, behind, self._behind = frozenset(), self._behind, []
                for put in behind:
                    put(self._memory)

    def _bring(self, loads: Sequence[Load]) -> bool:
        """Whether the disk took all of them; the others are in memory again."""
        for number, load in enumerate(loads):
            if not self._does(load.bring_to):
                for rest in loads[number:]:
                    rest.bring_to(self._memory)
                return False
        return True

    def _catch_up(self, original: int) -> bool:
        """Have the disk know what came of a delivery meanwhile; false when it refuses.

        Not while a lane is trying, at this moment, the copy of it in memory.
        """
        with self._lock:
            settlement = self._unsettled.get(original)
            key = next((key for key, other in self._adopted.items() if other == original), None)
        if settlement is None or (key is not None and self._memory.is_leased(key)):
            return True
        if not self._settle_on_disk(settlement if key is None else self._memory.completed(key, settlement)):
            return False
        self._forget_adopted(original)
        return True

    def _does(self, act: Callable[[Outbox], object]) -> bool:
        """Whether the disk did it."""

        def done(disk: Outbox) -> bool:
            act(disk)
            return True

        return bool(self._try(done))

    def _try(self, act: Callable[[Outbox], Optional[T]]) -> Optional[T]:
        """What ``act`` returns for the disk; None when the disk refused, and people were told."""
        disk = self._disk
        if self._closed:
            raise OutboxClosedError("the outbox is closed")
        if disk is None:
            return None
        try:
            return act(disk)
        except OutboxClosedError:
            with self._lock:  # another thread may just be replacing it
                if self._closed or disk is self._disk:
                    raise
                self._refusing = True  # what is kept in memory for this one's sake goes to its successor
            return None
        except OutboxDamagedError as error:
            self._refused(str(error))
            with self._lock:
                if disk is self._disk:
                    self._replace(disk)
        except OutboxError as error:
            self._refused(str(error))
        return None

    def _replace(self, damaged: Optional[Outbox]) -> bool:
        if damaged is not None:
            self._generation += 1
            self._unsettled.clear()
            self._adopted.clear()
        try:
            self._disk = self._reopen(damaged)
        except OutboxError:
            self._disk = None
            return False
        return True

    def _refused(self, reason: str) -> None:
        with self._lock:
            first, self._refusing = not self._refusing, True
        if first:
            self._say(True, reason)

    # looking and tidying, which can wait when the disk cannot

    def health(self, endpoint: str) -> Health:
        return self._try(lambda disk: disk.health(endpoint)) or self._memory.health(endpoint)

    def attempts_since(self, endpoint: str, since: float, most: int) -> Sequence[float]:
        return self._try(lambda disk: disk.attempts_since(endpoint, since, most)) or ()

    def waiting(self) -> dict[str, int]:
        return _sum(self._memory.waiting(), self._try(lambda disk: disk.waiting()) or {})

    def dead(self) -> dict[str, int]:
        return _sum(self._memory.dead(), self._try(lambda disk: disk.dead()) or {})

    def replay(self, notification_id: Optional[str], *, at: float) -> Sequence[str]:
        again = {*self._memory.replay(notification_id, at=at)}
        return sorted(again | {*(self._try(lambda disk: disk.replay(notification_id, at=at)) or ())})

    def drop(self, notification_id: Optional[str], *, at: float) -> int:
        return self._memory.drop(notification_id, at=at) + (
            self._try(lambda disk: disk.drop(notification_id, at=at)) or 0
        )

    def prune(self, retention: Retention, *, most: int) -> int:
        return self._try(lambda disk: disk.prune(retention, most=most)) or 0

    def open_tasks(self) -> Sequence[OpenTask]:
        return [*(self._try(lambda disk: disk.open_tasks()) or ()), *self._memory.open_tasks()]

    def endings(self) -> Sequence[Ending]:
        return [*(self._try(lambda disk: disk.endings()) or ()), *self._memory.endings()]

    def was_followed_by_success(self, notification: Notification) -> bool:
        on_disk = self._try(lambda disk: disk.was_followed_by_success(notification))
        return bool(on_disk) or self._memory.was_followed_by_success(notification)

    def turns(self) -> Mapping[str, str]:
        return {**(self._try(lambda disk: disk.turns()) or {}), **self._memory.turns()}

    def holders(self, notification_id: str) -> Sequence[str]:
        on_disk = self._try(lambda disk: disk.holders(notification_id)) or ()
        return [*on_disk, *self._memory.holders(notification_id)]

    def late_events(self) -> Sequence[LateEvent]:
        return list(self._try(lambda disk: disk.late_events()) or ())

    def keep_late(self, event: Event) -> None:
        if not self._does(lambda disk: disk.keep_late(event)):
            raise OutboxError("the event could not be stored")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            disk = self._disk
        if disk is not None:
            disk.close()


def _of_generation(delivery: Delivery, generation: int) -> Delivery:
    if not generation:
        return delivery
    return dataclasses.replace(delivery, key=delivery.key | generation << _GENERATION_SHIFT)


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
