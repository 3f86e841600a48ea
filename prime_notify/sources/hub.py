"""All sources together: started, told of a changed config, and stopped as one."""

from __future__ import annotations

import logging
import threading
import time
from typing import Callable, Iterable, Optional

from prime_notify.model.event import Event
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.sources.duplicates import Origin, Twins
from prime_notify.sources.listen import Listener
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.watcher import SourceStatus, Watcher
from prime_notify.sources.quick_backup import QuickBackup
from prime_notify.sources.server import SourceServer, Translate

__all__ = ["Sources"]


class Sources:
    """Hands every event of every source to ``accept``.

    Prime Backup's tasks cannot be stopped by us, and may end after :meth:`stop`; what they have to tell then goes to
    ``late``, which must need nothing of an engine or a plugin that is gone.
    """

    def __init__(
        self,
        server: SourceServer,
        *,
        accept: Callable[[Event], object],
        late: Callable[[Event], object],
        log: logging.Logger,
        tr: Translate,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._accept = accept
        self._late = late
        self._log = log
        self._steady = steady
        self._lock = threading.RLock()  # re-entrant: what is accepted is dispatched, and may be answered by an event
        self._stopped = False
        self._twins = Twins(steady=steady)
        self._listener = Listener(server, self._heard, log=log, tr=tr)
        self._quick_backup = QuickBackup(server, self._tell)
        self._watcher = Watcher(server, self._make_observer, log=log, tr=tr)

    @property
    def prime_backup(self) -> SourceStatus:
        """How Prime Backup and we stand."""
        return self._watcher.status

    def start(self, listen: Iterable[str]) -> None:
        """Begin, with the plugin ids of the config's ``sources.listen``. To be called while our plugin loads."""
        self._listener.start(listen)
        self._quick_backup.start()
        self._watcher.start()

    def listen(self, plugin_ids: Iterable[str]) -> None:
        """Take up a changed ``sources.listen``."""
        self._listener.listen(plugin_ids)

    def stop(self) -> None:
        """Let go of everything. When this returns, ``accept`` is not being called and will not be called again."""
        self._watcher.stop()
        with self._lock:
            self._stopped = True

    def _make_observer(self, version: Optional[str]) -> Observer:
        return Observer(
            self._observed,
            version=version,
            server_running=self._server.is_server_running,
            log=self._log,
            steady=self._steady,
        )

    def _observed(self, event: Event) -> None:
        self._tell_once(event, Origin.OBSERVED)

    def _heard(self, event: Event) -> None:
        if event.plugin_id == PRIME_BACKUP:
            self._tell_once(event, Origin.NATIVE)
        else:
            self._tell(event)

    def _tell_once(self, event: Event, origin: Origin) -> None:
        admitted = self._twins.admit(event, origin)
        if admitted is not None:
            self._tell(admitted)

    def _tell(self, event: Event) -> None:
        with self._lock:
            if not self._stopped:
                self._accept(event)
                return
        self._late(event)
