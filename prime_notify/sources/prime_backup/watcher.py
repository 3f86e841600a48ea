"""Follows Prime Backup as it is loaded, unloaded and reloaded, and keeps an observer on the loaded one."""

from __future__ import annotations

import logging
import re
import sys
import threading
from types import ModuleType
from typing import Any, Callable, Dict, Iterable, Mapping, Optional

from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.sources.foreign_objects import attribute
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.readiness import Readiness, readiness_of
from prime_notify.sources.prime_backup.seams import Misfit, Seam, find
from prime_notify.sources.source import SourceServer, SourceState, SourceStatus, Translate, plugin_version

__all__ = ["Watcher"]

_NAME = "Prime Backup"
_OLDEST = (1, 9)  # before, CreateBackupTask.run returned None even on success


class Watcher:
    """Compares the Prime Backup that is loaded with the one that is observed, once in each :meth:`tick`.

    MCDR announces a plugin's load to that plugin only, and a dependency on it would unload us with it. Each load makes
    a new entry module, after all modules are imported: its identity is compared. ``patience``: the number of ticks
    before something that is missing is taken as missing for good.
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
        self._stopped = False
        self._instance: Any = None
        self._observer: Optional[Observer] = None
        self._status: Optional[SourceStatus] = None
        self._ticks_left: Optional[int] = None  # None: the state of this instance is settled
        self._left = False

    @property
    def status(self) -> Optional[SourceStatus]:
        """None while Prime Backup is not loaded, and for its first moment."""
        return self._status

    @property
    def is_settled(self) -> bool:
        """Whether nothing about this Prime Backup is expected to change until its next load."""
        return self._ticks_left is None

    @property
    def sees_backups(self) -> bool:
        """Whether each backup of this Prime Backup is reported, by an observer or by Prime Backup itself."""
        observer = self._observer
        return self._left or (observer is not None and observer.sees_backups)

    def start(self) -> None:
        """Observe at once a Prime Backup that is loaded already."""
        try:
            self.tick()
        except Exception:  # noqa: BLE001  (the next tick may succeed)
            self._log.exception("could not look for Prime Backup")

    def stop(self) -> None:
        """Stop observing for good."""
        with self._lock:
            self._stopped = True
            self._let_go()

    def leave(self) -> None:
        """Stop observing this Prime Backup: it emits its events itself."""
        with self._lock:
            if self._observer is not None:
                self._let_go()
                self._left = True
                self._settle(SourceState.OBSERVED, self._status.version if self._status else None)

    def tick(self) -> None:
        """Look once, and attach or detach accordingly."""
        with self._lock:
            if self._stopped:
                return
            instance = self._server.get_plugin_instance(PRIME_BACKUP)
            if self._is_being_reloaded(instance):
                return
            if instance is not self._instance:
                if instance is None:
                    self._say("gone")
                self._let_go()
                self._instance, self._left = instance, False
                self._ticks_left = self._patience
                self._status = None
            if instance is not None and self._ticks_left is not None:
                self._find_out(instance)
            elif self._observer is not None:
                self._attach(self._status.version if self._status else None)

    def _is_being_reloaded(self, instance: Any) -> bool:
        """Whether other modules than this instance's are loaded. MCDReforged shows the former one while it imports."""
        return self._modules.get(str(attribute(instance, "__name__")), instance) is not instance

    def _find_out(self, instance: Any) -> None:
        assert self._ticks_left is not None
        self._ticks_left -= 1
        version = plugin_version(self._server, PRIME_BACKUP)
        if _too_old(version):
            self._settle(SourceState.UNSUPPORTED, version)
            self._warn("too_old", version=version)
            return
        readiness = readiness_of(instance)
        if readiness is Readiness.DISABLED:
            self._let_go()
            self._settle(SourceState.DISABLED, version)
            self._say("disabled", version=version)
            return
        misfits = self._attach(version)
        is_patient = self._ticks_left > 0
        if self._state is SourceState.DISPLACED:
            return
        if readiness is Readiness.READY and (not misfits or not is_patient):
            self._settle(SourceState.OBSERVED, version)
            self._announce(version, misfits)
        elif readiness is Readiness.FAILED or (readiness is Readiness.UNSTARTED and not is_patient):
            self._doubt(version)
        elif self._state is not SourceState.NOT_STARTED:
            self._set(SourceState.LOADING, version)

    def _doubt(self, version: Optional[str]) -> None:
        """Warn once, and look on: MCDR may merely be slow."""
        if self._state is not SourceState.NOT_STARTED:
            self._warn("not_started", version=version)
        self._set(SourceState.NOT_STARTED, version)

    def _attach(self, version: Optional[str]) -> Dict[Seam, Misfit]:
        """Observe through the seams that fit. Returns the others, each with its reason."""
        found = {seam: find(seam, self._modules) for seam in Seam}
        if self._observer is None:
            self._observer = self._make_observer(version)
        lost = self._observer.attach({seam: cls for seam, cls in found.items() if isinstance(cls, type)})
        if lost:
            self._report_loss(lost, self._observer, version)
        return {seam: misfit for seam, misfit in found.items() if isinstance(misfit, Misfit)}

    def _report_loss(self, lost: Iterable[Seam], observer: Observer, version: Optional[str]) -> None:
        """Another plugin has taken wrappers of ours out of the stack; they are back, unless it does so all the time."""
        methods = ", ".join(sorted(f"{seam.class_name}.run" for seam in lost))
        if observer.given_up & set(lost):
            self._log.error("%s", self._tr("source.prime_backup.displaced", version=version, methods=methods))
            self._settle(SourceState.DISPLACED, version)
        else:
            self._warn("lost", version=version, methods=methods)

    def _announce(self, version: Optional[str], misfits: Mapping[Seam, Misfit]) -> None:
        tasks = {Seam.CREATE_TASK: "backups", Seam.RESTORE_TASK: "restores"}
        observed = [name for seam, name in tasks.items() if seam not in misfits]
        self._say("found_" + "_and_".join(observed) if observed else "found_nothing", version=version)
        for seam, misfit in misfits.items():
            self._warn(f"misfit.{seam.name.lower()}", version=version, reason=misfit)

    @property
    def _state(self) -> Optional[SourceState]:
        return self._status.state if self._status else None

    def _set(self, state: SourceState, version: Optional[str]) -> None:
        self._status = SourceStatus(PRIME_BACKUP, _NAME, version, state)

    def _settle(self, state: SourceState, version: Optional[str]) -> None:
        self._set(state, version)
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
