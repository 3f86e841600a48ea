"""The process that is killed. It reads lives from its standard input, one in each line, and answers with exit codes.

If the system can fork, each life is a fork of this process, which has imported everything and started nothing. A fork
takes milliseconds. Otherwise (``--once``), this process runs one life itself.
"""

from __future__ import annotations

import collections
import contextlib
import json
import logging
import os
import signal
import sqlite3
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, Callable, Dict, List

from prime_notify.config import delivery_options
from prime_notify.delivery import reminders
from prime_notify.engine import hand_off, housekeeping
from prime_notify.engine.engine import Engine
from prime_notify.loading.load import LoadedConfig, load_config
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import Event, EventName
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.transport import http as _http  # noqa: F401  (the engine would import it only when it needs it)
from tests.crash.life import ACCEPTED_FILE, ERROR_FILE, FAILED, LIFE_HEADER, ON_FULL_DISK, RECORD_FILE, Life
from tests.crash.verdict import DIGEST, GROUP, MEMBERS, REMINDED

_PATIENCE = 60.0
"""Seconds. A life that waits for this time while nothing changes has failed. A slow machine may take longer in all."""


def kill_self() -> None:
    """Kill this process: with SIGKILL, or on Windows with TerminateProcess, which ``os.kill`` calls there."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class Steps:
    """The crash points of one life: counts them, and kills at the right one."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._lock = threading.Lock()
        self.counts: Dict[str, int] = collections.Counter()

    def __call__(self, name: str) -> None:
        with self._lock:
            self.counts[name] += 1
            if name == self._life.step and self.counts[name] == self._life.passed:
                kill_self()


