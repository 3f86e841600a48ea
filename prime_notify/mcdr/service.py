"""The plugin as a whole: config, engine, sources and commands, and their life between load and unload."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from pathlib import Path
from typing import Callable, Iterable, List, Mapping, Optional, Sequence

from mcdreforged.api.event import LiteralEvent
from mcdreforged.api.rtext import RText, RTextBase
from mcdreforged.api.types import PluginServerInterface

from prime_notify.config.models import Config
from prime_notify.engine.endpoint_test import TestResult
from prime_notify.engine.engine import Engine
from prime_notify.engine.overview import Overview
from prime_notify.loading.load import ConfigError, LoadedConfig, Problem, load_config
from prime_notify.mcdr.commands.all import register_commands
from prime_notify.mcdr.commands.desk import Reloaded
from prime_notify.mcdr.commands.test import TEST, prime_backup_test_node
from prime_notify.mcdr.config_file import ConfigFile
from prime_notify.mcdr.notices import Notices
from prime_notify.mcdr.operators import Operators
from prime_notify.mcdr.pb_command import Graft
from prime_notify.mcdr.translations import Speech
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import Event, EventName
from prime_notify.model.notification import Notification
from prime_notify.model.plugin_ids import PRIME_BACKUP, PRIME_NOTIFY, QUICK_BACKUP
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import store_late
from prime_notify.outbox.history import History
from prime_notify.routing import Explanation
from prime_notify.sources.hub import Sources
from prime_notify.sources.prime_backup.watcher import SourceState
from prime_notify.sources.server import plugin_version

__all__ = ["Service"]


class Service:
    """One life of the plugin. ``start`` and ``stop`` are called on the task executor, ``accept`` from anywhere."""

    def __init__(self, server: PluginServerInterface, players_online: Iterable[str] = ()) -> None:
        self._server = server
        self.operators = Operators(server, players_online)
        self._alive = True
        self._folder = Path(server.get_data_folder())
        self._config_file = ConfigFile(server, self._folder)
        catalogue = Catalogue.load()
        self.speech = Speech(server, catalogue)
        self.version = str(server.get_self_metadata().version)
        self._write_missing_files()
        self._loaded = self._load_at_start()
        self.prefix = self._loaded.config.command.prefix
        self._notices = Notices(
            self.speech,
            self.operators,
            test=f"{self.prefix} {TEST.name}",
            level=lambda: self.config.command.permission.history,
            post=self.post,
        )
        self._engine = Engine(
            self._loaded,
            data_dir=self._folder,
            catalogue=catalogue,
            log=server.logger,
            language=server.get_mcdr_language(),
            server_running=server.is_server_running,
            on_accepted=self._redispatch,
            on_notice=self._notices.say,
        )
        self._sources = Sources(
            server, accept=self._engine.accept, late=self._late, log=server.logger, tr=self.speech.plain
        )
        self._graft = Graft(
            server, self.speech, grow=lambda: prime_backup_test_node(self), instead=f"{self.prefix} {TEST.name}"
        )

    # life cycle

    def start(self) -> None:
        """Begin: takes milliseconds, and no network. After an exception, :meth:`stop` cleans up."""
        self._engine.start()
        self._sources.start(self._loaded.config.sources.listen)
        self.operators.start()
        register_commands(self._server, self)
        self._graft.start()
        self._say_state()

    def stop(self) -> None:
        """Let go of everything, in the order in which events flow; may be called twice, and after a failed start."""
        if not self._alive:
            return
        self._alive = False
        with contextlib.ExitStack() as stack:  # the last one first, and all of them, whatever one of them does
            stack.callback(self._stop_engine)
            stack.callback(self._sources.stop)
            stack.callback(self._graft.stop)

    def _stop_engine(self) -> None:
        grace = float(self.config.delivery.stop_grace)
        progress = threading.Timer(1.0, self.speech.info, ("log.stopping",), {"seconds": round(grace)})
        progress.name = "prime_notify-stopping"
        progress.start()
        try:
            busy = self._engine.stop(grace)
        finally:
            progress.cancel()
        if busy:
            self.speech.warning("log.stopped_busy", endpoints=", ".join(busy))

    # config

    @property
    def config(self) -> Config:
        return self._loaded.config

    def reload(self) -> Reloaded:
        """Put the config file in force as it stands now; one that cannot be read at all changes nothing."""
        try:
            loaded = self._config_file.load()
        except ConfigError as error:
            self._log_problems(error.problems)
            self.speech.error("log.config_kept")
            return Reloaded(False, error.problems)
        self._log_problems(loaded.problems)
        self._loaded = loaded
        self.operators.forget()
        self._engine.reload(loaded)
        self._sources.listen(loaded.config.sources.listen)
        self._say_state()
        changed = [] if loaded.config.command.prefix == self.prefix else ["command.prefix"]
        return Reloaded(True, loaded.problems, changed)

    def _write_missing_files(self) -> None:
        try:
            is_first_start = self._config_file.write_missing()
        except OSError as error:
            self.speech.warning("log.config_not_written", path=self._config_file.path, error=error)
            return
        if is_first_start:
            self.speech.info("log.first_start", path=self._config_file.path)
            self.speech.info("log.first_start_next", reload="!!pn reload")

    def _load_at_start(self) -> LoadedConfig:
        try:
            loaded = self._config_file.load()
        except ConfigError as error:
            self._log_problems(error.problems)
            self.speech.error("log.config_unreadable", reload="!!pn reload")
            return load_config({}, environ={}, base_dir=self._folder)
        self._log_problems(loaded.problems)
        return loaded

    def _log_problems(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            say = self.speech.error if problem.fatal else self.speech.warning
            say("log.config_problem", problem=problem)

    def _say_state(self) -> None:
        enabled = self.config.notification.enabled
        state = self.speech.plain("log.state_enabled" if enabled else "log.state_disabled")
        self.speech.info("log.started", state=state, count=sum(e.config.enabled for e in self._loaded.endpoints))
        for endpoint in self._engine.overview().endpoints:
            if endpoint.orphaned and endpoint.waiting:
                self.speech.warning("log.left_behind", endpoint=endpoint.name, count=endpoint.waiting)

    # events

    def accept(self, event: Event) -> Optional[str]:
        """The Python API's way in: the notification's id, or None when it was not accepted."""
        if event.plugin_version is None:
            event = dataclasses.replace(event, plugin_version=plugin_version(self._server, event.plugin_id))
        return self._engine.accept(event)

    def _redispatch(self, notification: Notification) -> None:
        """Dispatch an accepted event for other plugins, from the task executor.

        MCDReforged looks for listeners at the moment of the dispatch and finds none while any plugin is being loaded;
        a task waits until that is over.
        """
        event = LiteralEvent(f"{PRIME_NOTIFY}.{notification.payload.event.value}")

        def dispatch() -> None:
            self._server.dispatch_event(event, (self._engine.describe(notification),), on_executor_thread=False)

        self._server.schedule_task(dispatch)

    def _late(self, event: Event) -> None:
        """A task that outlived us has ended: tell our successor, or leave it on disk for the next start."""
        event = event.kept(at=time.time(), server_running=self._server.is_server_running())
        successor = self._server.get_plugin_instance(PRIME_NOTIFY)
        if successor is not None and successor.is_running():
            successor.notify(
                event.name.value, event.fields, plugin_id=event.plugin_id, plugin_version=event.plugin_version
            )
            return
        try:
            store_late(self._folder, event)
        except OutboxError as error:
            self.speech.error("log.late_lost", event=event.name.value, plugin=event.plugin_id, error=error)

    # what the commands see

    def overview(self) -> Overview:
        return self._engine.overview()

    @property
    def history(self) -> Optional[History]:
        return self._engine.history

    @property
    def now(self) -> float:
        return self._engine.now

    def replay(self, notification_id: Optional[str]) -> Sequence[str]:
        return self._engine.replay(notification_id)

    def drop(self, notification_id: Optional[str]) -> int:
        return self._engine.drop(notification_id)

    def switch(self, endpoint: str, on: bool) -> None:
        self.operators.forget(endpoint)
        self._engine.switch(endpoint, on)

    def sources(self) -> Sequence[RTextBase]:
        """What is listened to and present, one readable entry each."""
        present = self._server.get_all_metadata()
        entries: List[RTextBase] = []
        status = self._sources.prime_backup
        if status.state is not SourceState.ABSENT:
            entries.append(self.speech.reply(f"command.source.{status.state.value}", version=status.version))
        for plugin_id in dict.fromkeys((QUICK_BACKUP, *self.config.sources.listen)):
            if plugin_id in present and plugin_id != PRIME_BACKUP:
                entries.append(RText(f"{present[plugin_id].name} {present[plugin_id].version}"))
        return entries

    def preview(self, endpoint: str, event: Optional[EventName]) -> Optional[Sequence[str]]:
        return self._engine.rehearsal.preview(endpoint, event)

    def explanation(self, endpoint: str, event: EventName) -> Optional[Explanation]:
        return self._engine.rehearsal.explanation(endpoint, event)

    def test(
        self,
        event: EventName,
        *,
        endpoint: Optional[str],
        on_result: Callable[[TestResult], None],
        operator: Optional[Mapping[str, str]],
    ) -> Sequence[str]:
        return self._engine.rehearsal.test(event, endpoint=endpoint, on_result=on_result, operator=operator)

    def post(self, task: Callable[[], None]) -> None:
        def run() -> None:
            if self._alive:
                task()

        if self._alive:
            self._server.schedule_task(run)
