"""One verdict from all that is known: whether all is well, and if not, what is not, the worst first. Pure.

It never says that all is well when that is not known. Moments are unix seconds.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Iterable, Iterator, NamedTuple, Optional, Sequence, Tuple

from prime_notify.delivery.overview import EndpointState, Overview
from prime_notify.model.event import Severity, Status
from prime_notify.outbox.tasks import TaskRow
from prime_notify.watch.overdue import Deadline

__all__ = ["CANDIDATES", "Finding", "Grade", "Known", "Verdict", "newest_of", "refreshed", "verdict_of"]

CANDIDATES = 20
"""How many of the newest rows :func:`newest_of` is given: some may be from a time that has not come yet."""

_FAR_AHEAD = 86400.0


class Grade(enum.IntEnum):
    """How far a statement is from "all is well": the higher, the worse.

    ``WELL``: it is. ``UNKNOWN``: nobody can say. ``WARNING``, ``ERROR``: something needs a person.
    """

    WELL = 0
    UNKNOWN = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True)
class Finding:
    """One statement. ``lang/`` has a text for each name, under ``command.verdict``.

    ``names``: of endpoints, folders or tasks. ``at``: a moment. ``seconds``: a time that it lasts. ``count``: a number.
    """

    name: str
    grade: Grade
    names: Tuple[str, ...] = ()
    at: Optional[float] = None
    seconds: Optional[float] = None
    count: int = 0


class Verdict(NamedTuple):
    """``findings``: those that are not well, the worst first. ``backup``: the statement on backups, which alone is the
    verdict where nothing else is wrong."""

    findings: Sequence[Finding]
    backup: Finding

    @property
    def grade(self) -> Grade:
        return max((one.grade for one in self.findings), default=self.backup.grade)

    @property
    def first(self) -> Finding:
        """The statement that people see first."""
        return self.findings[0] if self.findings else self.backup


@dataclass(frozen=True)
class Known:
    """All that a verdict is made of, as one reader may see it.

    ``overview``: with the endpoints that the reader may see; ``hidden``: the others. ``readable`` and ``in_force``: of
    the config file; ``problems``: their number. ``deadline``: None before the watch has looked. ``failed``: the newest
    backup that failed or was aborted, where it is newer than the last good one. ``past_known``: whether the past could
    be read. ``running``: a backup is under way. ``low`` and ``unread``: folders whose disk is nearly full, or
    cannot be read. ``stuck``: the tasks that do not end, each with its seconds.
    """

    now: float
    overview: Overview
    deadline: Optional[Deadline] = None
    hidden: Sequence[EndpointState] = ()
    readable: bool = True
    in_force: bool = True
    problems: int = 0
    failed: Optional[TaskRow] = None
    past_known: bool = True
    running: bool = False
    low: Sequence[str] = ()
    unread: Sequence[str] = ()
    stuck: Sequence[Tuple[str, float]] = ()


def verdict_of(known: Known) -> Verdict:
    """The verdict. Findings of the same grade keep the order in which they are looked for."""
    found = [*_sending(known), *_backups(known), *_disks(known), *_endpoints(known)]
    backup = _backup(known)
    told = any(one.name.startswith("overdue") for one in found)
    if found and known.deadline is not None and backup.grade is Grade.UNKNOWN and not told:
        found.append(backup)
    return Verdict(sorted(found, key=lambda one: -one.grade), backup)


def newest_of(rows: Iterable[TaskRow], now: float) -> Optional[TaskRow]:
    """The newest row. One that lies far ahead was made while the clock was wrong."""
    return max((row for row in rows if row.at <= now + _FAR_AHEAD), key=lambda row: row.at, default=None)


def refreshed(deadline: Deadline, newest: Optional[TaskRow]) -> Deadline:
    """The deadline, with a good backup that came after the watch looked the last time."""
    former, terms = deadline.last, deadline.terms
    if newest is None or terms.plugin_id not in (None, newest.plugin_id):
        return deadline
    if former is not None and newest.at <= former.at:
        return deadline
    later = replace(deadline, last=newest)
    if terms.schedule is None:
        return later
    try:
        found = terms.schedule.next_after(newest.at)
    except Exception:  # noqa: BLE001  (a crontab that its library cannot read, or the library is not here)
        return later if deadline.due is None or newest.at < deadline.due else _without_due(later)
    due = None if found is None else found + terms.jitter
    if due is None:
        return _without_due(later)
    if deadline.due is not None and due <= deadline.due:
        return later
    return replace(later, due=due, tell_at=due + terms.grace, overdue=None, put_off=None)


def _without_due(deadline: Deadline) -> Deadline:
    return replace(deadline, due=None, tell_at=None, overdue=None)


# the parts of a verdict


def _backup(known: Known) -> Finding:
    """The statement on backups where nothing is wrong with them."""
    deadline = known.deadline
    if deadline is None:
        return Finding("starting", Grade.UNKNOWN)
    last = deadline.last
    ago = None if last is None else max(0.0, known.now - last.at)
    if deadline.due is None or deadline.tell_at is None:
        why = deadline.terms.unwatched or "unreadable"
        return Finding("unwatched" if last else "unwatched_none", Grade.UNKNOWN, (why,), seconds=ago)
    if last is None:
        return Finding("first", Grade.UNKNOWN, at=deadline.tell_at)
    if deadline.put_off is not None:
        return Finding("well_put_off", Grade.WELL, at=deadline.tell_at, seconds=ago)
    return Finding("well", Grade.WELL, at=deadline.tell_at, seconds=ago)


def _sending(known: Known) -> Iterator[Finding]:
    """Whether anything is sent at all."""
    overview = known.overview
    if not known.in_force:
        yield Finding("unreadable", Grade.ERROR)
    elif not overview.enabled:
        yield Finding("off", Grade.WARNING)
    if known.in_force and not known.readable:
        yield Finding("kept", Grade.WARNING)
    if overview.refusing:
        yield Finding("refusing", Grade.ERROR)
    if overview.elsewhere:
        yield Finding("elsewhere", Grade.WARNING)
    everything = [*overview.endpoints, *known.hidden]
    if known.in_force and overview.enabled and not any(one.on for one in everything):
        yield Finding("no_endpoint", Grade.WARNING)


def _backups(known: Known) -> Iterator[Finding]:
    deadline = known.deadline
    if deadline is not None:
        yield from _schedule(known, deadline)
    if not known.past_known:
        yield Finding("past", Grade.WARNING)
    failed, last = known.failed, None if deadline is None else deadline.last
    if failed is not None and (last is None or failed.at > last.at):
        aborted = failed.status == Status.ABORTED.value
        yield Finding("aborted" if aborted else "failed", Grade.WARNING if aborted else Grade.ERROR, at=failed.at)
    if last is not None and last.severity != Severity.INFO.value:
        yield Finding("doubtful", Grade.WARNING, at=last.at)
    for name, seconds in known.stuck:
        yield Finding("stuck", Grade.WARNING, (name,), seconds=seconds)


def _schedule(known: Known, deadline: Deadline) -> Iterator[Finding]:
    due, tell_at = deadline.due, deadline.tell_at
    if deadline.overdue is not None:
        due = deadline.overdue
    if deadline.overdue is not None or (tell_at is not None and known.now >= tell_at):
        name = "overdue_running" if known.running else "overdue"
        yield Finding(name, Grade.ERROR, at=due, seconds=max(0.0, known.now - (due or known.now)))
    if deadline.terms.plugin_id is not None:
        if not deadline.plan.loaded:
            yield Finding("not_loaded", Grade.WARNING)
        elif deadline.plan.paused:
            yield Finding("paused", Grade.WARNING)


def _disks(known: Known) -> Iterator[Finding]:
    if known.low:
        yield Finding("low", Grade.WARNING, tuple(known.low), count=len(known.low))
    if known.unread:
        yield Finding("unread", Grade.WARNING, tuple(known.unread), count=len(known.unread))


def _endpoints(known: Known) -> Iterator[Finding]:
    """What is wrong with endpoints. Those that the reader may not see are not named, but not passed over either."""
    seen = list(known.overview.endpoints)
    yield from _of_endpoints(seen)
    mistakes = [one for one in seen if one.mistake is not None]
    if mistakes:
        yield _named("mistakes", Grade.WARNING, mistakes)
    elif known.problems and known.readable and not any(one.mistake for one in known.hidden):
        yield Finding("problems", Grade.WARNING, count=known.problems)
    if any(one.mistake for one in known.hidden) or any(_of_endpoints(known.hidden)):
        yield Finding("hidden", Grade.WARNING)


def _of_endpoints(endpoints: Sequence[EndpointState]) -> Iterator[Finding]:
    on = [one for one in endpoints if one.on and not one.orphaned]
    gone = [one for one in on if one.disabled]
    if gone:
        yield _named("gone", Grade.ERROR, gone)
    failing = [one for one in on if one.failing_for is not None and not one.disabled]
    if failing:
        longest = max(one.failing_for or 0.0 for one in failing)
        yield replace(_named("failing", Grade.WARNING, failing), seconds=longest)
    dead = [one for one in endpoints if one.dead]
    if dead:
        yield replace(_named("dead", Grade.WARNING, dead), count=sum(one.dead for one in dead))
    orphaned = [one for one in endpoints if one.orphaned and one.waiting]
    if orphaned:
        yield replace(_named("orphaned", Grade.WARNING, orphaned), count=sum(one.waiting for one in orphaned))


def _named(name: str, grade: Grade, endpoints: Sequence[EndpointState]) -> Finding:
    return Finding(name, grade, tuple(one.name for one in endpoints), count=len(endpoints))