class Errors(logging.Handler):
    """Collects the unexpected errors in the log, each with its traceback. A life must have none."""

    def __init__(self) -> None:
        super().__init__()
        self.found: List[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.found.append(self.format(record))

    def check(self) -> None:
        if self.found:
            raise AssertionError("in the log: " + "\n".join(self.found))


class Living:
    """One life: an engine, its events, and the record of the notifications that it accepted."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._folder = Path(life.folder)
        self.steps = Steps(life)
        self._errors = Errors()
        self._record = os.open(self._folder / ACCEPTED_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._engine = self._make()

    def _make(self) -> Engine:
        log = logging.getLogger("crash")
        log.addHandler(self._errors)
        log.propagate = False
        return Engine(
            _config(self._life), data_dir=self._folder, catalogue=Catalogue({}), log=log, crash_point=self.steps
        )

    def run(self) -> None:
        began = time.monotonic()
        self._engine.start()
        workers = [threading.Thread(target=self._tell_tasks, args=(first,)) for first in (0, 1)]
        workers.append(threading.Thread(target=self._tell_late))
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self._wait_for(lambda: not self._has_late())
        if self._life.full:
            self._tell_on_full_disk()
        self._tell(self._engine, EventName.BACKUP_SUCCESS, f"{self._life.label}-last")  # ends the reminders
        self._wait_for(self._is_drained)
        self._engine.stop(grace=5.0)
        self._errors.check()
        record = {"steps": self.steps.counts, "seconds": time.monotonic() - began}
        (self._folder / RECORD_FILE).write_text(json.dumps(record), "utf-8")

    def _tell_tasks(self, first: int) -> None:
        """Hand over every second task. Two threads, as of two backups, do this."""
        for number in range(first, self._life.tasks, 2):
            task = f"{self._life.label}-{number}"
            for name in (EventName.BACKUP_START, EventName.BACKUP_SUCCESS):
                self._tell(self._engine, name, task)

    def _tell_late(self) -> None:
        """Hand events over to a second engine, which does not own the folder."""
        second = self._make()
        second.start()
        for number in range(2):
            self._tell(second, EventName.BACKUP_FAILURE, f"{self._life.label}-late{number}")
        second.stop(grace=5.0)

    def _tell_on_full_disk(self) -> None:
        """Hand events over while the disk refuses. They count as accepted once they are on the disk."""
        file = self._engine._folder._database.file
        assert file is not None
        lines: List[bytes] = []
        with file.using() as connection:
            connection.execute("PRAGMA busy_timeout = 1")
        other = sqlite3.connect(file.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for number in range(2):
            task = f"{self._life.label}{ON_FULL_DISK}{number}"
            for name in (EventName.BACKUP_START, EventName.BACKUP_SUCCESS):
                lines.append(self._accepted(self._engine, name, task))
                time.sleep(0.02)
        assert self._engine.overview().refusing
        other.close()
        with file.using() as connection:
            connection.execute("PRAGMA busy_timeout = 5000")
        self._wait_for(lambda: not self._engine.overview().refusing)
        os.write(self._record, b"".join(lines))

    def _tell(self, engine: Engine, name: EventName, task: str) -> None:
        os.write(self._record, self._accepted(engine, name, task))

    def _accepted(self, engine: Engine, name: EventName, task: str) -> bytes:
        """Hand an event over. Returns its line for the record."""
        marker = f"{task}-{name.value}"
        accepted = (
            engine.accept(Event(name, "crash", fields={"task_id": task, "message": marker, "title": marker})) or "-"
        )
        return f"{marker} {accepted}\n".encode()

    def _wait_for(self, holds: Callable[[], bool]) -> None:
        deadline, former = 0.0, None
        while not holds():
            self._errors.check()
            left = [(state.name, state.waiting, state.dead) for state in self._engine.overview().endpoints]
            if left != former:
                deadline, former = time.monotonic() + _PATIENCE, left
            elif time.monotonic() > deadline:
                raise TimeoutError(f"no change for {_PATIENCE:g} s; undelivered: {left}")
            time.sleep(0.01)

    def _is_drained(self) -> bool:
        states = self._engine.overview().endpoints
        if any(state.dead for state in states):
            self._engine.dead_letters.drop() if self._life.drop else self._engine.dead_letters.replay()
            return False
        return not any(state.waiting for state in states)

    def _has_late(self) -> bool:
        """Whether an event is in the inbox of the file, which the engine does not read while it works in memory."""
        with contextlib.closing(sqlite3.connect(self._folder / OUTBOX_FILE)) as file:
            return bool(file.execute("SELECT 1 FROM inbox").fetchone())


_MORE: Dict[str, Dict[str, Any]] = {
    DIGEST: {"digest": {"every": "40ms", "max": 3}},
    REMINDED: {"repeat": "50ms", "events": ["backup_failure"]},
    **{name: {"group": GROUP} for name in MEMBERS},
}


def _config(life: Life) -> LoadedConfig:
    common = {"retry": ["10ms"] * 50, "headers": {LIFE_HEADER: life.label or "none"}}
    endpoints = [
        {"name": path, "url": f"{life.url}/{path}", **common, **_MORE.get(path, {})} for path in life.endpoints
    ]
    document = {
        "notification": {"enabled": True, "groups": {GROUP: "round_robin"}, "endpoints": endpoints},
        "history": {"keep": "1ms", "max": 1},  # so that retention always has something to delete
    }
    return load_config(document, environ={}, base_dir=Path())


def _hurry() -> None:
    """Shorten all intervals of minutes and hours to milliseconds. A hand-off waits until its event is stored, for only
    that is a promise.
    """
    hand_off.PATIENCE = _PATIENCE
    for name, value in (("_INTERVAL", 0.01), ("_FIRST_PRUNE", 0.0), ("_PRUNE_EVERY", 0.0), ("_PRUNE_BATCH", 3)):
        setattr(housekeeping, name, value)
    for module, name, value in ((delivery_options, "_SHORTEST_REPEAT", 0.0), (reminders, "_PUT_OFF", 0.02)):
        setattr(module, name, value)


def live(life: Life) -> int:
    """Run the life. Returns the exit code."""
    try:
        Living(life).run()
    except Exception:
        (Path(life.folder) / ERROR_FILE).write_text(traceback.format_exc(), "utf-8")
        return FAILED
    return 0


def forked(life: Life, act: Callable[[Life], int]) -> int:
    """Run ``act`` in a fork, and kill it when its time is up. Returns the exit code; negative after a kill."""
    pid = os.fork()
    if not pid:
        os._exit(act(life))
    deadline = None if life.after < 0 else time.monotonic() + life.after
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if deadline is not None and time.monotonic() >= deadline:
            os.kill(pid, signal.SIGKILL)
            deadline = None
        time.sleep(0.0005)


def main(arguments: List[str]) -> int:
    _hurry()
    _config(
        Life("", "http://127.0.0.1:9", ("any",), "", tasks=0)
    )  # imports the modules that endpoints need, once for all forks
    print("ready", flush=True)
    for line in sys.stdin:
        life = Life.from_json(line)
        if "--once" in arguments:
            return live(life)
        print(forked(life, live), flush=True)
    return 0


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
