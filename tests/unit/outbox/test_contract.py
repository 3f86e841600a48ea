"""What an outbox promises, in a file, in memory, and over a file that may refuse."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Iterator, List

import pytest

from prime_notify.model.health import Health
from prime_notify.outbox.database import MEMORY, Database
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.successes import was_followed_by_success
from prime_notify.outbox.values import Purpose, Received, Retention, Settlement, State, Substitute, TaskChange
from tests.support.build import event, notification, open_task, states
from tests.support.disk import FaultyDisk, failover_outbox

NOTHING = TaskChange()


def make(kind: str, folder: Path) -> Outbox:
    if kind == "memory":
        return Outbox(Database(MEMORY))
    disk = FaultyDisk(folder / "outbox.sqlite3")
    if kind == "file":
        return Outbox(disk)
    disk.full = kind == "refusing"
    return failover_outbox(disk)


@pytest.fixture(params=["memory", "file", "failover", "refusing"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outbox]:
    store = make(request.param, tmp_path)
    yield store
    store.close()


def put(store: Outbox, name: str = "backup_success", *, task_id: str = "", at: float = 0.0, to: str = "a") -> str:
    accepted = notification(name, task_id=task_id)
    store.put(accepted, to.split(), NOTHING, at=at)
    return accepted.id


def end(store: Outbox, state: State, *, at: float = 0.0, endpoint: str = "a", **more: object) -> int:
    """Has the next delivery of an endpoint end so; its key."""
    delivery = store.claim(endpoint, at=at)
    assert delivery is not None
    store.settle(Settlement(delivery.key, state, at, **more))  # type: ignore[arg-type]
    return delivery.key


def settled(key: int, state: State, *, at: float = 0.0, due: float = 0.0) -> Settlement:
    return Settlement(key, state, at, due)


def test_each_endpoint_gets_its_own_delivery_of_the_same_notification(store: Outbox) -> None:
    accepted = notification()
    store.put(accepted, ["a", "b"], NOTHING, at=5.0)
    first, second = store.claim("a", at=5.0), store.claim("b", at=5.0)
    assert first is not None
    assert second is not None
    assert first.key != second.key
    assert first.notification == second.notification == accepted
    assert (first.attempt, first.accepted) == (1, 5.0)


def test_a_claimed_delivery_is_not_handed_out_again(store: Outbox) -> None:
    store.put(notification(), ["a"], NOTHING, at=0.0)
    assert store.claim("a", at=0.0) is not None
    assert store.claim("a", at=0.0) is None
    assert store.next_due("a") is None


def test_a_delivered_one_is_gone_and_still_on_record(store: Outbox) -> None:
    accepted = notification()
    store.put(accepted, ["a"], NOTHING, at=0.0)
    delivery = store.claim("a", at=0.0)
    assert delivery is not None
    store.settle(settled(delivery.key, State.DELIVERED))
    assert store.claim("a", at=99.0) is None
    assert store.waiting() == {}
    assert states(store, accepted.id) == {"a": State.DELIVERED}


def test_a_retried_one_comes_back_when_due_and_counts_its_attempts(store: Outbox) -> None:
    store.put(notification(), ["a"], NOTHING, at=0.0)
    delivery = store.claim("a", at=0.0)
    assert delivery is not None
    store.settle(settled(delivery.key, State.WAITING, due=10.0))
    assert store.claim("a", at=9.9) is None
    assert store.next_due("a") == 10.0
    again = store.claim("a", at=10.0)
    assert again is not None
    assert again.attempt == 2


def test_deliveries_are_handed_out_in_the_order_of_acceptance(store: Outbox) -> None:
    accepted = [notification() for _ in range(3)]
    for number, one in enumerate(accepted):
        store.put(one, ["a"], NOTHING, at=float(number))
    claimed = [store.claim("a", at=5.0) for _ in accepted]
    assert [one.notification.id for one in claimed if one] == [one.id for one in accepted]


def test_the_end_of_a_task_waits_for_its_start(store: Outbox) -> None:
    store.put(notification("backup_start", task_id="t"), ["a"], NOTHING, at=0.0)
    store.put(notification("backup_success", task_id="t"), ["a"], NOTHING, at=1.0)
    start = store.claim("a", at=1.0)
    assert start is not None
    assert store.claim("a", at=1.0) is None
    store.settle(settled(start.key, State.DELIVERED))
    end = store.claim("a", at=1.0)
    assert end is not None
    assert end.notification.payload.event == "backup_success"


def test_a_start_that_is_retried_holds_back_its_own_end_only(store: Outbox) -> None:
    store.put(notification("backup_start", task_id="t"), ["a"], NOTHING, at=0.0)
    store.put(notification("backup_success", task_id="t"), ["a"], NOTHING, at=1.0)
    other = notification(task_id="u")
    store.put(other, ["a"], NOTHING, at=2.0)
    start = store.claim("a", at=2.0)
    assert start is not None
    store.settle(settled(start.key, State.WAITING, due=60.0))
    next_one = store.claim("a", at=2.0)
    assert next_one is not None
    assert next_one.notification.id == other.id
    assert store.claim("a", at=2.0) is None


def test_a_dead_start_no_longer_holds_back_its_end(store: Outbox) -> None:
    store.put(notification("backup_start", task_id="t"), ["a"], NOTHING, at=0.0)
    store.put(notification("backup_failure", task_id="t"), ["a"], NOTHING, at=0.0)
    start = store.claim("a", at=0.0)
    assert start is not None
    store.settle(settled(start.key, State.DEAD))
    assert store.claim("a", at=0.0) is not None


def test_what_comes_next_is_decided_anew_after_each_change(store: Outbox) -> None:
    """Though what comes next may have been read ahead."""

    def claimed() -> str:
        delivery = store.claim("a", at=9.0)
        assert delivery is not None
        store.settle(settled(delivery.key, State.DELIVERED))
        return delivery.notification.id

    first, dead = put(store, at=0.0), put(store, "backup_start", task_id="t", at=1.0)
    end(store, State.DELIVERED, at=9.0)
    end(store, State.DEAD, at=9.0)
    start, ended = (put(store, name, task_id="u", at=2.0) for name in ("backup_start", "backup_success"))
    other, last = put(store, at=3.0), put(store, "backup_success", task_id="t", at=4.0)
    assert claimed() == start
    assert claimed() == ended  # which its start held up
    assert claimed() == other
    assert store.next_due("a") == 4.0
    assert list(store.replay(dead, at=5.0)) == ["a"]
    earlier = put(store, at=3.5)
    assert [claimed() for _ in range(3)] == [earlier, dead, last]
    assert store.claim("a", at=9.0) is None
    assert first != dead


def test_what_was_read_ahead_is_not_handed_out_before_it_is_due(store: Outbox) -> None:
    put(store, at=1.0)
    put(store, at=5.0)
    end(store, State.DELIVERED, at=9.0)
    assert store.claim("a", at=4.0) is None
    assert store.next_due("a") == 5.0
    assert store.claim("a", at=5.0) is not None


def test_waiting_counts_by_endpoint(store: Outbox) -> None:
    store.put(notification(), ["a", "b"], NOTHING, at=0.0)
    store.put(notification(), ["a"], NOTHING, at=0.0)
    assert store.waiting() == {"a": 2, "b": 1}


def test_open_tasks_are_kept_until_closed(store: Outbox) -> None:
    task = open_task("t")
    store.put(notification("backup_start", task_id="t"), [], TaskChange(opened=task), at=0.0)
    assert store.open_tasks() == [task]
    store.put(notification(task_id="t"), [], TaskChange(closed="t"), at=0.0)
    assert store.open_tasks() == []


def test_an_open_task_knows_what_its_start_said_of_it(store: Outbox) -> None:
    start = notification("backup_start", task_id="t")
    said = start.payload.task_fields()
    task = dataclasses.replace(open_task("t"), notification_id=start.id, said=said)
    store.put(start, [], TaskChange(opened=task), at=7.5)
    [kept] = store.open_tasks()
    assert kept.said == said
    assert kept.accepted == 7.5
    assert said["plugin"] == {"id": "prime_backup"}


def test_received_events_stay_in_the_inbox_in_the_order_of_their_ids_until_they_are_put(store: Outbox) -> None:
    first, second = Received("1", event("backup_start", task_id="t")), Received("2", event("backup_failure"))
    store.receive([second])
    store.receive([first])
    assert store.inbox() == [first, second]
    store.put(notification(), [], TaskChange(received="1"), at=0.0)
    assert store.inbox() == [second]
    store.take_out(["2"])
    assert store.inbox() == []


def test_a_received_event_that_is_a_notification_already_leaves_the_inbox(store: Outbox) -> None:
    done = notification()
    store.put(done, [], TaskChange(), at=0.0)
    store.receive([Received(done.id, event()), Received("other", event())])
    assert [one.id for one in store.inbox()] == ["other"]
    assert store.database.read("SELECT id FROM inbox") == [("other",)]


def test_what_was_left_out_without_an_attempt_counts_none(store: Outbox) -> None:
    put(store)
    end(store, State.WAITING, tried=False)
    again = store.claim("a", at=0.0)
    assert again is not None
    assert again.attempt == 1


@pytest.mark.parametrize("state", [State.EXPIRED, State.FOLDED, State.DROPPED])
def test_other_ends_are_ends_too(store: Outbox, state: State) -> None:
    id = put(store)
    end(store, state, tried=False)
    assert store.claim("a", at=99.0) is None
    assert states(store, id) == {"a": state}


def test_the_end_of_a_task_gets_the_receipt_of_its_start(store: Outbox) -> None:
    put(store, "backup_start", task_id="t", to="a b")
    put(store, "backup_success", task_id="t", to="a b")
    end(store, State.DELIVERED, receipt={"ts": "17"})
    end(store, State.DELIVERED, endpoint="b")
    with_receipt, without = store.claim("a", at=0.0), store.claim("b", at=0.0)
    assert with_receipt is not None
    assert without is not None
    assert with_receipt.previous == {"ts": "17"}
    assert without.previous is None


def test_a_start_whose_end_waits_too_is_known_to_be_superseded(store: Outbox) -> None:
    put(store, "backup_start", task_id="t")
    alone = store.claim("a", at=0.0)
    assert alone is not None
    assert not alone.superseded
    store.settle(settled(alone.key, State.WAITING))
    put(store, "backup_success", task_id="t")
    together = store.claim("a", at=0.0)
    assert together is not None
    assert together.superseded


def test_health_is_kept_with_a_settlement(store: Outbox) -> None:
    assert store.health("a") == Health()
    put(store)
    end(store, State.DEAD, health=Health(failures=3, failing_since=5.0))
    assert store.health("a") == Health(failures=3, failing_since=5.0)
    put(store)
    end(store, State.DELIVERED)  # which says nothing of it
    assert store.health("a") == Health(failures=3, failing_since=5.0)
    assert store.health("b") == Health()


def test_attempts_are_remembered_newest_last(store: Outbox) -> None:
    for at in (1.0, 2.0, 3.0):
        put(store, at=at)
        end(store, State.DELIVERED, at=at)
    put(store, to="b")
    end(store, State.EXPIRED, endpoint="b", tried=False)
    assert list(store.attempts_since("a", 2.0, 10)) == [2.0, 3.0]
    assert list(store.attempts_since("a", 0.0, 2)) == [2.0, 3.0]
    assert list(store.attempts_since("b", 0.0, 2)) == []


def test_a_new_attempt_at_an_old_delivery_is_remembered(store: Outbox) -> None:
    put(store)
    key = end(store, State.WAITING, at=1.0, due=9.0)
    for _ in range(2000):
        put(store, to="b")
        end(store, State.DELIVERED, at=8.0, endpoint="b")
    assert end(store, State.DELIVERED, at=9.0) == key
    assert list(store.attempts_since("a", 0.0, 9)) == [1.0, 9.0]
    for _ in range(2000):
        put(store, to="b")
        end(store, State.DELIVERED, at=8.0, endpoint="b")
    assert list(store.attempts_since("a", 9.0, 9)) == [9.0]


def test_one_message_for_several_deliveries_is_one_attempt(store: Outbox) -> None:
    for _ in range(3):
        put(store)
    keys = [delivery.key for delivery in (store.claim("a", at=0.0) for _ in range(3)) if delivery]
    for key in keys:
        store.settle(Settlement(key, State.DELIVERED, 7.0, shared=key != keys[0]))
    assert len(keys) == 3
    assert list(store.attempts_since("a", 0.0, 2)) == [7.0]


def test_dead_letters_are_counted_and_wait_again_when_replayed(store: Outbox) -> None:
    first, second = put(store), put(store, to="a b")
    for endpoint in ("a", "a", "b"):
        end(store, State.DEAD, endpoint=endpoint)
    assert store.dead() == {"a": 2, "b": 1}
    assert list(store.replay(second, at=5.0)) == ["a", "b"]
    assert store.dead() == {"a": 1}
    again = store.claim("a", at=5.0)
    assert again is not None
    assert (again.notification.id, again.attempt) == (second, 1)
    assert list(store.replay(None, at=6.0)) == ["a"]
    assert states(store, first) == {"a": State.WAITING}
    assert list(store.replay("unknown", at=6.0)) == []


def test_dead_letters_can_be_dropped(store: Outbox) -> None:
    first, second = put(store), put(store)
    end(store, State.DEAD)
    end(store, State.DEAD)
    assert store.drop(first, at=1.0) == 1
    assert states(store, first) == {"a": State.DROPPED}
    assert store.drop(None, at=1.0) == 1
    assert states(store, second) == {"a": State.DROPPED}
    assert store.drop(None, at=1.0) == 0


def kept(store: Outbox, *ids: str) -> List[str]:
    return [id for id in ids if states(store, id)]


def test_what_is_past_retention_is_forgotten_unless_it_is_undelivered(store: Outbox) -> None:
    old, waiting, dead, young = (put(store, at=at, to=to) for at, to in ((0, "a"), (0, "w"), (0, "d"), (100, "a")))
    end(store, State.DELIVERED, at=200.0)
    end(store, State.DELIVERED, at=200.0)
    end(store, State.DEAD, at=200.0, endpoint="d")
    assert store.prune(Retention(since=50.0, most=100), most=10) == 1
    assert kept(store, old, waiting, dead, young) == [waiting, dead, young]


def test_only_so_many_are_kept_the_newest(store: Outbox) -> None:
    ids = [put(store, at=float(at)) for at in range(5)]
    for _ in ids:
        end(store, State.DELIVERED, at=9.0)
    assert store.prune(Retention(since=0.0, most=2), most=2) == 2
    assert kept(store, *ids) == ids[2:]
    assert store.prune(Retention(since=0.0, most=2), most=2) == 1
    assert store.prune(Retention(since=0.0, most=2), most=2) == 0
    assert kept(store, *ids) == ids[3:]


def test_a_success_is_kept_until_the_reminders_of_the_failures_before_it_have_ended(store: Outbox) -> None:
    former, failure, success = put(store, to="b"), put(store, "backup_failure"), put(store, to="b")
    end(store, State.DELIVERED, remind_at=6.0)
    for _ in range(2):
        end(store, State.DELIVERED, endpoint="b")
    nothing = Retention(since=100.0, most=0)
    store.prune(nothing, most=10)
    assert kept(store, former, failure, success) == [failure, success]
    end(store, State.FOLDED, at=6.0)
    store.prune(nothing, most=10)
    assert kept(store, failure, success) == []


def test_the_start_of_a_task_is_kept_until_its_end(store: Outbox) -> None:
    start, later = notification("backup_start"), notification("backup_success")
    task = dataclasses.replace(open_task("t"), notification_id=start.id)
    store.put(start, ["a"], TaskChange(opened=task), at=0.0)
    end(store, State.DELIVERED)
    nothing = Retention(since=100.0, most=1)
    store.prune(nothing, most=10)
    assert kept(store, start.id) == [start.id]
    store.put(later, ["a"], TaskChange(closed="t"), at=0.0)
    store.prune(nothing, most=10)
    assert kept(store, start.id, later.id) == [later.id]


def test_where_a_state_is_shown_tasks_of_a_kind_keep_their_order(store: Outbox) -> None:
    late, later = notification("backup_failure"), notification("backup_success")
    other = notification("restore_success")
    for one in (late, later, other):
        store.put(one, ["monitor", "chat"], NOTHING, at=0.0, in_order={"monitor"})
    first = store.claim("monitor", at=0.0)
    assert first is not None
    assert first.notification.id == late.id
    store.settle(settled(first.key, State.WAITING, due=60.0))
    free = store.claim("monitor", at=0.0)
    assert free is not None
    assert free.notification.id == other.id
    assert store.claim("monitor", at=0.0) is None
    assert [one.notification.id for one in (store.claim("chat", at=0.0) for _ in range(3)) if one] == [
        late.id, later.id, other.id,
    ]  # fmt: skip


# deferred deliveries


def hold(store: Outbox, *, due: float, at: float = 0.0) -> int:
    return end(store, State.WAITING, at=at, due=due, deferred=True, tried=False)


def test_what_is_deferred_waits_and_is_handed_out_only_when_asked_for(store: Outbox) -> None:
    first, second = put(store), put(store)
    hold(store, due=20.0)
    hold(store, due=10.0)
    assert store.waiting() == {"a": 2}
    assert (store.claim("a", at=99.0), store.next_due("a")) == (None, None)
    assert store.deferred_due("a") == 10.0
    assert list(store.claim_deferred("a", at=9.0, most=9)) == []
    assert [one.notification.id for one in store.claim_deferred("a", at=20.0, most=9)] == [first, second]
    assert list(store.claim_deferred("a", at=20.0, most=9)) == []
    assert store.deferred_due("a") is None


def test_of_what_is_deferred_the_earliest_due_are_handed_out(store: Outbox) -> None:
    put(store)
    second = put(store)
    hold(store, due=20.0)
    hold(store, due=10.0)
    [one] = store.claim_deferred("a", at=30.0, most=1)
    assert (one.notification.id, one.due, one.attempt) == (second, 10.0, 1)


def test_what_was_deferred_comes_to_its_end_like_any_other(store: Outbox) -> None:
    id = put(store)
    hold(store, due=0.0)
    [one] = store.claim_deferred("a", at=0.0, most=9)
    store.settle(Settlement(one.key, State.WAITING, 0.0, due=5.0, deferred=True))
    [again] = store.claim_deferred("a", at=5.0, most=9)
    assert again.attempt == 2
    store.settle(settled(again.key, State.DELIVERED))
    assert states(store, id) == {"a": State.DELIVERED}
    assert store.deferred_due("a") is None


def test_what_is_deferred_can_be_made_due(store: Outbox) -> None:
    put(store)
    put(store, to="b")
    hold(store, due=100.0)
    end(store, State.WAITING, endpoint="b", due=100.0, deferred=True, tried=False)
    store.make_deferred_due("a", at=7.0)
    store.make_deferred_due("a", at=50.0)
    assert (store.deferred_due("a"), store.deferred_due("b")) == (7.0, 100.0)


def test_a_start_that_is_deferred_does_not_delay_its_end_and_is_folded_by_it(store: Outbox) -> None:
    start = put(store, "backup_start", task_id="t")
    other = put(store, "backup_start", task_id="u")
    hold(store, due=100.0)
    hold(store, due=100.0)
    put(store, "backup_failure", task_id="t")
    end(store, State.DELIVERED)
    assert states(store, start) == {"a": State.FOLDED}
    assert states(store, other) == {"a": State.WAITING}
    assert len(store.claim_deferred("a", at=100.0, most=9)) == 1


# substitutes


def test_what_waits_can_be_looked_at_without_leasing_it(store: Outbox) -> None:
    ids = [put(store) for _ in range(3)]
    hold(store, due=9.0)
    end(store, State.DEAD)
    [first] = store.peek("a", after=0, most=1)
    assert first.notification.id == ids[0]
    [last] = store.peek("a", after=first.key, most=9)
    assert (last.notification.id, last.endpoint) == (ids[2], "a")
    assert store.claim("a", at=0.0) is not None


def test_a_dead_letter_is_reassigned_with_its_settlement(store: Outbox) -> None:
    id = put(store)
    end(store, State.DEAD, substitutes=[Substitute("b", "q"), Substitute("c", "q")])
    assert states(store, id) == {"a": State.DEAD, "b": State.WAITING}
    substitute = store.claim("b", at=0.0)
    assert substitute is not None
    assert (substitute.notification.id, substitute.attempt) == (id, 1)


def test_no_substitute_gets_what_one_of_them_has(store: Outbox) -> None:
    id = put(store, to="a b")
    [waiting] = list(store.peek("a", after=0, most=9))
    store.reassign(waiting.key, [Substitute("b", "q"), Substitute("c", "q")], at=0.0)
    assert set(states(store, id)) == {"a", "b"}
    end(store, State.DEAD, endpoint="b")
    store.reassign(waiting.key, [Substitute("b", "q"), Substitute("c", "q")], at=5.0)
    assert set(states(store, id)) == {"a", "b", "c"}
    end(store, State.DEAD, endpoint="c", at=5.0)
    store.reassign(waiting.key, [Substitute("b", "q"), Substitute("c", "q")], at=5.0)
    assert store.waiting() == {"a": 1}


def pass_on(store: Outbox, *names: str, endpoint: str = "a", instead: bool = True, at: float = 0.0) -> None:
    """As a lane does it whose endpoint is left alone."""
    [waiting] = store.peek(endpoint, after=0, most=9)
    store.reassign(waiting.key, [Substitute(name, "q", instead) for name in names], at=at)


def test_what_is_passed_on_is_delivered_by_the_substitute_alone(store: Outbox) -> None:
    id = put(store)
    pass_on(store, "b")
    assert states(store, id) == {"a": State.PASSED, "b": State.WAITING}
    assert store.next_due("a") is None
    assert store.waiting() == {"b": 1}


def test_what_was_tried_is_passed_on_with_its_settlement(store: Outbox) -> None:
    id = put(store)
    end(store, State.WAITING, due=9.0, substitutes=[Substitute("b", "q", instead=True)])
    assert states(store, id) == {"a": State.PASSED, "b": State.WAITING}
    assert store.dead() == {}


def test_what_waits_does_not_come_back_to_who_passed_it_on(store: Outbox) -> None:
    id = put(store)
    pass_on(store, "b")
    pass_on(store, "a", "c", endpoint="b")
    assert states(store, id) == {"a": State.PASSED, "b": State.PASSED, "c": State.WAITING}
    pass_on(store, "a", "b", endpoint="c")
    assert states(store, id) == {"a": State.PASSED, "b": State.PASSED, "c": State.WAITING}


def test_what_is_given_up_comes_back_once_to_who_only_passed_it_on(store: Outbox) -> None:
    id = put(store)
    pass_on(store, "b")
    end(store, State.DEAD, endpoint="b", substitutes=[Substitute("a", "q", instead=True)], at=3.0)
    assert states(store, id) == {"a": State.WAITING, "b": State.PASSED}
    again = store.claim("a", at=3.0)
    assert again is not None
    assert (again.notification.id, again.attempt, again.due) == (id, 1, 3.0)
    store.settle(Settlement(again.key, State.DEAD, 4.0, substitutes=[Substitute("b", "q", instead=True)]))
    assert states(store, id) == {"a": State.DEAD, "b": State.PASSED}
    assert store.dead() == {"a": 1}


def test_a_dead_letter_that_another_has_in_its_place_is_none(store: Outbox) -> None:
    id = put(store)
    end(store, State.DEAD, substitutes=[Substitute("b", "q", instead=True)])
    assert states(store, id) == {"a": State.PASSED, "b": State.WAITING}
    assert store.replay(None, at=0.0) == []


def test_who_is_to_tell_of_a_notification_is_known(store: Outbox) -> None:
    ids = [put(store, to="a b"), put(store, to="c")]
    assert list(store.holders(ids[0])) == ["a", "b"]
    [waiting, *_] = store.peek("a", after=0, most=1)
    store.reassign(waiting.key, [Substitute("d", "q", instead=True)], at=0.0)
    assert list(store.holders(ids[0])) == ["b", "d"]
    end(store, State.DELIVERED, endpoint="b")
    end(store, State.DEAD, endpoint="c")
    assert list(store.holders(ids[0])) == ["b", "d"]
    assert list(store.holders(ids[1])) == list(store.holders("unknown")) == []


def test_whose_turn_it_was_is_remembered(store: Outbox) -> None:
    assert store.turns() == {}
    for turns in ({"g": "a", "h": "x"}, {"g": "b"}, {}):
        store.put(notification(), ["a"], TaskChange(turns=turns), at=0.0)
    assert store.turns() == {"g": "b", "h": "x"}


# reminders and recoveries


def test_a_reminder_is_another_delivery_of_the_same_notification(store: Outbox) -> None:
    id = put(store)
    end(store, State.DELIVERED, at=1.0, remind_at=10.0)
    assert store.next_due("a") == 10.0
    reminder = store.claim("a", at=10.0)
    assert reminder is not None
    assert (reminder.notification.id, reminder.attempt, reminder.purpose) == (id, 1, Purpose.REMINDER)


def test_what_waits_tells_why_it_does(store: Outbox) -> None:
    store.put(notification(), [], NOTHING, at=0.0, recovery=["a"])
    assert [one.purpose for one in store.peek("a", after=0, most=9)] == [Purpose.RECOVERY]


def test_a_delivery_knows_that_it_is_there_for_the_recovery_only(store: Outbox) -> None:
    store.put(notification(), ["a"], NOTHING, at=0.0, recovery=["b"])
    event_, recovery = store.claim("a", at=0.0), store.claim("b", at=0.0)
    assert event_ is not None
    assert recovery is not None
    assert (event_.purpose, recovery.purpose) == (Purpose.EVENT, Purpose.RECOVERY)


@pytest.mark.parametrize(
    ("later", "followed"),
    [
        ([], False),
        (["backup_success"], True),
        (["backup_success", "backup_aborted", "backup_failure"], True),
        (["backup_start", "backup_failure", "backup_aborted", "restore_success"], False),
    ],
)
def test_it_remembers_whether_a_success_came_after(store: Outbox, later: List[str], *, followed: bool) -> None:
    names = ["backup_success", "backup_failure", *later]
    _, failure, *_ = accepted = [notification(name, id=f"{number:026}") for number, name in enumerate(names)]
    for one in accepted:
        store.put(one, ["a"], NOTHING, at=0.0)
    assert was_followed_by_success(store.database, failure) is followed


def test_what_came_of_several_is_recorded_as_a_whole(store: Outbox) -> None:
    ids = [put(store), put(store)]
    claimed = [store.claim("a", at=0.0), store.claim("a", at=0.0)]
    keys = [one.key for one in claimed if one]
    store.settle(*(Settlement(key, State.DELIVERED, 0.0) for key in keys))
    assert [states(store, id) for id in ids] == [{"a": State.DELIVERED}] * 2
    store.settle()  # nothing came of anything


def test_a_renamed_endpoint_takes_along_what_waits_what_is_under_way_and_its_health(store: Outbox) -> None:
    for number in range(3):
        put(store, at=float(number))
    put(store, to="b")
    under_way = store.claim("a", at=9.0)
    assert under_way is not None
    store.rename("a", "new")
    assert store.waiting() == {"new": 3, "b": 1}
    assert store.claim("a", at=9.0) is None
    assert store.next_due("new") == 1.0
    store.settle(Settlement(under_way.key, State.DEAD, 9.0, health=Health(failures=3)))
    assert store.health("new").failures == 3
    assert store.dead() == {"new": 1}
    again = store.claim("new", at=9.0)
    assert again is not None
    assert again.key != under_way.key
    store.rename("new", "b")
    assert store.health("b").failures == 3
    assert store.waiting() == {"b": 3}
