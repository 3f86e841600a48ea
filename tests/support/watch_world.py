"""The engine with its watch and a real outbox on disk, in virtual time; nothing leaves the machine."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.engine.engine import Engine
from prime_notify.model.event import Event, EventName
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.outbox.past import Past
from prime_notify.schedules.plan import Plan, Skip, SkipReason
from prime_notify.watch.overdue import Deadline, OverdueWatch
from tests.support.build import loaded
from tests.support.clock import FakeClock
from tests.support.texts import CATALOGUE

__all__ = ["DAY", "HOUR", "MINUTE", "NOON", "WatchWorld"]

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
NOON = 1_767_268_800.0
"""2026-01-01 12:00 UTC."""


class WatchWorld:
    """A server with Prime Backup as ``plan`` says. The engine runs from :meth:`start` to :meth:`stop`, and looks only
    when :meth:`look` is called."""

    def __init__(self, folder: Path, **sections: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.clock = FakeClock(NOON)
        self.plan_now = Plan(PRIME_BACKUP, loaded=True, enabled=True, interval=12 * HOUR, load=1)
        self.skips: List[Skip] = []
        self.server_runs: Optional[bool] = True
        self.told: List[Payload] = []
        self.crash_point: CrashPoint = no_crash
        self._numbers = itertools.count(1)
        self._engine: Optional[Engine] = None
        self.configure(**sections)

    def configure(self, **sections: Any) -> None:
        """The config from the next start on, or at once while the engine runs."""
        self.config = loaded({"name": "nowhere", "url": "http://127.0.0.1:9/", "enabled": False}, **sections)
        if self._engine is not None:
            self._engine.reload(self.config)

    # the schedule, as the engine asks for it

    def plan(self) -> Plan:
        return self.plan_now

    def take_skips(self) -> Sequence[Skip]:
        taken, self.skips = self.skips, []
        return taken

    def skip(self, reason: SkipReason) -> None:
        """A scheduled backup is left out now."""
        self.skips.append(Skip(PRIME_BACKUP, reason, self.clock.wall()))

    # life

    def start(self) -> WatchWorld:
        """Start MCDReforged, with the same folder."""
        self._engine = Engine(
            self.config,
            data_dir=self.folder,
            catalogue=CATALOGUE,
            log=logging.getLogger("test.watch"),
            server_running=lambda: self.server_runs,
            on_accepted=self._accepted,
            clock=self.clock,
            schedule=self,
            crash_point=lambda step: self.crash_point(step),
        )
        self._engine.start(threads=False)
        return self

    def stop(self) -> None:
        if self._engine is not None:
            self._engine.stop(grace=0.0)
            self._engine = None

    def restart(self, *, down: float = 0.0) -> None:
        """Stop, and start again after ``down`` seconds. Prime Backup is loaded anew."""
        self.stop()
        self.clock.advance(down)
        self.plan_now = self.plan_now._replace(load=self.plan_now.load + 1)
        self.start()

    @property
    def engine(self) -> Engine:
        assert self._engine is not None
        return self._engine

    def look(self, after: float = 0.0) -> List[str]:
        """Let time pass, and let the watch look once; the names of the events that it told."""
        self.clock.advance(after)
        before = len(self.told)
        self.engine.watching.look()
        return [payload.event.value for payload in self.told[before:]]

    def look_until(self, seconds: float, step: float = 5 * MINUTE) -> List[str]:
        """Let the watch look every ``step`` for so long; the names of the events that it told."""
        told: List[str] = []
        for _ in range(int(seconds // step)):
            told += self.look(step)
        return told

    # tasks

    def begin(self, name: str = "backup_start", **fields: Any) -> str:
        """A task begins; its id."""
        task_id = f"task-{next(self._numbers)}"
        self._give(name, {"task_id": task_id, **fields})
        return task_id

    def end(self, task_id: str, name: str = "backup_success", **fields: Any) -> Payload:
        """A task ends; the payload."""
        self._give(name, {"task_id": task_id, **fields})
        return self.told[-1]

    def backup(self, name: str = "backup_success", *, takes: float = 60.0, **fields: Any) -> Payload:
        """A backup from its start to its end."""
        task_id = self.begin()
        self.clock.advance(takes)
        return self.end(task_id, name, cost_s=takes, **fields)

    def _give(self, name: str, fields: Mapping[str, Any]) -> None:
        given: Dict[str, Any] = {**fields}
        plugin = given.pop("plugin_id", PRIME_BACKUP)
        self.engine.accept(Event(EventName(name), plugin, "1.13.0", given))
        self.engine.catch_up()

    def _accepted(self, notification: Notification) -> None:
        self.told.append(notification.payload)

    # what is known

    @property
    def deadline(self) -> Deadline:
        found = self.engine.watching.part(OverdueWatch).deadline
        assert found is not None
        return found

    @property
    def past(self) -> Past:
        found = self.engine.watching.past
        assert found is not None
        return found
