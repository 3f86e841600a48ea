"""The watch for a backup that does not come."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Set, Tuple

from prime_notify.messages.machine_texts import joined_messages, machine_message
from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.figures import Overdue
from prime_notify.model.payload import Payload
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.outbox.past import Past
from prime_notify.outbox.tasks import TaskRow
from prime_notify.schedules.plan import NO_PLAN, Plan
from prime_notify.text.humanize import duration
from prime_notify.watch.part import Ended, WatchContext, WatchPart
from prime_notify.watch.reasons import Seen, reasons_of
from prime_notify.watch.skips import SkipLog
from prime_notify.watch.stuck import StuckWatch
from prime_notify.watch.terms import Terms, plan_of, remembered, terms_of

__all__ = ["OVERDUE", "Deadline", "OverdueWatch"]

OVERDUE = "overdue"
"""The name of the value that says that a backup was told to be overdue: ``due``, ``last``."""

_BASE, _PLAN, _ALIVE, _LOADS, _DEADLINE = "base", "plan", "alive", "loads", "deadline"

_JUMP = 60.0
"""Seconds by which the clock may run ahead of the steady one before that counts as a jump, or as a sleep."""

_FAR_AHEAD = 86400.0
"""Seconds: a backup that lies further ahead was made while the clock was wrong."""

_ALIVE_EVERY = 300.0
_MOST_LOADS = 50
_SAME_LOAD = 1.0
_MOST_ROWS = 100


@dataclass(frozen=True)
class Deadline:
    """The state of the watch. Moments are unix seconds.

    ``terms``: in force. ``plan``: the newest that is known. ``last``: the last good backup. ``due``: when the next one
    is expected; None where nothing is watched. ``tell_at``: when it is told to be overdue. ``overdue``: since when it
    is, once it was told. ``put_off``: the newest run that was left out on purpose, where that moved the deadline.
    """

    terms: Terms
    plan: Plan
    last: Optional[TaskRow] = None
    due: Optional[float] = None
    tell_at: Optional[float] = None
    overdue: Optional[float] = None
    put_off: Optional[float] = None


class OverdueWatch(WatchPart):
    """See the module. What it knows is kept, so that a deadline survives a restart."""

    every = 5.0

    def __init__(self, context: WatchContext) -> None:
        super().__init__(context)
        self._good: List[TaskRow] = []  # the newest good backups
        self._running: Set[str] = set()  # ids of backups under way
        self._told: Optional[Mapping[str, Any]] = None
        self._skips = SkipLog(context)
        self._plan = NO_PLAN
        self._loads: List[float] = []
        self._since: Optional[float] = None  # nothing is expected before
        self._expected: Any = None  # the identity of the terms that count since then
        self._resumed = 0.0  # what is overdue by then, is told after the grace only
        self._jumped = 0.0  # the start, or the last jump of the clock
        self._former_alive: Optional[float] = None
        self._down = 0.0
        self._alive = 0.0
        self._clocks = (0.0, 0.0)
        self._cached: Any = None
        self._off = False
        self.deadline: Optional[Deadline] = None
        """The state at the last tick; None before the first."""

    # what was kept

    def open(self, past: Past) -> None:
        now = self._context.clock.wall()
        of_all, of_prime_backup = (
            past.newest(Task.BACKUP.value, Status.SUCCESS.value, plugin_id=plugin_id, most=_MOST_ROWS)
            for plugin_id in (None, PRIME_BACKUP)
        )
        self._good = sorted({*of_all, *of_prime_backup}, key=lambda row: row.at)
        self._skips.open(past)
        self._running = {run.task_id for run in self._context.open_runs() if run.task == Task.BACKUP.value}
        self._told = past.value(OVERDUE)
        self._plan = plan_of(past.value(_PLAN))
        base = past.value(_BASE) or {}
        self._since, self._expected, self._off = base.get("since"), base.get("expected"), bool(base.get("off"))
        self._loads = list((past.value(_LOADS) or {}).get("at", ()))
        self._former_alive = (past.value(_ALIVE) or {}).get("at")
        self._down = 0.0 if self._former_alive is None else max(0.0, now - self._former_alive)
        self._resumed = self._jumped = now
        self._clocks = (now, self._context.clock.steady())

    # looking

    def tick(self, past: Past, now: float) -> None:
        self._follow_clock(now)
        config = self._context.config()
        self._skips.keep(past)
        self._follow_plan(past, now)
        terms = terms_of(config, self._plan)
        self._follow_terms(past, terms, now, enabled=config.notification.enabled)
        self._keep_alive(past, now)
        deadline = self._find(terms, now)
        if self.deadline is None or deadline != self.deadline:
            self._keep_deadline(past, deadline)
        self.deadline = deadline
        if config.notification.enabled and self._is_due(deadline, now):
            self._tell(past, deadline, now)

    def _follow_clock(self, now: float) -> None:
        """After a jump of the clock, or a sleep of the machine, the backups that it made late may still come."""
        steady = self._context.clock.steady()
        jump = (now - self._clocks[0]) - (steady - self._clocks[1])
        if abs(jump) > _JUMP:
            self._resumed = now if jump > 0 else min(self._resumed, now)
            self._jumped = now
        self._clocks = (now, steady)

    def _follow_plan(self, past: Past, now: float) -> None:
        """Take what the source knows now; of a plugin that is not there, what is remembered."""
        plan, former = self._context.plan(), self._plan
        if not plan.loaded:
            self._plan = former._replace(loaded=False, paused=False, next_run=None, load=0)
            return
        if remembered(plan) != remembered(former):
            past.keep(_PLAN, remembered(plan))
        if plan.load != former.load:
            self._note_load(past, plan, now)
        self._plan = plan

    def _note_load(self, past: Past, plan: Plan, now: float) -> None:
        """Its interval began with its load, which may be long before ours."""
        at = now
        if plan.interval is not None and plan.next_run is not None:
            at = min(now, plan.next_run - plan.interval)
        is_same = bool(self._loads) and abs(at - self._loads[-1]) <= plan.jitter + _SAME_LOAD
        loads = [*(self._loads[:-1] if is_same else self._loads), at][-_MOST_LOADS:]
        past.keep(_LOADS, {"at": loads})
        self._loads = loads

    def _follow_terms(self, past: Past, terms: Terms, now: float, *, enabled: bool) -> None:
        """Other terms, and the end of a time without notifications, count from now on: no backup was expected before.

        A backup that was told to be overdue stays so until the next good one, unless nothing is watched any more.
        """
        expected = None if terms.schedule is None else repr(terms.identity)
        if expected == self._expected and self._off is not enabled:
            return
        begins = expected is not None and (expected != self._expected or enabled)
        since = now if begins else self._since
        if expected is None and self._told is not None:
            past.keep(OVERDUE, None)
            self._told = None
        past.keep(_BASE, {"since": since, "expected": expected, "off": not enabled})
        self._since, self._expected, self._off = since, expected, not enabled

    def _keep_alive(self, past: Past, now: float) -> None:
        if abs(now - self._alive) >= _ALIVE_EVERY:
            past.keep(_ALIVE, {"at": now})
            self._alive = now

    def _keep_deadline(self, past: Past, deadline: Deadline) -> None:
        """For those who read the folder without this process."""
        values = {name: getattr(deadline, name) for name in ("due", "tell_at", "overdue")}
        if self.deadline is None or any(getattr(self.deadline, name) != values[name] for name in values):
            past.keep(_DEADLINE, {**values, "unwatched": deadline.terms.unwatched})

    # deadlines

    def _find(self, terms: Terms, now: float) -> Deadline:
        last, ahead = self._last(terms, now)
        overdue = None if self._told is None else self._told.get("due")
        if terms.schedule is None:
            return Deadline(terms, self._plan, last, overdue=overdue)
        skipped = None if terms.skipped_counts else self._skips.on_purpose
        known = [moment for moment in (last and last.at, skipped, self._since) if moment is not None]
        base = max((moment for moment in known if moment <= now + _FAR_AHEAD), default=self._jumped)
        if ahead:  # it was made before the clock was set right, which is all that is known of it
            base = max(base, self._jumped)
        due = self._due(terms, base)
        if due is None:
            return Deadline(dataclasses.replace(terms, unwatched="unreadable"), self._plan, last, overdue=overdue)
        tell_at = due + terms.grace
        if tell_at <= self._resumed:
            tell_at = self._resumed + terms.grace
        put_off = skipped if skipped is not None and skipped == base else None
        return Deadline(terms, self._plan, last, due, tell_at, overdue, put_off)

    def _due(self, terms: Terms, base: float) -> Optional[float]:
        if self._cached is None or self._cached[:2] != (terms, base):
            found = None
            with contextlib.suppress(Exception):  # a crontab that its library cannot read
                found = terms.schedule.next_after(base) if terms.schedule else None
            self._cached = (terms, base, None if found is None else found + terms.jitter)
        found_due: Optional[float] = self._cached[2]
        return found_due

    def _last(self, terms: Terms, now: float) -> Tuple[Optional[TaskRow], bool]:
        """The last good backup, and whether there is one from a time that has not come yet."""
        rows = [row for row in self._good if terms.plugin_id in (None, row.plugin_id)]
        past = [row for row in rows if row.at <= now + _FAR_AHEAD]
        return max(past, key=lambda row: row.at, default=None), len(past) < len(rows)

    # telling

    def _is_due(self, deadline: Deadline, now: float) -> bool:
        if self._told is not None or deadline.tell_at is None or now < deadline.tell_at:
            return False
        return self._running <= self._context.part(StuckWatch).stuck_ids  # one that is stuck is not awaited

    def _tell(self, past: Past, deadline: Deadline, now: float) -> None:
        assert deadline.due is not None
        last = deadline.last
        reasons = reasons_of(self.seen(past, now), now)
        ago = duration(max(0.0, now - last.at)) if last else ""
        first = machine_message("overdue_last", ago) if last else machine_message("overdue_none")
        figures = Overdue(
            last_success=last.at if last else None,
            due=deadline.due,
            for_s=round(max(0.0, now - deadline.due), 3),
            reasons=tuple(reason.name for reason in reasons),
        )
        plugin_id = deadline.terms.plugin_id or (last.plugin_id if last else PRIME_BACKUP)
        message = joined_messages(first, *(reason.message for reason in reasons))
        event = Event(EventName.BACKUP_OVERDUE, plugin_id, fields={"message": message, OVERDUE: figures.model_dump()})
        told = {"due": deadline.due, "last": figures.last_success}
        good = self._good

        def is_due() -> bool:
            return self._is_due(deadline, now) and self._good is good

        if self._context.tell(event, {OVERDUE: told}, is_due):
            self._told = told
            self.deadline = dataclasses.replace(deadline, overdue=deadline.due)
            self._keep_deadline(past, self.deadline)

    def seen(self, past: Past, now: float) -> Seen:
        """What was seen since the last good backup, as of the last tick. From any thread. Raises OutboxError."""
        known = self.deadline or Deadline(Terms(), self._plan)
        return Seen(
            rows=past.between(known.last.at if known.last else self._since or 0.0, now),
            plan=known.plan,
            loads=tuple(self._loads),
            down=self._down,
            server_running=self._context.server_running(),
            asks_plan=known.terms.plugin_id is not None,
        )

    # what the intake says

    def completed(self, payload: Payload) -> Optional[Ended]:
        told = self._told
        if told is None or not self._counts(payload):
            return None
        due, at = float(told["due"]), payload.timestamp.unix
        figures = Overdue(last_success=told.get("last"), due=due, for_s=round(max(0.0, at - due), 3))
        words = machine_message("overdue_over", duration(figures.for_s))
        message = joined_messages(words, payload.message or "")
        return Ended(payload.model_copy(update={"message": message, OVERDUE: figures}), (OVERDUE,))

    def noticed(self, payload: Payload) -> None:
        if payload.test or payload.task is not Task.BACKUP:
            return
        if payload.event.is_start:
            self._running.add(payload.task_id)
        elif payload.event.is_end:
            self._running.discard(payload.task_id)
        row = TaskRow.of(payload)
        if row is not None and row.is_good:
            if self._counts(payload):
                self._told = None
            self._good = [*self._good, row][-2 * _MOST_ROWS :]

    def _counts(self, payload: Payload) -> bool:
        """Whether it is a good backup of those that are expected."""
        if payload.event is not EventName.BACKUP_SUCCESS or payload.test:
            return False
        wanted = self.deadline.terms.plugin_id if self.deadline else None
        return wanted in (None, payload.plugin.id)
