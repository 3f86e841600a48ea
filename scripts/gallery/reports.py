"""Two reports of an invented server: a good week, and the next one. The engine makes them, in virtual time."""

from __future__ import annotations

import functools
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any, List, Mapping, Sequence

from prime_notify.engine.engine import Engine
from prime_notify.loading.load import load_config
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import Event, EventName
from prime_notify.model.figures import Disk
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.model.response import Response
from prime_notify.schedules.plan import Plan, Skip, SkipReason

__all__ = ["reports"]

_MONDAY = 1_794_214_800.0  # 2026-11-09 09:00 UTC
_HOUR, _DAY = 3600.0, 86400.0
_GIB = 1 << 30
_CONFIG: Mapping[str, Any] = {
    "report": {"at": "Mon 09:00", "timezone": "UTC"},
    "notification": {
        "enabled": True,
        "endpoints": [
            {"name": "family", "url": "http://127.0.0.1:9/", "events": ["report", "backup", "restore"]},
            {"name": "phone", "url": "http://127.0.0.1:9/", "events": ["*_success", "*_failure"]},
        ],
    },
}
_DISK = Disk(path="pb_files", free=212 * _GIB, total=476 * _GIB, backups=41 * _GIB, growth=0.9 * _GIB, days_left=235.0)
"""Of the scene: the machine's own one would be another on each."""


class _World:
    """Its clock, its schedule, and services that take everything."""

    def __init__(self) -> None:
        self.now = _MONDAY
        self.skips: List[Skip] = []

    def wall(self) -> float:
        return self.now

    def steady(self) -> float:
        return self.now

    def random(self) -> float:
        return 0.5

    def send(self, _request: Any, *, timeout: float, meanwhile: Any = None) -> Response:
        return Response(204)

    def plan(self) -> Plan:
        next_run = self.now - (self.now - _MONDAY) % (12 * _HOUR) + 7 * _HOUR
        return Plan(PRIME_BACKUP, True, True, interval=12 * _HOUR, next_run=next_run, load=1)

    def take_skips(self) -> Sequence[Skip]:
        taken, self.skips = self.skips, []
        return taken


@functools.cache
def reports() -> Sequence[Payload]:
    """The payloads of the good week and of the next one."""
    world, made = _World(), []

    def accepted(notification: Notification) -> None:
        if notification.payload.report is not None:
            made.append(notification.payload)

    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(
            load_config(_CONFIG, environ=os.environ, base_dir=Path(folder)),
            data_dir=Path(folder),
            catalogue=Catalogue.load(),
            log=logging.getLogger("gallery"),
            server_running=lambda: True,
            on_accepted=accepted,
            clock=world,
            transport=world,
            schedule=world,
        )
        engine.start(threads=False)
        engine.watching.look()
        for run in range(2 * 14):
            _run(engine, world, run)
            world.now = _MONDAY + (run + 1) * 12 * _HOUR + 1.0
            engine.watching.look()
        engine.stop(grace=1.0)
    return [_with_disk(payload) for payload in made]


def _run(engine: Engine, world: _World, run: int) -> None:
    """The scheduled backup of half a day, at 16:00 or at 4:00."""
    world.now = _MONDAY + run * 12 * _HOUR + 7 * _HOUR
    size = int((1.08 + 0.012 * run + 0.02 * (run % 3)) * _GIB)
    if run in (5, 19):
        world.skips.append(Skip(PRIME_BACKUP, SkipReason.NOBODY_ONLINE, world.now))
        return
    task = {"task_id": f"run-{run}"}
    _give(engine, world, "backup_start", task)
    world.now += 11.0 + run % 4
    if run == 22:
        error = {"type": "OSError", "message": "[Errno 28] No space left on device"}
        _give(engine, world, "backup_failure", {**task, "error": error, "cost_s": 3.2})
        return
    backup = {"id": 120 + run, "file_count": 4200, "raw_size": size, "stored_size": size // 30}
    _give(engine, world, "backup_success", {**task, "backup": backup, "cost_s": 11.0 + run % 4})
    if run == 9:
        _give(engine, world, "restore_success", {"task_id": "restore", "backup": {"id": 127}, "cost_s": 20.0})


def _give(engine: Engine, world: _World, name: str, fields: Mapping[str, Any]) -> None:
    """An event, and a moment later its deliveries."""
    engine.accept(Event(EventName(name), PRIME_BACKUP, "1.13.0", fields))
    world.now += 1.0
    until = time.monotonic() + 10.0
    while any(state.waiting for state in engine.overview().endpoints) and time.monotonic() < until:
        time.sleep(0.005)


def _with_disk(payload: Payload) -> Payload:
    assert payload.report is not None
    return payload.model_copy(update={"report": payload.report.model_copy(update={"disks": [_DISK]})})
