"""The health of an endpoint, kept across restarts, so that a broken one is not tried hard after each start."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Dict, Optional, Sequence, Tuple

__all__ = ["FailureRecord", "Health"]

_SAME_MOMENT = 1.0
"""Seconds within which it does not matter which of two successes was the last."""


@dataclass(frozen=True)
class FailureRecord:
    """The failures of one kind of task that an endpoint has got since the last success of that kind there.

    ``notification_id``: the newest of them. ``since``: the moment of the first (unix seconds). ``times``: their number;
    0 when they are over although the endpoint got no success after them. ``delivered``: each distinct failure by its
    fingerprint, with the moment of its last delivery (steady seconds).
    """

    kind: str
    notification_id: str = ""
    since: float = 0.0
    times: int = 0
    delivered: Tuple[Tuple[str, float], ...] = ()

    @property
    def is_failing(self) -> bool:
        """Whether the newest end that the endpoint got is a failure."""
        return self.times > 0


@dataclass(frozen=True)
class Health:
    """Times are seconds of :meth:`prime_notify.clock.Clock.steady`.

    ``failures``: failed attempts in a row that were the fault of the endpoint, not of one message. ``failing_since``:
    the first of them. ``opened``: how often in a row the circuit breaker opened. ``open_until``: the circuit breaker
    allows no attempt before; ``rest_until``: the service asked for none before. ``notified``: people got a notice.
    ``records``: one for each kind of task that failed. ``confirmed``: the service's answer showed the last success.
    """

    failures: int = 0
    failing_since: Optional[float] = None
    opened: int = 0
    open_until: float = 0.0
    rest_until: float = 0.0
    last_success: Optional[float] = None
    confirmed: bool = True
    last_failure: Optional[float] = None
    last_reason: str = ""
    notified: bool = False
    records: Tuple[FailureRecord, ...] = ()

    def record(self, kind: str) -> Optional[FailureRecord]:
        """The record of this kind of task (:attr:`prime_notify.model.event.TaskKind.key`)."""
        return next((one for one in self.records if one.kind == kind), None)

    def failing(self, kind: str) -> Optional[FailureRecord]:
        """The record of this kind of task, if it is failing."""
        found = self.record(kind)
        return found if found is not None and found.is_failing else None

    def with_record(self, record: FailureRecord, most: int) -> Health:
        """With another record of a kind of task; of more than ``most``, the oldest is forgotten."""
        return dataclasses.replace(self, records=(*self._others(record.kind), record)[-most:])

    def without_record(self, kind: str) -> Health:
        """With no failures of this kind of task."""
        return dataclasses.replace(self, records=self._others(kind))

    def _others(self, kind: str) -> Tuple[FailureRecord, ...]:
        return tuple(one for one in self.records if one.kind != kind)

    @property
    def paused_until(self) -> float:
        """The earliest moment of the next attempt."""
        return max(self.open_until, self.rest_until)

    def is_news(self, stored: Health) -> bool:
        """Whether it differs from ``stored`` by more than one success right after another."""
        if (self.last_success or 0.0) - (stored.last_success or 0.0) >= _SAME_MOMENT:
            return True
        return {**vars(self), "last_success": None} != {**vars(stored), "last_success": None}

    def to_json(self) -> str:
        """As it is stored. The names and the form are those of the first version that stored them."""
        values: Dict[str, Any] = {**vars(self)}
        values["told"] = values.pop("notified")
        if self.confirmed:  # which that version did not know
            del values["confirmed"]
        records: Sequence[FailureRecord] = values.pop("records")
        delivered = [(one.kind, known, at) for one in records for known, at in one.delivered]
        values["failures_told"] = sorted(delivered, key=lambda one: one[2])
        values["failing"] = [
            {"kind": one.kind, "notification_id": one.notification_id, "since": one.since, "times": one.times}
            for one in records
            if one.is_failing
        ]
        return json.dumps(values)

    @classmethod
    def from_json(cls, text: str) -> Health:
        """Never raises: where this version cannot read what another one wrote, the endpoint counts as healthy."""
        try:
            found = json.loads(text)
            told, failing = found.pop("failures_told", ()), found.pop("failing", ())
            notified = bool(found.pop("told", False))
            records = {one["kind"]: FailureRecord(**{"times": 1, **one}) for one in failing}
            for kind, known, at in told:
                record = records.get(str(kind), FailureRecord(str(kind)))
                delivered = (*record.delivered, (str(known), float(at)))
                records[record.kind] = dataclasses.replace(record, delivered=delivered)
            return cls(**found, notified=notified, records=tuple(records.values()))
        except (ValueError, TypeError, AttributeError, LookupError):
            return cls()
