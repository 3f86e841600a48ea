"""Looking at what was sent where and when."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from prime_notify.model.health import Health
from prime_notify.outbox.database import Database
from prime_notify.outbox.history import History
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Settlement, State, TaskChange
from tests.support.build import know_health, notification


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(Database(tmp_path / "outbox.sqlite3"))
    yield opened
    opened.close()


@pytest.fixture
def history(store: Outbox) -> History:
    return History(store.database)


def put(store: Outbox, id: str, endpoint: str = "a") -> None:
    store.put(notification(id=id), [endpoint], TaskChange(), at=5.0)


def attempt(store: Outbox, state: State, endpoint: str = "a", **more: object) -> None:
    delivery = store.claim(endpoint, at=10.0)
    assert delivery is not None
    store.settle(Settlement(delivery.key, state, 6.0, **more))  # type: ignore[arg-type]


def test_the_newest_come_first_a_page_at_a_time(store: Outbox, history: History) -> None:
    for number in range(5):
        put(store, f"N{number}")
    assert [record.id for record in history.page(2)] == ["N4", "N3"]
    assert [record.id for record in history.page(2, skip=4)] == ["N0"]
    assert history.page(2, skip=5) == []
    assert history.count() == 5


def test_a_page_can_be_of_one_state_only(store: Outbox, history: History) -> None:
    put(store, "ALIVE")
    put(store, "GONE", "b")
    attempt(store, State.DEAD, "b")
    assert [record.id for record in history.page(9, state=State.DEAD)] == ["GONE"]
    assert (history.count(State.DEAD), history.count(State.EXPIRED)) == (1, 0)


def test_ids_alone_can_be_listed(store: Outbox, history: History) -> None:
    for number in range(3):
        put(store, f"N{number}")
    attempt(store, State.DEAD)
    assert list(history.ids(2)) == ["N2", "N1"]
    assert list(history.ids(2, state=State.DEAD)) == ["N0"]


def test_each_try_of_each_delivery_is_on_record(store: Outbox, history: History) -> None:
    put(store, "N1")
    failed = {"status": 503, "ms": 12.5, "reason": "HTTP 503", "hint": "wait", "response": "busy"}
    attempt(store, State.WAITING, due=7.0, **failed)
    attempt(store, State.DELIVERED, status=200, ms=3.0)
    [record] = history.find("N1")
    [delivery] = record.deliveries
    assert (record.accepted, record.payload and record.payload.event) == (5.0, "backup_success")
    assert (delivery.endpoint, delivery.state, delivery.attempts, delivery.status) == ("a", State.DELIVERED, 2, 200)
    first, second = delivery.tries
    assert {name: getattr(first, name) for name in failed} == failed
    assert (first.number, first.at, first.outcome) == (1, 6.0, State.WAITING)
    assert (second.number, second.outcome, second.reason) == (2, State.DELIVERED, "")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("01ABC", ["01ABC"]), ("abc", ["01ABC"]), ("C", ["01ABC", "02XYC"]), ("", []), ("%", []), ("_", []), ("Q", [])],
)
def test_a_notification_is_found_by_its_id_or_the_end_of_it(
    store: Outbox, history: History, asked: str, found: list[str]
) -> None:
    put(store, "01ABC")
    put(store, "02XYC")
    assert [record.id for record in history.find(asked)] == found


@pytest.mark.parametrize("asked", ["n1", "N1", "1N1", "é", "\ud800"])
def test_a_whole_id_is_found_before_one_that_ends_like_it(store: Outbox, history: History, asked: str) -> None:
    put(store, "N1")
    put(store, "1N1")
    found = {"n1": ["N1"], "N1": ["N1"], "1N1": ["1N1"]}
    assert [record.id for record in history.find(asked)] == found.get(asked, [])


def test_only_so_many_tries_are_shown(store: Outbox, history: History) -> None:
    put(store, "N1")
    for number in range(102):
        attempt(store, State.WAITING, reason=str(number))
    [delivery] = history.find("N1")[0].deliveries
    assert [one.reason for one in delivery.tries] == [str(number) for number in range(2, 102)]


def test_the_health_of_every_endpoint_is_there(store: Outbox, history: History) -> None:
    know_health(store, "a", Health(failures=2))
    assert history.health() == {"a": Health(failures=2)}


@pytest.mark.parametrize("text", ["", "[]", '{"failures": 1, "from": "the future"}'])
def test_health_that_another_version_wrote_is_no_news(text: str) -> None:
    assert Health.from_json(text) == Health()
