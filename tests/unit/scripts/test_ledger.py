"""The demo may say that all is well only when exactly what was expected has arrived."""

from __future__ import annotations

from typing import Any

from scripts.demo.ledger import Ledger
from scripts.demo.receiver import Arrival
from scripts.demo.words import Words


def webhook(event: str, *, happened: float, at: float, **more: Any) -> Arrival:
    document = {"event": event, "timestamp": {"unix": happened}, "title": "Backup #1 done", **more}
    return Arrival("ops", "webhook", document, at)


def bark(at: float, title: str = "Backup #1 done") -> Arrival:
    return Arrival("phone", "bark", {"title": title, "body": "…"}, at)


def test_milliseconds_are_counted_from_the_moment_that_the_webhook_names() -> None:
    ledger = Ledger(Words())
    ledger.expect({"ops": ["backup_start"]})
    (entry,) = ledger.take(webhook("backup_start", happened=100.0, at=100.25))
    assert entry.ms == 250
    assert ledger.complete


def test_a_text_for_people_is_held_back_until_its_moment_is_known() -> None:
    ledger = Ledger(Words())
    ledger.expect({"ops": ["backup_success"], "phone": ["backup_success"]})
    assert ledger.take(bark(at=5.5)) == []
    entries = ledger.take(webhook("backup_success", happened=5.0, at=5.75))
    assert [(entry.arrival.endpoint, entry.ms) for entry in entries] == [("phone", 500), ("ops", 750)]


def test_a_text_for_people_has_to_tell_of_the_same_event() -> None:
    ledger = Ledger(Words())
    ledger.expect({"ops": ["backup_success"], "phone": ["backup_success"]})
    ledger.take(webhook("backup_success", happened=0, at=0))
    ledger.take(bark(at=1, title="Backup #1 failed"))
    assert ledger.complaints == ["phone was sent 'Backup #1 failed' for 'Backup #1 done'"]


def test_a_title_that_a_service_needs_short_is_the_same_title() -> None:
    ledger = Ledger(Words())
    ledger.expect({"ops": ["backup_success"], "phone": ["backup_success"]})
    ledger.take(webhook("backup_success", happened=0, at=0))
    ledger.take(bark(at=1, title="Backup #1…"))
    assert ledger.complaints == []


def test_a_text_whose_moment_never_comes_is_shown_without_one() -> None:
    ledger = Ledger(Words())
    ledger.expect({"phone": ["backup_success"]})
    ledger.take(bark(at=5.5))
    assert [entry.ms for entry in ledger.close()] == [None]
    assert ledger.complaints == []


def test_what_is_missing_is_complained_of() -> None:
    ledger = Ledger(Words())
    ledger.expect({"ops": ["backup_start", "backup_success"], "phone": []})
    ledger.take(webhook("backup_start", happened=0, at=0))
    assert not ledger.complete
    ledger.close()
    assert ledger.complaints == ["ops never received backup_success"]
    assert ledger.verdict().startswith("1 of 2 notifications arrived")


def test_what_nobody_expected_is_complained_of_and_does_not_count() -> None:
    ledger = Ledger(Words())
    ledger.expect({"ops": ["backup_success"]})
    ledger.take(webhook("backup_failure", happened=0, at=0))
    assert ledger.complaints == ["ops received backup_failure unexpectedly"]
    assert not ledger.complete


def test_the_same_notification_twice_is_complained_of() -> None:
    ledger = Ledger(Words())
    ledger.expect({"phone": ["backup_success"]})
    ledger.take(bark(at=1))
    ledger.take(bark(at=2))
    assert ledger.complaints == ["phone received something unexpectedly"]


def test_a_test_notification_does_not_pass_for_the_event_that_it_plays() -> None:
    ledger = Ledger(Words())
    ledger.expect({"ops": ["test"]})
    ledger.take(webhook("backup_success", happened=0, at=0, test=True))
    assert ledger.complete
    assert ledger.complaints == []
