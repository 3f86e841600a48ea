"""The texts of a report: its title, and its figures as facts that fit on a phone."""

from __future__ import annotations

import datetime
from typing import Callable, Iterator, List, Optional, Sequence, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.fact import FactKind
from prime_notify.model.figures import Disk, Report, Trend, UnwellEndpoint
from prime_notify.text import humanize
from prime_notify.text.plain import plain

__all__ = ["bars_of", "report_facts", "report_headline"]

_BARS = "▁▂▃▅▇"
_NO_BAR = "·"
_FLAT = 0.05
"""The part of the highest value by which values must differ before the bars do."""

_NAME, _PATH = 64, 120
_MOST_IN_TITLE = 2
_MOST_LINES = 8
_FARTHEST = 1000
"""Days until a disk is full, beyond which nobody cares."""

Found = Iterator[Tuple[FactKind, Optional[str]]]
_Say = Callable[..., str]


def _say_of(language: str, catalogue: Catalogue) -> _Say:
    return lambda key, **values: catalogue.text(language, f"notification.report.{key}", **values)


# the title


def report_headline(report: Report, title: str, language: str, catalogue: Catalogue) -> str:
    """``Backup report: 2 failed, phone is failing``. ``title``: its beginning."""
    say = _say_of(language, catalogue)
    if report.is_well:
        state = say("title.nothing" if report.is_empty else "title.well")
    else:
        faults = list(_faults(report, say))
        more = len(faults) - _MOST_IN_TITLE
        state = say("separator").join(faults[:_MOST_IN_TITLE])
        state = say("title.more", state=state, count=more) if more > 0 else state
    return say("title.whole", title=title, state=state)


def _faults(report: Report, say: _Say) -> Iterator[str]:
    """What is not well, in a few words each, the worst first."""
    backups = report.backups
    if report.overdue_s is not None:
        yield say("title.overdue")
    if backups.failed:
        yield say("title.failed", count=backups.failed)
    if any(disk.low for disk in report.disks):
        yield say("title.disk_low")
    if report.restores.failed:
        yield say("title.restores_failed", count=report.restores.failed)
    if report.paused:
        yield say("title.paused")
    if len(report.unwell) == 1:
        one = report.unwell[0]
        yield say(f"title.{one.state}", name=plain(one.name, _NAME))
    elif report.unwell:
        yield say("title.endpoints", count=len(report.unwell))
    if backups.overdue and report.overdue_s is None:
        yield say("title.was_overdue")
    if backups.warnings:
        yield say("title.warnings", count=backups.warnings)


# the facts


def report_facts(
    report: Report, language: str, catalogue: Catalogue, zone: Optional[datetime.tzinfo], *, bars: bool
) -> Found:
    """Its figures, what is not well first. ``bars``: whether the reader's font shows them. ``zone``: of times."""
    say = _say_of(language, catalogue)
    if report.is_empty:
        yield FactKind.MESSAGE, _nothing(report, say, zone)
        return
    problems = list(_problems(report, say))
    more = len(problems) - _MOST_LINES
    if more > 0:
        problems = [*problems[:_MOST_LINES], say("more", count=more)]
    yield FactKind.PROBLEMS, "\n".join(problems)
    yield FactKind.BACKUPS, _backups(report, say)
    yield FactKind.LAST_BACKUP, _last(report, say, zone)
    yield FactKind.NEXT_BACKUP, _next(report, say, zone)
    if report.size is not None:
        yield FactKind.SIZES, _trend(report.size, lambda value: humanize.size(int(value)), say, bars=bars)
    if report.duration is not None:
        yield FactKind.DURATIONS, _trend(report.duration, humanize.duration, say, bars=bars)
    if report.disks:
        yield FactKind.DISKS, say("between").join(_disk(disk, len(report.disks) > 1, say) for disk in report.disks)
    yield FactKind.RESTORES, _counted(report.restores.model_dump(), ("done", "failed", "aborted"), say)
    yield FactKind.DELIVERIES, _counted(report.deliveries.model_dump(), ("delivered", "given_up", "waiting"), say)
    yield FactKind.PERIOD, say("period", since=_minute(report.since, zone), until=_minute(report.until, zone))


def _nothing(report: Report, say: _Say, zone: Optional[datetime.tzinfo]) -> str:
    since = _minute(report.since, zone)
    if report.last_backup is None:
        return say("nothing_yet", since=since)
    return say("nothing", since=since, last=_minute(report.last_backup.at, zone))


