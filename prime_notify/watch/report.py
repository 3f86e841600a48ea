"""The periodic report: how the backups went since the last one, for the endpoints that ask for it."""

from __future__ import annotations

import dataclasses
import functools
import threading
from dataclasses import dataclass
from typing import Any, Mapping, Optional

from prime_notify.config.models import Config
from prime_notify.model.event import Event, EventName, Severity, Status, Task
from prime_notify.model.figures import Report
from prime_notify.model.plugin_ids import PRIME_NOTIFY
from prime_notify.outbox.past import Past
from prime_notify.outbox.report_queries import Settled
from prime_notify.schedules.report_times import report_times
from prime_notify.schedules.schedule import Schedule
from prime_notify.text.time_zone import time_zone
from prime_notify.version import __version__
from prime_notify.watch.overdue import OverdueWatch
from prime_notify.watch.part import WatchContext, WatchPart
from prime_notify.watch.report_figures import Situation, report_of, unwell_of
from prime_notify.watch.storage import StorageWatch

__all__ = ["REPORT", "ReportWatch"]

REPORT = "report"
"""The name of the value that says what was reported: ``at``, ``since``, ``times``, ``wanted``."""

_PATIENCE = 60.0
"""Seconds after the start in which events that are late may still come in."""

_JUMP = 60.0
"""Seconds by which the clock may differ from the steady one before that counts as a jump."""

_DAY = 86400.0
_MOST_ROWS = 100


@dataclass(frozen=True)
class _Reported:
    """``at``: the next report is due at the first of its times after this moment. ``since``: it covers the time from
    there. ``times``: the option that counts since ``at``. ``wanted``: whether somebody wanted it then."""

    at: float
    since: float
    times: str
    wanted: bool

    @classmethod
    def of(cls, kept: Optional[Mapping[str, Any]]) -> Optional[_Reported]:
        """What was kept; None where there is nothing, or where another version kept it."""
        try:
            return None if kept is None else cls(**kept)
        except TypeError:
            return None

    def kept(self) -> Mapping[str, Any]:
        return dataclasses.asdict(self)


