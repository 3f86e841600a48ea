"""When quiet hours end, and what a digest is due."""

from __future__ import annotations

import datetime
from typing import Optional

import pytest

from prime_notify.delivery.deferral import Deferral, Digest, QuietHours
from prime_notify.model.event import Severity
from prime_notify.model.health import Health
from prime_notify.outbox.values import Delivery
from tests.support.build import notification

WELL = Health()
UTC = datetime.timezone.utc


class Berlin(datetime.tzinfo):
    """Central European time in 2024: an hour ahead on 31 March at 01:00 UTC, back on 27 October at 01:00 UTC."""

    def fromutc(self, when: datetime.datetime) -> datetime.datetime:
        summer = self._begins <= when.replace(tzinfo=None) < self._ends
        local = when + datetime.timedelta(hours=2 if summer else 1)
        again = datetime.timedelta(0) <= when.replace(tzinfo=None) - self._ends < datetime.timedelta(hours=1)
        return local.replace(fold=int(again))

    _begins = datetime.datetime(2024, 3, 31, 1)
    _ends = datetime.datetime(2024, 10, 27, 1)

    def utcoffset(self, when: Optional[datetime.datetime]) -> datetime.timedelta:
        assert when is not None
        local, hour = when.replace(tzinfo=None, fold=0), datetime.timedelta(hours=1)
        twice = self._ends + hour <= local < self._ends + 2 * hour
        gap = self._begins + hour <= local < self._begins + 2 * hour
        summer = (
            not when.fold if twice else bool(when.fold) if gap else self._begins + hour <= local < self._ends + hour
        )
        return hour * (2 if summer else 1)

    def dst(self, when: Optional[datetime.datetime]) -> datetime.timedelta:
        return self.utcoffset(when) - datetime.timedelta(hours=1)

    def tzname(self, when: Optional[datetime.datetime]) -> str:
        return "Berlin"


def quiet(start: str, end: str, zone: datetime.tzinfo = UTC) -> QuietHours:
    return QuietHours(datetime.time.fromisoformat(start), datetime.time.fromisoformat(end), zone=zone)


def moment(text: str) -> float:
    return datetime.datetime.fromisoformat(text + "+00:00").timestamp()


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        (("23:00", "07:00"), "2024-01-01T22:59:59", None),
        (("23:00", "07:00"), "2024-01-01T23:00:00", "2024-01-02T07:00:00"),
        (("23:00", "07:00"), "2024-01-02T06:59:59", "2024-01-02T07:00:00"),
        (("23:00", "07:00"), "2024-01-02T07:00:00", None),
        (("12:00", "14:00"), "2024-01-01T11:59:00", None),
        (("12:00", "14:00"), "2024-01-01T13:30:00", "2024-01-01T14:00:00"),
        (("12:00", "14:00"), "2024-01-01T14:00:00", None),
    ],
)
def test_quiet_hours_end_when_they_say_also_after_midnight(hours: object, now: str, end: Optional[str]) -> None:
    assert quiet(*hours).until(moment(now)) == (moment(end) if end else None)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        # the night that is an hour shorter, and the one that is an hour longer
        (("23:00", "07:00"), "2024-03-30T22:30:00", "2024-03-31T05:00:00"),
        (("23:00", "07:00"), "2024-10-26T21:30:00", "2024-10-27T06:00:00"),
        # the end falls into the hour that there is not: what is then half past two on yesterday's watch
        (("23:00", "02:30"), "2024-03-31T00:30:00", "2024-03-31T01:30:00"),
        # the end comes twice, the first one counts, then the second one for the hour that comes again
        (("23:00", "02:30"), "2024-10-27T00:10:00", "2024-10-27T00:30:00"),
        (("23:00", "02:30"), "2024-10-27T00:40:00", None),
        (("23:00", "02:30"), "2024-10-27T01:10:00", "2024-10-27T01:30:00"),
    ],
)
def test_quiet_hours_end_by_the_local_watch_where_the_clocks_change(
    hours: object, now: str, end: Optional[str]
) -> None:
    assert quiet(*hours, zone=Berlin()).until(moment(now)) == (moment(end) if end else None)  # type: ignore[misc]


def test_without_a_zone_it_is_the_machines_own() -> None:
    hours = QuietHours(datetime.time(0, 0), datetime.time(23, 59))
    noon = datetime.datetime(2024, 1, 1, 12).timestamp()
    assert hours.until(noon) == datetime.datetime(2024, 1, 1, 23, 59).timestamp()


def test_quiet_hours_always_end_in_the_future_within_a_day() -> None:
    hours = quiet("23:00", "02:30", Berlin())
    for day in ("2024-03-30T12:00:00", "2024-10-26T12:00:00"):
        for minute in range(0, 36 * 60, 7):
            now = moment(day) + minute * 60
            end = hours.until(now)
            assert end is None or now < end <= now + 86400


def delivery(name: str = "backup_success", *, accepted: float = 0.0, attempt: int = 1) -> Delivery:
    return Delivery(1, "a", attempt, accepted, notification(name))


def test_without_options_nothing_is_deferred() -> None:
    assert Deferral().until(delivery(), 0.0, 0.0, WELL) is None
    assert Deferral().sort([delivery()], 0.0, 0.0, WELL).ready


def test_a_digest_is_due_so_long_after_the_acceptance_of_the_first() -> None:
    deferral = Deferral(Digest(100.0))
    assert deferral.until(delivery(accepted=50.0), 60.0, 0.0, WELL) == 150.0
    assert deferral.until(delivery(accepted=50.0), 500.0, 0.0, WELL) == 500.0
    first, second = delivery(accepted=50.0), delivery(accepted=80.0)
    assert deferral.sort([first, second], 149.0, 0.0, WELL).waiting == [(first, 150.0), (second, 150.0)]
    assert deferral.sort([first, second], 150.0, 0.0, WELL).ready == [first, second]


def test_a_full_digest_goes_at_once() -> None:
    deferred = [delivery(), delivery()]
    assert Deferral(Digest(100.0, most=2)).sort(deferred, 1.0, 0.0, WELL).ready == deferred
    assert Deferral(Digest(100.0, most=3)).sort(deferred, 1.0, 0.0, WELL).collected == 2


def test_what_is_severe_is_not_collected_and_takes_along_what_was_deferred_with_it() -> None:
    deferral = Deferral(Digest(100.0, at_once=Severity.WARNING))
    assert deferral.until(delivery("backup_failure"), 0.0, 0.0, WELL) is None
    assert deferral.until(delivery("backup_aborted"), 0.0, 0.0, WELL) is None
    assert deferral.until(delivery("backup_success"), 0.0, 0.0, WELL) == 100.0
    assert len(deferral.sort([delivery(), delivery("backup_aborted")], 1.0, 0.0, WELL).ready) == 2


def test_a_digest_that_failed_before_waits_for_nothing_new() -> None:
    assert len(Deferral(Digest(100.0)).sort([delivery(attempt=2), delivery()], 1.0, 0.0, WELL).ready) == 2


def test_quiet_hours_hold_back_what_is_not_severe() -> None:
    deferral = Deferral(quiet=quiet("23:00", "07:00"))
    night = moment("2024-01-01T23:00:00")
    assert deferral.until(delivery(), 10.0, night, WELL) == 10.0 + 8 * 3600
    assert deferral.until(delivery("backup_failure"), 10.0, night, WELL) is None
    assert deferral.sort([delivery(), delivery("backup_failure")], 10.0, night, WELL).collected == 0