def _problems(report: Report, say: _Say) -> Iterator[str]:
    """A line for each thing that is not well, the worst first."""
    backups = report.backups
    if report.overdue_s is not None:
        yield say("problem.overdue", duration=humanize.duration(report.overdue_s))
    if backups.failed:
        yield say("problem.failed", count=backups.failed)
    for disk in report.disks:
        if disk.low:
            yield say("problem.disk_low", path=plain(disk.path, _PATH))
    if report.restores.failed:
        yield say("problem.restores_failed", count=report.restores.failed)
    if report.paused:
        yield say("problem.paused")
    for one in report.unwell:
        yield _unwell(one, say)
    if backups.overdue and report.overdue_s is None:
        yield say("problem.was_overdue", count=backups.overdue)
    if backups.warnings:
        yield say("problem.warnings", count=backups.warnings)


def _unwell(one: UnwellEndpoint, say: _Say) -> str:
    lasting = "" if one.for_s is None else humanize.duration(one.for_s)
    words = say(f"problem.{one.state}", name=plain(one.name, _NAME), duration=lasting, count=one.dead or 0)
    return say("problem.and_dead", words=words, count=one.dead) if one.dead and one.state != "dead_letters" else words


def _backups(report: Report, say: _Say) -> str:
    counts = report.backups.model_dump()
    words = _counted(counts, ("done", "failed", "aborted", "overdue", "skipped"), say) or say("count.done", count=0)
    reasons = sorted(report.backups.skip_reasons.items(), key=lambda item: (-item[1], item[0]))
    if not reasons:
        return words
    if len(reasons) == 1:
        return say("because", words=words, reasons=say(f"skip.{reasons[0][0]}"))
    listed = say("separator").join(say("skipped_so_often", reason=say(f"skip.{name}"), count=n) for name, n in reasons)
    return say("because", words=words, reasons=listed)


def _counted(counts: object, names: Sequence[str], say: _Say) -> str:
    """``14 done, 1 failed``: those that are not 0."""
    assert isinstance(counts, dict)
    return say("separator").join(say(f"count.{name}", count=counts[name]) for name in names if counts[name])


def _last(report: Report, say: _Say, zone: Optional[datetime.tzinfo]) -> str:
    last = report.last_backup
    if last is None:
        return say("no_backup")
    values = {"time": _minute(last.at, zone), "age": humanize.duration(last.age_s)}
    return say("last", **values) if last.id is None else say("last_numbered", id=last.id, **values)


def _next(report: Report, say: _Say, zone: Optional[datetime.tzinfo]) -> Optional[str]:
    if report.next_by is not None:
        return say("next_by", time=_minute(report.next_by, zone))
    return say(f"unwatched.{report.unwatched}") if report.unwatched else None


def _disk(disk: Disk, named: bool, say: _Say) -> str:
    words = say("disk.free", free=humanize.size(disk.free), total=humanize.size(disk.total))
    if disk.backups is not None:
        words = say("disk.backups", words=words, size=humanize.size(disk.backups))
    if disk.days_left is not None and disk.days_left < _FARTHEST:
        words = say("disk.full_in", words=words, count=max(0, round(disk.days_left)))
    return say("disk.named", path=plain(disk.path, _PATH), words=words) if named else words


def _trend(trend: Trend, shown: Callable[[float], str], say: _Say, *, bars: bool) -> str:
    known = [value for value in trend.values if value is not None]
    latest = shown(trend.latest)
    if len(known) < 2:
        return latest
    if bars:
        return say("with_bars", latest=latest, bars=bars_of(trend.values))
    return say("from_to", first=shown(known[0]), latest=latest)


def bars_of(values: Sequence[Optional[float]]) -> str:
    """``▁▂▃·▇``: a bar for each value, from the lowest to the highest."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    if high - low <= _FLAT * high:
        return "".join(_NO_BAR if value is None else _BARS[len(_BARS) // 2] for value in values)
    found: List[str] = []
    for value in values:
        steps = 0.0 if value is None else (value - low) / (high - low) * (len(_BARS) - 1)
        found.append(_NO_BAR if value is None else _BARS[round(steps)])
    return "".join(found)


def _minute(unix: float, zone: Optional[datetime.tzinfo]) -> str:
    """``2026-01-02 03:04``. The time of the message has the zone."""
    return humanize.local_time(unix, zone)[:16]
