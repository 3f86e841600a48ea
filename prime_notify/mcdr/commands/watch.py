"""``!!pn watch``: each thing that is watched for, from where its terms are known, and how it stands.

It names folders and other plugins' tasks, so it needs the level of the history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, List

from mcdreforged.api.command import CommandContext, Literal
from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.config.units import Duration
from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.history_lookup import with_history
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.commands.watch_state import backups_of, zone_of
from prime_notify.mcdr.rich_text import coloured, fills_in, say
from prime_notify.model.event import EventName, Task
from prime_notify.model.figures import Disk
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.outbox.history import History
from prime_notify.outbox.past import Past
from prime_notify.outbox.tasks import SKIPPED, TaskRow
from prime_notify.schedules.schedule import Crontab, Every, PrimeBackupCrontab, Schedule
from prime_notify.text.humanize import clock_time, duration, local_time, size
from prime_notify.watch.glance import Glance
from prime_notify.watch.overdue import Deadline, OverdueWatch
from prime_notify.watch.reasons import Seen, reasons_of

__all__ = ["WATCH"]

_MOST_SKIPS = 5
_LONGEST_PATH = 200


def _build(node: Literal, tools: Tools) -> None:
    def show(source: CommandSource, _context: CommandContext, _history: History) -> None:
        past = tools.engine.watching.past
        if past is None:  # since the history was looked up, the engine has stopped
            return
        view = _View(tools, source, past, tools.engine.watching.now)
        lines = [*view.backups(), *view.stuck(), *view.disks(), *view.report()]  # all that is read, before any reply
        say(source, coloured(tools.translations.reply("command.watch.title"), RColor.gold))
        for line in lines:
            say(source, line)

    node.runs(with_history(tools, show))


WATCH = Command("watch", "", lambda permission: permission.history, _build)


@dataclass(frozen=True)
class _View:
    """The lines for one reader. ``now``: unix seconds. Each part raises OutboxError."""

    tools: Tools
    source: CommandSource
    past: Past
    now: float

    # backups

    def backups(self) -> Iterator[RTextBase]:
        deadline = backups_of(self.tools, self.past).deadline
        if deadline is None:
            yield coloured(self._text("starting"), RColor.yellow)
            return
        yield self._schedule(deadline)
        yield self._last(deadline)
        seen = self.tools.engine.watching.part(OverdueWatch).seen(self.past, self.now)
        yield from self._due(deadline, seen)
        yield from self._plan(deadline)
        yield from self._skips(deadline, seen)
        if deadline.terms.schedule is not None and not self.tools.engine.watching.is_wanted(EventName.BACKUP_OVERDUE):
            yield coloured(self._text("untold", event=EventName.BACKUP_OVERDUE.value), RColor.yellow)

    def _schedule(self, deadline: Deadline) -> RTextBase:
        terms = deadline.terms
        if terms.schedule is None:
            why = self.tools.translations.reply(f"watch.unwatched.{terms.unwatched}")
            return coloured(self._text("unwatched", why=why), RColor.yellow)
        origin = "from_config"
        if terms.plugin_id is not None:
            crontab = isinstance(terms.schedule, PrimeBackupCrontab)
            origin = "from_prime_backup_crontab" if crontab else "from_prime_backup"
        line = RTextList(self._text("schedule", schedule=self._rhythm(terms.schedule), origin=self._text(origin)))
        if terms.jitter:
            line.append(self._text("jitter", duration=duration(terms.jitter)))
        if terms.plugin_id is not None and not deadline.plan.loaded:
            line.append(self._text("remembered").set_color(RColor.yellow))
        return line

    def _rhythm(self, schedule: Schedule) -> RTextBase:
        if isinstance(schedule, Every):
            return self._text("every", duration=duration(schedule.seconds))
        assert isinstance(schedule, (Crontab, PrimeBackupCrontab))
        return self._text("crontab", crontab=schedule.text)

    def _last(self, deadline: Deadline) -> RTextBase:
        last = deadline.last
        if last is None:
            return self._text("last_none")
        backup = "" if last.backup_id is None else f"#{last.backup_id} "
        ago = duration(max(0.0, self.now - last.at))
        return self._text("last", backup=backup, when=local_time(last.at, zone_of(self.tools)), duration=ago)

    def _due(self, deadline: Deadline, seen: Seen) -> Iterator[RTextBase]:
        if deadline.terms.schedule is None:
            return
        if deadline.due is None or deadline.tell_at is None:
            yield coloured(self._text("unreadable"), RColor.yellow)
            return
        since = deadline.overdue if deadline.overdue is not None else deadline.due
        late = duration(max(0.0, self.now - since))
        if deadline.overdue is None and self.now < deadline.tell_at:
            yield self._text("due", due=self._time(deadline.due), tell_at=self._time(deadline.tell_at))
        else:
            key = "not_told" if deadline.overdue is None else "overdue"
            yield coloured(self._text(key, due=self._time(since), duration=late), RColor.red)
            if self._is_running():
                yield self._text("running")
            else:
                reasons = (
                    self.tools.translations.message(one.message, self.source) for one in reasons_of(seen, self.now)
                )
                yield from (self._text("reason", reason=reason) for reason in reasons)
        if deadline.put_off is not None:
            yield self._text("put_off", when=self._time(deadline.put_off))

    def _plan(self, deadline: Deadline) -> Iterator[RTextBase]:
        plan = deadline.plan
        if plan.paused:
            pause, resume = (f"!!pb crontab schedule_backup {what}" for what in ("pause", "resume"))
            text = coloured(self._text("paused", command=pause, resume=resume), RColor.yellow)
            yield fills_in(self.tools.translations, text, resume)
        elif plan.loaded and plan.next_run is not None:
            yield self._text("next_run", when=self._time(plan.next_run))

    def _skips(self, deadline: Deadline, seen: Seen) -> Iterator[RTextBase]:
        since = deadline.last.at if deadline.last is not None else 0.0
        skips: List[TaskRow] = [row for row in seen.rows if row.status == SKIPPED and row.at > since]
        if not skips:
            return
        yield coloured(self._text("skipped", count=sum(row.times for row in skips)), RColor.yellow)
        for row in reversed(skips[-_MOST_SKIPS:]):
            reason = self.tools.translations.reply(f"watch.skip.{row.reason or 'unknown'}")
            key = "skip" if row.times == 1 else "skip_times"
            yield self._text(key, when=self._time(row.at), reason=reason, count=row.times)
        if len(skips) > _MOST_SKIPS:
            yield self._text("older", count=sum(row.times for row in skips[:-_MOST_SKIPS]))

    # tasks, disks, report

    def stuck(self) -> Iterator[RTextBase]:
        watching = self.tools.engine.watching
        glance = Glance.of(watching.part)
        yield self._patience()
        runs = watching.open_runs()
        if not runs:
            yield self._text("no_run")
        for run in runs:
            stuck = run.task_id in glance.stuck
            took = duration(max(0.0, self.tools.engine.now - run.began))
            task = self.tools.translations.reply(f"watch.task.{run.task}")
            plugin = "Prime Backup" if run.plugin_id == PRIME_BACKUP else run.plugin_id
            line = self._text("run_stuck" if stuck else "run", task=task, plugin=plugin, duration=took)
            yield coloured(line, RColor.red) if stuck else line

    def _patience(self) -> RTextBase:
        """After which time a task is told to be stuck."""
        after = self.tools.config().watch.stuck_after
        if after is False:
            return self._text("stuck_off")
        if isinstance(after, Duration):
            return self._text("stuck_after", duration=duration(after))
        return self._text("stuck_auto")

    def disks(self) -> Iterator[RTextBase]:
        glance = Glance.of(self.tools.engine.watching.part)
        yield self._text("disks" if glance.disks or glance.unread else "disks_none")
        for disk in glance.disks:
            yield self._disk(disk)
        for one in glance.unread:
            reason = self.tools.translations.words(one.reason, self.source)
            yield coloured(self._text("disk_unread", path=one.path[:_LONGEST_PATH], reason=reason), RColor.red)

    def _disk(self, disk: Disk) -> RTextBase:
        path = RText(disk.path[:_LONGEST_PATH])
        line = RTextList(self._text("disk", path=path, free=size(disk.free), total=size(disk.total)))
        if disk.days_left is not None:
            line.append(self.tools.translations.in_brackets(self._text("disk_days", count=int(disk.days_left))))
        if disk.low:
            line.append(self.tools.translations.in_brackets(self._text("disk_low")))
        return coloured(line, RColor.red) if disk.low else line

    def report(self) -> Iterator[RTextBase]:
        at = Glance.of(self.tools.engine.watching.part).report_at
        if at is not None:
            yield self._text("report", when=self._time(at))

    # texts

    def _text(self, key: str, **values: object) -> RTextBase:
        return self.tools.translations.reply(f"command.watch.{key}", **values)

    def _time(self, unix: float) -> str:
        return clock_time(unix, self.now, zone_of(self.tools))

    def _is_running(self) -> bool:
        return any(run.task == Task.BACKUP.value for run in self.tools.engine.watching.open_runs())
