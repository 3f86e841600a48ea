"""``report``: how the backups went over a time, read from the folder."""

from __future__ import annotations

import argparse
import contextlib
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from prime_notify.cli.folder_access import FolderAccess
from prime_notify.cli.language import language_of
from prime_notify.cli.parsing import Subparsers, add_command
from prime_notify.cli.record_text import catalogue
from prime_notify.cli.report import FAILED, OK, CliError, Report
from prime_notify.delivery.pacing import OPENS_AFTER
from prime_notify.loading.load import LoadedConfig
from prime_notify.messages.report import report_facts, report_headline
from prime_notify.messages.texts import zone_of
from prime_notify.model.event import Status, Task
from prime_notify.model.figures import Disk, UnwellEndpoint
from prime_notify.model.figures import Report as Figures
from prime_notify.outbox.history import History
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.past import KEPT, Past
from prime_notify.watch.report import REPORT
from prime_notify.watch.report_figures import Situation, report_of

__all__ = ["add_parser"]

_DAY = 86400.0
_MOST_ROWS = 100
_DEADLINE = "deadline"
"""The value of the watch that says when the next backup is expected."""


def add_parser(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "report",
        _report,
        "how the backups went since the last report, or over a number of days",
        "Exits with 1 when something in it is not well.",
    )
    parser.add_argument("--days", type=_days, metavar="N", help="the last N days instead; 400 are kept")


def _days(text: str) -> float:
    with contextlib.suppress(ValueError):
        found = float(text)
        if 0 < found <= KEPT / _DAY:
            return found
    raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to {KEPT / _DAY:.0f}")


def _report(options: argparse.Namespace, folder: FolderAccess) -> Report:
    loaded: Optional[LoadedConfig] = None
    with contextlib.suppress(CliError):  # the past can be read without the config
        loaded = folder.config()
    with folder.outbox() as outbox:
        if outbox is None:
            return Report(["nothing yet"], {"report": None})
        found = _figures(outbox, loaded, folder.now, options.days)
    language, texts = language_of(folder.path), catalogue()
    zone = zone_of(loaded.config.notification.timezone if loaded else None)
    lines = [report_headline(found, texts.text(language, "notification.title.report"), language, texts)]
    for kind, value in report_facts(found, language, texts, zone, bars=True):
        label = texts.text(language, f"notification.label.{kind.value}")
        line = texts.text(language, "notification.line", label=label, value=value or "")
        lines += line.replace("\n", "\n  ").split("\n") if value else []
    return Report(lines, {"report": found.model_dump(exclude_none=True)}, OK if found.is_well else FAILED)


def _figures(outbox: Outbox, loaded: Optional[LoadedConfig], now: float, days: Optional[float]) -> Figures:
    past = Past(outbox.database)
    since = now - days * _DAY if days else _since(past, now)
    newest = past.newest(Task.BACKUP.value, Status.SUCCESS.value, most=_MOST_ROWS)
    deadline: Mapping[str, Any] = past.value(_DEADLINE) or {}
    situation = Situation(
        last=next((row for row in newest if row.at <= now), None),
        overdue=deadline.get("overdue"),
        next_by=deadline.get("due"),
        unwatched=deadline.get("unwatched"),
        settled=past.settled(since, now),
        waiting=sum(outbox.waiting().values()),
        disks=[Disk(path=row.path, free=row.free, total=row.total) for row in past.newest_disks()],
        unwell=list(_unwell(outbox, loaded, now)),
    )
    return report_of(past.between(since, now), since, now, situation)


def _since(past: Past, now: float) -> float:
    """The moment of the last report; before the first one, that of the oldest row of the last 400 days."""
    kept = (past.value(REPORT) or {}).get("since")
    if isinstance(kept, (int, float)):
        return min(float(kept), now)
    return min([row.at for row in past.between(now - KEPT, now)][:1] or [now]) - 1.0


def _unwell(outbox: Outbox, loaded: Optional[LoadedConfig], now: float) -> Iterator[UnwellEndpoint]:
    """The endpoints that need a person, as far as the files show: the failing ones, mistakes, dead letters."""
    dead, health = outbox.dead(), History(outbox.database).health()
    enabled = {one.name for one in loaded.endpoints if one.config.enabled} if loaded else {*health}
    failing: Dict[str, float] = {
        name: max(0.0, now - (known.failing_since or now))
        for name, known in health.items()
        if name in enabled and known.failures >= OPENS_AFTER
    }
    for name in sorted(failing, key=lambda name: (-failing[name], name)):
        yield UnwellEndpoint(name=name, state="failing", for_s=round(failing[name], 3), dead=dead.get(name))
    broken: Sequence[str] = [one.name for one in loaded.broken if one.enabled] if loaded else []
    for name in dict.fromkeys(broken):
        yield UnwellEndpoint(name=name, state="mistake", dead=dead.get(name))
    left: List[str] = sorted(set(dead) - {*failing, *broken})
    for name in left:
        yield UnwellEndpoint(name=name, state="dead_letters", dead=dead[name])