class ReportWatch(WatchPart):
    """See the module. A report that fell into down time is sent once, after the next start, for the whole time."""

    every = 15.0

    def __init__(self, context: WatchContext) -> None:
        super().__init__(context)
        self._lock = threading.Lock()  # a command sends a report, too
        self._reported: Optional[_Reported] = None
        self._opened = 0.0  # steady seconds
        self._began = 0.0  # unix seconds: the first report covers the time from there
        self._sent: Optional[float] = None  # steady seconds
        self._jumped = False  # the clock, since then
        self._ahead: Optional[float] = None  # seconds by which the clock is ahead of the steady one

    def open(self, past: Past) -> None:
        self._opened, self._began = self._context.clock.steady(), self._context.clock.wall()
        self._reported = _Reported.of(past.value(REPORT))

    @property
    def next_at(self) -> Optional[float]:
        """When the next one is due, in unix seconds; None where nobody gets one."""
        reported = self._reported
        return _next(reported.times, reported.at) if reported is not None and reported.wanted else None

    # looking

    def tick(self, past: Past, now: float) -> None:
        config = self._context.config()
        self._follow_clock(now)
        with self._lock:
            reported = self._follow(past, config, now)
            due = _next(reported.times, reported.at)
            if not reported.wanted or due is None:
                return
            if reported.at > now and due - now > 2 * _distance(reported.times, now) + _DAY:
                # the clock ran far ahead when the last one was sent
                self._keep(past, dataclasses.replace(reported, at=now))
            elif now >= due and self._is_time(reported.times, due, now):
                self._send(past, reported, now)

    def _follow(self, past: Past, config: Config, now: float) -> _Reported:
        """What was reported, after the changes of the config. A report that nobody wanted at its time, or that was to
        come at another time, is not sent later."""
        wanted = config.notification.enabled and self._context.wanted(EventName.REPORT)
        times = _times_of(config)
        reported = self._reported or _Reported.of(past.value(REPORT))
        if reported is None:
            reported = _Reported(now, min(self._began, now), times, wanted)
        elif reported.times != times or reported.wanted is not wanted:
            reported = _Reported(now, reported.since, times, wanted)
        if now < reported.since:  # the clock was set back: what happens in that time again, is not in a report yet
            reported = dataclasses.replace(reported, since=now)
        if reported is not self._reported:
            self._keep(past, reported)
        return reported

    def _is_time(self, times: str, due: float, now: float) -> bool:
        """Whether the start is over, the disks have answered, and it is not only a jump of the clock that makes another
        one due."""
        steady = self._context.clock.steady()
        if steady - self._opened < _PATIENCE:
            return False
        if not self._context.part(StorageWatch).refresh() and now < due + _PATIENCE:
            return False
        if self._sent is None or not self._jumped:
            return True
        return steady - self._sent >= min(_distance(times, now), _DAY) / 2

    def _follow_clock(self, now: float) -> None:
        ahead = now - self._context.clock.steady()
        self._jumped = self._jumped or (self._ahead is not None and abs(ahead - self._ahead) > _JUMP)
        self._ahead = ahead

    def _keep(self, past: Past, reported: _Reported) -> None:
        past.keep(REPORT, reported.kept())
        self._reported = reported

    # telling

    def send(self) -> bool:
        """Send it now, for the time since the last one; whether it was accepted. Raises OutboxError."""
        past, config, now = self._context.past(), self._context.config(), self._context.clock.wall()
        if past is None or not config.notification.enabled:
            return False
        with self._lock:
            return self._send(past, self._follow(past, config, now), now)

    def _send(self, past: Past, reported: _Reported, now: float) -> bool:
        found = self._report(past, reported.since, now)
        severity = Severity.INFO if found.is_well else Severity.WARNING
        fields = {REPORT: found.model_dump(exclude_none=True), "severity": severity.value}
        event = Event(EventName.REPORT, PRIME_NOTIFY, __version__, fields)
        then = dataclasses.replace(reported, at=now, since=now)
        if not self._context.tell(event, {REPORT: then.kept()}, lambda: self._reported is reported):
            return False
        self._reported, self._sent, self._jumped = then, self._context.clock.steady(), False
        return True

    # figures

    def report(self) -> Optional[Report]:
        """The report of the time since the last one; None while another process owns the data folder. From any thread.
        Raises OutboxError."""
        past, reported, now = self._context.past(), self._reported, self._context.clock.wall()
        if past is None:
            return None
        return self._report(past, min(self._began if reported is None else reported.since, now), now)

    def _report(self, past: Past, since: float, now: float) -> Report:
        return report_of(past.between(since, now), since, now, self._situation(past, since, now))

    def _situation(self, past: Past, since: float, now: float) -> Situation:
        deadline = self._context.part(OverdueWatch).deadline
        newest = past.newest(Task.BACKUP.value, Status.SUCCESS.value, most=_MOST_ROWS)
        states = self._context.overview().endpoints
        known = Situation(
            last=next((row for row in newest if row.at <= now), None),
            settled=self._settled(past, since, now),
            waiting=sum(state.waiting for state in states),
            disks=self._context.part(StorageWatch).disks,
            unwell=unwell_of(states),
        )
        if deadline is None:
            return known
        terms = deadline.terms
        return known._replace(
            overdue=deadline.overdue, next_by=deadline.due, unwatched=terms.unwatched, paused=deadline.plan.paused
        )

    def _settled(self, past: Past, since: float, now: float) -> Settled:
        steady = self._context.clock.steady()
        return past.settled(steady - (now - since), steady)


def _times_of(config: Config) -> str:
    """The times of the option with their zone: ``Mon 09:00 Asia/Shanghai``; without a zone for this machine's."""
    return f"{config.report.at}\n{config.report.timezone or config.notification.timezone or ''}"


@functools.lru_cache(maxsize=4)
def _schedule(times: str) -> Schedule:
    text, _, zone = times.partition("\n")
    return report_times(text, time_zone(zone) if zone else None)


@functools.lru_cache(maxsize=4)
def _next(times: str, moment: float) -> Optional[float]:
    return _schedule(times).next_after(moment)


def _distance(times: str, now: float) -> float:
    """Seconds between two reports about now."""
    first = _schedule(times).next_after(now)
    second = None if first is None else _schedule(times).next_after(first)
    return _DAY if first is None or second is None else second - first
