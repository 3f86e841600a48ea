"""Notices Prime Backup coming and going, and keeps an observer on the one that is there."""

from __future__ import annotations

import enum
import logging
import re
import sys
import threading
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Callable, Dict, FrozenSet, Mapping, Optional

from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.sources.command_sources import attribute
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.seams import Misfit, Seam, find
from prime_notify.sources.server import SourceServer, Translate, plugin_version

__all__ = ["SourceState", "SourceStatus", "Watcher"]

_ABSENT = object()
_OLDEST = (1, 9)  # before, CreateBackupTask.run returned None even on success


class SourceState(enum.Enum):
    """How Prime Backup and we stand."""

    ABSENT = "absent"
    LOADING = "loading"
    OBSERVED = "observed"
    DISABLED = "disabled"
    NOT_STARTED = "not_started"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class SourceStatus:
    """``lost``: what does not fit, so that something is not told or told with less; see the warnings."""

    state: SourceState = SourceState.ABSENT
    version: Optional[str] = None
    lost: FrozenSet[Seam] = frozenset()


class Watcher:
    """Compares, once a second, the Prime Backup that is loaded with the one that is observed.

    MCDR announces a plugin's coming to nobody but itself, and a dependency on it would unload us with it. The entry
    module is another object after every load, and changes only when all modules are imported: its identity is what
    is watched. ``patience``: for how many ticks something may be missing before that is taken for an answer.
    """

    def __init__(
        self,
        server: SourceServer,
        make_observer: Callable[[Optional[str]], Observer],
        *,
        log: logging.Logger,
        tr: Translate,
        modules: Mapping[str, ModuleType] = sys.modules,
        patience: int = 5,
    ) -> None:
        self._server = server
        self._make_observer = make_observer
        self._log = log
        self._tr = tr
        self._modules = modules
        self._patience = patience
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._instance: Any = None
        self._observer: Optional[Observer] = None
        self._status = SourceStatus()
        self._ticks_left: Optional[int] = None  # None: nothing more to find out
        self._failing = False

    @property
    def status(self) -> SourceStatus:
        return self._status

    # life cycle

    def start(self, interval: float = 1.0) -> None:
        """Look at once, and go on in the background, every ``interval`` seconds."""

        def work() -> None:
            while not self._stopping.wait(interval):
                self._look()

        self._look()
        self._thread = threading.Thread(target=work, name="prime_notify-watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more, and let go of Prime Backup."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        with self._lock:
            self._let_go()

    # watching

    def _look(self) -> None:
        try:
            self.tick()
            self._failing = False
        except Exception:  # noqa: BLE001  (the next look may do better)
            if not self._failing:  # said once, not every second
                self._log.exception("could not look for Prime Backup")
            self._failing = True

    def tick(self) -> None:
        """Look once, and attach or detach accordingly."""
        with self._lock:
            if self._stopping.is_set():
                return
            instance = self._server.get_plugin_instance(PRIME_BACKUP)
            if instance is not self._instance:
                if instance is None:
                    self._say("gone")
                self._let_go()
                self._instance = instance
                self._ticks_left = self._patience
                self._status = SourceStatus()
            if instance is not None and self._ticks_left is not None:
                self._find_out(instance)

    def _find_out(self, instance: Any) -> None:
        assert self._ticks_left is not None
        self._ticks_left -= 1
        version = plugin_version(self._server, PRIME_BACKUP)
        if _too_old(version):
            self._settle(SourceStatus(SourceState.UNSUPPORTED, version))
            self._warn("too_old", version=version)
            return
        readiness = _readiness(instance)
        if readiness is _Readiness.DISABLED:
            self._let_go()
            self._settle(SourceStatus(SourceState.DISABLED, version))
            self._say("disabled", version=version)
            return
        misfits = self._attach(version)
        is_patient = self._ticks_left > 0
        if readiness is _Readiness.READY and (not misfits or not is_patient):
            self._settle(SourceStatus(SourceState.OBSERVED, version, frozenset(misfits)))
            self._announce(version, misfits)
        elif readiness is _Readiness.FAILED or (readiness is _Readiness.UNSTARTED and not is_patient):
            self._doubt(SourceStatus(SourceState.NOT_STARTED, version, frozenset(misfits)))
        elif self._status.state is not SourceState.NOT_STARTED:
            self._status = SourceStatus(SourceState.LOADING, version, frozenset(misfits))

    def _doubt(self, status: SourceStatus) -> None:
        """Say so once, and look on: MCDR may merely be slow."""
        if self._status.state is not status.state:
            self._warn("not_started", version=status.version)
        self._status = status

    def _attach(self, version: Optional[str]) -> Dict[Seam, Misfit]:
        """Observe through the seams that fit; those that do not, and why."""
        found = {seam: find(seam, self._modules) for seam in Seam}
        if self._observer is None:
            self._observer = self._make_observer(version)
        self._observer.attach({seam: cls for seam, cls in found.items() if isinstance(cls, type)})
        return {seam: misfit for seam, misfit in found.items() if isinstance(misfit, Misfit)}

    def _announce(self, version: Optional[str], misfits: Mapping[Seam, Misfit]) -> None:
        seen = {Seam.CREATE_TASK: "backups", Seam.RESTORE_TASK: "restores"}
        told = [text for seam, text in seen.items() if seam not in misfits]
        self._say("found_" + "_and_".join(told) if told else "found_nothing", version=version)
        for seam, misfit in misfits.items():
            self._warn(f"misfit.{seam.name.lower()}", version=version, reason=misfit)

    def _settle(self, status: SourceStatus) -> None:
        self._status = status
        self._ticks_left = None

    def _let_go(self) -> None:
        if self._observer is not None:
            self._observer.close()
        self._observer = None

    def _say(self, key: str, **values: object) -> None:
        self._log.info("%s", self._tr(f"source.prime_backup.{key}", **values))

    def _warn(self, key: str, **values: object) -> None:
        self._log.warning("%s", self._tr(f"source.prime_backup.{key}", **values))


def _too_old(version: Optional[str]) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)", version or "")
    return numbers is not None and (int(numbers[1]), int(numbers[2])) < _OLDEST


class _Readiness(enum.Enum):
    UNSTARTED = enum.auto()
    """Its ``on_load`` has not come to its end; when that goes on, it never will."""
    INITIALISING = enum.auto()
    FAILED = enum.auto()
    DISABLED = enum.auto()
    READY = enum.auto()


def _readiness(instance: Any) -> _Readiness:
    """How far the start of this entry module has come (prime_backup/mcdr/mcdr_entrypoint.py, 1.9 to 1.13).

    ``on_load`` sets ``config`` at first and ``init_thread`` at last. That thread, which may migrate a database for
    minutes, sets ``init_ok`` in the end. What is not there at all does not count.
    """
    config, thread = attribute(instance, "config", _ABSENT), attribute(instance, "init_thread", _ABSENT)
    if config is not None and attribute(config, "enabled") is False:
        return _Readiness.DISABLED
    is_alive = attribute(thread, "is_alive")
    has_ended = callable(is_alive) and is_alive() is False  # asked before the result, which comes before the end
    if config is None:
        return _Readiness.UNSTARTED
    if attribute(instance, "init_ok", True) is True:
        return _Readiness.READY
    if thread is None:
        return _Readiness.UNSTARTED
    return _Readiness.FAILED if has_ended else _Readiness.INITIALISING
