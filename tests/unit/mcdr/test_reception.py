"""Events are taken from ``on_load`` to ``on_unload``, although the engine is ready only later."""

from __future__ import annotations

import threading
from typing import List, Optional, Tuple

from prime_notify.mcdr.reception import Reception
from prime_notify.model.event import Arrival, Event, EventName

NOW = 1767323045.5


def event(number: int) -> Event:
    return Event(EventName.BACKUP_SUCCESS, "mine", "1.0", {"backup": {"id": number}})


class Engine:
    def __init__(self) -> None:
        self.accepted: List[Tuple[Event, Optional[Arrival]]] = []

    def accept(self, event: Event, arrival: Optional[Arrival] = None, /) -> Optional[str]:
        self.accepted.append((event, arrival))
        return arrival.id if arrival else "fresh"


def test_events_that_come_before_the_engine_are_kept_with_their_moment_and_id() -> None:
    reception, engine = Reception(lambda: True, lambda: NOW), Engine()
    ids = [reception.accept(event(number)) for number in range(3)]
    assert None not in ids
    assert sorted(set(map(str, ids))) == ids
    reception.open(engine.accept)
    assert engine.accepted == [(event(number), Arrival(str(ids[number]), NOW, True)) for number in range(3)]
    assert reception.accept(event(3)) == "fresh"
    assert engine.accepted[3:] == [(event(3), None)]
    assert reception.close() == ()


def test_an_event_that_comes_while_the_kept_ones_are_passed_on_stays_behind_them() -> None:
    reception, engine = Reception(lambda: True), Engine()

    def accept(accepted: Event, arrival: Optional[Arrival] = None, /) -> Optional[str]:
        if not engine.accepted:
            reception.accept(event(7))
        return engine.accept(accepted, arrival)

    reception.accept(event(1))
    reception.accept(event(2))
    reception.open(accept)
    assert [one.fields["backup"]["id"] for one, _ in engine.accepted] == [1, 2, 7]


def test_what_nobody_took_is_given_back_and_nothing_is_accepted_after_that() -> None:
    reception = Reception(lambda: None)
    id = reception.accept(event(1))
    [(kept, arrival)] = reception.close()
    assert (kept, arrival.id, arrival.server_running) == (event(1), id, None)
    assert reception.accept(event(2)) is None
    assert reception.close() == ()


def test_no_event_is_lost_or_doubled_between_many_threads() -> None:
    reception, engine = Reception(lambda: True), Engine()

    def announce(first: int) -> None:
        for number in range(first, first + 200):
            reception.accept(event(number))

    threads = [threading.Thread(target=announce, args=(first,)) for first in range(0, 1000, 200)]
    for thread in threads:
        thread.start()
    reception.open(engine.accept)
    for thread in threads:
        thread.join()
    assert sorted(one.fields["backup"]["id"] for one, _ in engine.accepted) == list(range(1000))
