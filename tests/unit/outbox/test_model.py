"""Any sequence of calls, crashes and disk faults: the outbox does what its model does, in virtual time."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Set

from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from prime_notify.model.notification import Notification
from prime_notify.outbox.database import Database
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Purpose, Retention, Settlement, State, Substitute, TaskChange
from tests.support.build import notification, open_task
from tests.support.disk import FailoverOutbox, FaultyDisk, failover_outbox
from tests.support.examples import examples
from tests.unit.outbox.model import Model, ModelDelivery

ENDPOINTS = ("a", "b")
endpoints = st.sampled_from(ENDPOINTS)
reached = st.sets(endpoints).map(sorted)
delays = st.sampled_from([0.0, 1.0, 5.0, 60.0])
QUICK = examples(50, stateful_step_count=60, suppress_health_check=list(HealthCheck))


class Machine(RuleBasedStateMachine):
    """The store on disk, next to its model."""

    claimed = Bundle("claimed")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model = Model()
        self.now = 1000.0
        self.tasks = 0
        self.lives = 0
        self.under_way: Dict[int, ModelDelivery] = {}
        self.store: Any = self.open()
        self.forgotten: List[Any] = []

    def open(self) -> Any:
        return Outbox(Database(self.folder / "outbox.sqlite3"))

    def teardown(self) -> None:
        for store in (*self.forgotten, self.store):
            store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(to=reached, more=reached, both=st.booleans())
    def accept(self, to: List[str], more: List[str], both: bool) -> None:
        """A start, and perhaps its end as well, of which the others hear only if it is a recovery."""
        self.tasks += 1
        task = f"t{self.tasks}"
        start = notification("backup_start", task_id=task)
        self.put(start, to, TaskChange(opened=dataclasses.replace(open_task(task), notification_id=start.id)))
        self.model.open_tasks.add(task)
        self.model.starts[task] = start.id
        if both:
            others = [name for name in ENDPOINTS if name not in more]
            success = notification("backup_success", task_id=task)
            self.put(success, more, TaskChange(closed=task), recovery=others)
            self.model.successes.add(success.id)
            self.model.open_tasks.discard(task)

    @precondition(lambda self: self.model.open_tasks)
    @rule(data=st.data(), to=reached)
    def accept_end(self, data: st.DataObject, to: List[str]) -> None:
        task = data.draw(st.sampled_from(sorted(self.model.open_tasks)))
        self.put(notification("backup_failure", task_id=task), to, TaskChange(closed=task))
        self.model.open_tasks.discard(task)

    def put(self, one: Notification, to: List[str], change: TaskChange, recovery: Sequence[str] = ()) -> None:
        self.store.put(one, to, change, at=self.now, recovery=recovery)
        self.model.put(one.id, one.payload.task_id, to, recovery, self.now)

    @rule(target=claimed, endpoint=endpoints)
    def claim(self, endpoint: str) -> Any:
        expected, found = self.model.next(endpoint, self.now), self.store.claim(endpoint, at=self.now)
        assert (found is None) == (expected is None)
        if expected is None:
            return multiple()
        return self.leased(expected, found)

    @rule(endpoint=endpoints, each=st.lists(delays, min_size=1, max_size=5))
    def hold_what_comes(self, endpoint: str, each: List[float]) -> None:
        """As a lane does with a delivery that is deferred."""
        for delay in each:
            one = self.claim(endpoint)
            if one != multiple():
                self.settle(one, State.WAITING, due=self.now + delay, tried=False, deferred=True)

    @rule(endpoint=endpoints, state=st.sampled_from([State.DELIVERED, State.DEAD]))
    def tell_next(self, endpoint: str, state: State) -> None:
        one = self.claim(endpoint)
        if one != multiple():
            self.settle(one, state)

    @rule(target=claimed, endpoint=endpoints, most=st.integers(1, 4), later=delays)
    def claim_deferred(self, endpoint: str, most: int, later: float) -> Any:
        """The deferred ones, as for a digest; also those that are not due yet."""
        return multiple(*self.together(endpoint, most, later))

    def together(self, endpoint: str, most: int, later: float = 0.0) -> List[Any]:
        at = self.now + later
        expected = self.model.next_deferred(endpoint, at, most)
        found = self.store.claim_deferred(endpoint, at=at, most=most)
        assert [one.notification.id for one in found] == [one.id for one in expected]
        return [self.leased(*pair) for pair in zip(expected, found)]

    def leased(self, expected: ModelDelivery, found: Delivery) -> Any:
        known = (found.notification.id, found.endpoint, found.attempt, found.accepted, found.purpose)
        assert known == (expected.id, expected.endpoint, expected.attempts + 1, expected.accepted, expected.purpose)
        assert found.due == expected.due
        assert found.previous == self.model.previous(expected)
        assert found.superseded == (not expected.deferred and self.model.superseded(expected))
        expected.leased = True
        self.under_way[found.key] = expected
        return (self.lives, found.key)

    @rule(one=consumes(claimed), with_receipt=st.booleans())
    def deliver(self, one: Any, with_receipt: bool) -> None:
        receipt = {"message": str(self.now)} if with_receipt else None
        self.settle(one, State.DELIVERED, receipt=receipt)

    @rule(one=consumes(claimed), every=delays)
    def deliver_and_remind(self, one: Any, every: float) -> None:
        """There will be a reminder, another delivery of the same notification."""
        self.settle(one, State.DELIVERED, remind_at=self.now + every)

    @rule(one=consumes(claimed), delay=delays)
    def hold(self, one: Any, delay: float) -> None:
        """It is deferred, or deferred again."""
        self.settle(one, State.WAITING, due=self.now + delay, tried=False, deferred=True)

    @rule(endpoint=endpoints, most=st.integers(2, 4), delay=delays, works=st.booleans())
    def tell_together(self, endpoint: str, most: int, delay: float, works: bool) -> None:
        """A digest: one attempt, whatever came of it, for all that it tells of."""
        for number, one in enumerate(self.together(endpoint, most)):
            state, due = (State.DELIVERED, 0.0) if works else (State.WAITING, self.now + delay)
            self.settle(one, state, due=due, deferred=not works, shared=number > 0)

    @rule(endpoint=endpoints)
    def release(self, endpoint: str) -> None:
        """As after a restart, when the deferred deliveries are decided anew."""
        self.store.make_deferred_due(endpoint, at=self.now)
        self.model.make_deferred_due(endpoint, self.now)

    @rule(one=consumes(claimed), delay=delays)
    def fail_and_retry(self, one: Any, delay: float) -> None:
        self.settle(one, State.WAITING, due=self.now + delay, reason="HTTP 500")

    @rule(one=consumes(claimed), delay=delays)
    def throttle(self, one: Any, delay: float) -> None:
        self.settle(one, State.WAITING, due=self.now + 10 * delay, status=429)

    @rule(one=consumes(claimed))
    def give_up(self, one: Any) -> None:
        self.settle(one, State.DEAD, status=404)

    @rule(one=consumes(claimed), state=st.sampled_from([State.EXPIRED, State.FOLDED]))
    def leave_out(self, one: Any, state: State) -> None:
        self.settle(one, state, tried=False)

    def settle(self, one: Any, state: State, *, due: float = 0.0, tried: bool = True, **more: Any) -> None:
        if one[0] != self.lives:  # the lease ended with a crash
            return
        expected = self.under_way.pop(one[1])
        self.store.settle(Settlement(one[1], state, self.now, due, tried=tried, **more))
        expected.state, expected.due, expected.leased = state, due, False
        expected.deferred = more.get("deferred", False)
        expected.attempts += tried
        expected.receipt = more.get("receipt") or expected.receipt
        if tried and not more.get("shared"):
            expected.tries.append(self.now)
        if "remind_at" in more:
            self.model.remind(expected, more["remind_at"])
        if state is State.DELIVERED:
            self.model.fold_before(expected)

    @rule(seconds=delays)
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def crash(self) -> None:
        """The object is forgotten without a word, as by a kill, and the next one opens the file."""
        self.forgotten.append(self.store)
        self.lives += 1
        self.under_way.clear()
        for one in self.model.deliveries:
            one.leased = False
        self.store = self.open()

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        chosen = self.model.dead(self.one_or_all(data))
        found = self.store.replay(chosen[0].id if self.only else None, at=self.now)
        assert list(found) == sorted({one.endpoint for one in chosen})
        for one in chosen:
            one.state, one.due, one.attempts = State.WAITING, self.now, 0

    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        chosen = self.model.dead(self.one_or_all(data))
        assert self.store.drop(chosen[0].id if self.only else None, at=self.now) == len(chosen)
        for one in chosen:
            one.state = State.DROPPED

    def one_or_all(self, data: st.DataObject) -> Optional[str]:
        dead = self.model.dead(None)
        self.only = bool(dead) and data.draw(st.booleans())
        return data.draw(st.sampled_from(dead)).id if self.only else None

    @rule(age=delays, most=st.integers(1, 5), bite=st.integers(1, 5))
    def prune(self, age: float, most: int, bite: int) -> None:
        since = self.now - age
        assert self.store.prune(Retention(since, most), most=bite) == self.model.prune(since, most, bite)

    @invariant()
    def agrees(self) -> None:
        assert self.store.waiting() == self.model.counts(State.WAITING)
        assert self.store.dead() == self.model.counts(State.DEAD)
        assert {task.task_id for task in self.store.open_tasks()} == self.model.open_tasks
        for endpoint in ENDPOINTS:
            assert self.store.next_due(endpoint) == self.model.next_due(endpoint)
            assert self.store.deferred_due(endpoint) == self.model.deferred_due(endpoint)
            assert list(self.store.attempts_since(endpoint, 0.0, 3)) == self.model.attempts_since(endpoint, 0.0, 3)
            seen = [(one.notification.id, one.purpose) for one in self.store.peek(endpoint, after=0, most=999)]
            assert seen == [(one.id, one.purpose) for one in self.model.of(endpoint, State.WAITING)]


TestOutbox = Machine.TestCase
TestOutbox.settings = examples(150, parent=QUICK)


class FailoverMachine(Machine):
    """The same over a disk that is full now and then: nothing else is different.

    Only the end of a process, and retention, wait until the disk takes everything again.
    """

    def open(self) -> Any:
        self.disk = FaultyDisk(self.folder / "outbox.sqlite3")
        return failover_outbox(self.disk)

    @rule()
    def fill_up(self) -> None:
        self.disk.full = True

    @rule()
    def make_room(self) -> None:
        self.disk.full = False
        self.store.recover()
        assert not self.store.refusing

    @rule()
    def crash(self) -> None:
        if not self.store.refusing:
            super().crash()

    @rule(age=delays, most=st.integers(1, 5), bite=st.integers(1, 5))
    def prune(self, age: float, most: int, bite: int) -> None:
        if not self.store.refusing and not self.disk.full:
            super().prune(age, most, bite)


TestFailoverOutbox = FailoverMachine.TestCase
TestFailoverOutbox.settings = examples(150, parent=QUICK)


class PromisesMachine(RuleBasedStateMachine):
    """What is promised over a disk that fails now and then, said without the model.

    What it promises while the disk refuses is less than what the disk promises: what is accepted is handed out and
    comes to its end once, and, within a task, in order; deferred deliveries, reassigned ones and
    reminders are delivered, too. After a recovery all of it is on the disk, whatever crashes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now, self.tasks = 1000.0, 0
        self.disks: List[FaultyDisk] = []
        self.store: FailoverOutbox
        self.open()
        self.expected: Dict[str, Dict[str, str]] = {name: {} for name in ENDPOINTS}
        """By endpoint: the notifications that have not come to their end, with their tasks, in order."""
        self.had: Dict[str, Set[str]] = {name: set() for name in ENDPOINTS}
        """By endpoint: the notifications that it has, or had, a delivery of."""
        self.reminders: Dict[str, Set[str]] = {name: set() for name in ENDPOINTS}
        self.deferred: Dict[str, Set[str]] = {name: set() for name in ENDPOINTS}
        self.in_memory = False
        self.under_way: Dict[str, Delivery] = {}

    def open(self) -> None:
        self.disks.append(FaultyDisk(self.folder / "outbox.sqlite3"))
        self.store = failover_outbox(self.disks[-1])

    def teardown(self) -> None:
        self.everything_is_delivered_in_the_end()
        for disk in self.disks:
            disk.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize()
    def begin(self) -> None:
        assert self.store.waiting() == {}

    @rule(to=reached, more=reached)
    def accept(self, to: List[str], more: List[str]) -> None:
        self.tasks += 1
        for name, names in (("backup_start", to), ("backup_success", more)):
            accepted = notification(name, task_id=f"t{self.tasks}")
            self.store.put(accepted, names, TaskChange(), at=self.now)
            for endpoint in names:
                self.expected[endpoint][accepted.id] = f"t{self.tasks}"
                self.had[endpoint].add(accepted.id)

    @rule(endpoint=endpoints)
    def claim(self, endpoint: str) -> None:
        """As a lane does it: one at a time."""
        if endpoint in self.under_way:
            return
        delivery = self.store.claim(endpoint, at=self.now)
        if delivery is None:
            return
        known, id = self.expected[endpoint], delivery.notification.id
        self.under_way[endpoint] = delivery
        if delivery.purpose is Purpose.REMINDER:
            assert id in self.reminders[endpoint], "reminded of what is over"
            return
        assert id in known, "handed out after its end"
        free = [other for other in known if other not in self.deferred[endpoint] and known[other] == known[id]]
        assert id == free[0], "handed out before what came first in its task"

    @rule(endpoint=endpoints, delay=delays, deferred=st.booleans())
    def wait_for(self, endpoint: str, delay: float, deferred: bool) -> None:
        """It failed, or is deferred."""
        delivery = self.under_way.pop(endpoint, None)
        if delivery is None:
            return
        deferred = deferred and delivery.purpose is Purpose.EVENT
        due = self.now + delay
        self.store.settle(Settlement(delivery.key, State.WAITING, self.now, due, deferred=deferred, tried=not deferred))
        if deferred:
            self.deferred[endpoint].add(delivery.notification.id)

    @rule(endpoint=endpoints, works=st.booleans())
    def tell_together(self, endpoint: str, works: bool) -> None:
        """A digest of all deferred deliveries."""
        for number, one in enumerate(self.store.claim_deferred(endpoint, at=self.now + 1000.0, most=99)):
            id = one.notification.id
            assert id in self.deferred[endpoint], "it was never deferred"
            state = State.DELIVERED if works else State.WAITING
            self.store.settle(Settlement(one.key, state, self.now, self.now, deferred=not works, shared=number > 0))
            if works:
                self.ended(endpoint, id)

    @rule(endpoint=endpoints)
    def release(self, endpoint: str) -> None:
        self.store.make_deferred_due(endpoint, at=self.now)

    @rule(endpoint=endpoints, remind=st.booleans())
    def deliver(self, endpoint: str, remind: bool) -> None:
        delivery = self.under_way.pop(endpoint, None)
        if delivery is None:
            return
        id, remind_at = delivery.notification.id, self.now + 60.0 if remind else None
        self.store.settle(Settlement(delivery.key, State.DELIVERED, self.now, remind_at=remind_at))
        self.reminders[endpoint].discard(id)
        if remind:
            self.reminders[endpoint].add(id)
        if delivery.purpose is not Purpose.REMINDER:
            self.ended(endpoint, id)

    @rule(endpoint=endpoints)
    def give_up(self, endpoint: str) -> None:
        """The other endpoint takes over, unless it has, or had, it as well."""
        delivery = self.under_way.get(endpoint)
        if delivery is None or delivery.purpose is Purpose.REMINDER:
            return
        del self.under_way[endpoint]
        [other] = [name for name in ENDPOINTS if name != endpoint]
        id = delivery.notification.id
        self.store.settle(
            Settlement(delivery.key, State.DEAD, self.now, substitutes=[Substitute(other, f"substitute of {id}")])
        )
        del self.expected[endpoint][id]
        if id not in self.had[other]:
            self.had[other].add(id)
            self.expected[other][id] = f"substitute of {id}"

    def ended(self, endpoint: str, id: str) -> None:
        """It, and the deferred ones of its task before it."""
        known = self.expected[endpoint]
        before = [*known][: [*known].index(id)]
        for other in [*(one for one in before if one in self.deferred[endpoint] and known[one] == known[id]), id]:
            del known[other]
            self.deferred[endpoint].discard(other)

    @rule(seconds=delays)
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def fill_up(self) -> None:
        self.disks[-1].full = True

    @rule()
    def make_room(self) -> None:
        self.disks[-1].full = False
        self.store.recover()

    @precondition(lambda self: not self.store.refusing)
    @rule()
    def crash(self) -> None:
        """While nothing is in memory only, nothing may be lost."""
        self.under_way.clear()
        self.open()

    @invariant()
    def counts_what_waits(self) -> None:
        waiting = self.store.waiting()
        for endpoint in ENDPOINTS:
            assert waiting.get(endpoint, 0) >= len(self.expected[endpoint])

    @invariant()
    def says_when_it_begins_and_ceases_to_refuse(self) -> None:
        said = [refusing for refusing, _ in self.store.said]
        assert said == [number % 2 == 0 for number in range(len(said))]

    def everything_is_delivered_in_the_end(self) -> None:
        for endpoint in ENDPOINTS:
            self.deliver(endpoint, remind=True)
        self.make_room()
        assert not self.store.refusing
        self.crash()
        self.now += 1000.0
        for endpoint in ENDPOINTS:
            self.tell_together(endpoint, works=True)
            while self.expected[endpoint] or self.reminders[endpoint]:
                self.claim(endpoint)
                assert endpoint in self.under_way, "lost"
                self.deliver(endpoint, remind=False)
            assert self.store.claim(endpoint, at=self.now) is None


TestPromises = PromisesMachine.TestCase
TestPromises.settings = QUICK
