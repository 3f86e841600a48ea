"""The plugin as a whole: config, engine, sources and commands, between load and unload."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from typing import Callable, Iterable, Optional, Sequence, Tuple

from mcdreforged.api.event import LiteralEvent
from mcdreforged.api.types import PluginServerInterface

from prime_notify.engine.engine import Engine
from prime_notify.mcdr.alerts import NoticeAlerts, OperatorAlerts, show_config_alert
from prime_notify.mcdr.commands.all import register_commands
from prime_notify.mcdr.commands.preparation import ChannelPreparation
from prime_notify.mcdr.commands.reload import RELOAD
from prime_notify.mcdr.commands.setups import Setups
from prime_notify.mcdr.commands.test import TEST, prime_backup_test_node
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.config_file import ConfigFile, ConfigState, Reloaded, data_folder
from prime_notify.mcdr.game.game import Game
from prime_notify.mcdr.pb_command import PrimeBackupTestCommand
from prime_notify.mcdr.players import Players
from prime_notify.mcdr.prefix import CommandPrefix
from prime_notify.mcdr.translations import Translations
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import Event
from prime_notify.model.notification import IdFactory, Notification
from prime_notify.model.plugin_ids import PRIME_NOTIFY
from prime_notify.model.request import GameRequest
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import leave_events
from prime_notify.outbox.values import Received
from prime_notify.periodic import PeriodicThread
from prime_notify.sources.all import Sources
from prime_notify.sources.source import plugin_version

__all__ = ["Service"]

_STOP_TIMEOUT = 5.0  # seconds for a periodic job that is running


class Service:
    """One life of the plugin. ``start`` and ``stop`` are called on the task executor, ``accept`` from any thread."""

    def __init__(self, server: PluginServerInterface, players_online: Iterable[str] = ()) -> None:
        self._server = server
        self._alive = True
        catalogue = Catalogue.load()
        translations = self._translations = Translations(server, catalogue)
        self._folder = data_folder(server, translations)
        self._config_file = ConfigFile(server, self._folder, translations)
        self._prefix = CommandPrefix(server, translations, self._config_file.config.command.prefix)
        self.players = Players(server, players_online)
        self.alerts = OperatorAlerts(server, self.players)
        self._game = Game(
            server,
            self._folder,
            self.players,
            translations,
            find_prefix=lambda: self._prefix.current,
            run_on_executor=self._run_on_executor,
        )
        notices = NoticeAlerts(translations, self.alerts, self._test_command, self._alert_level, self._run_on_executor)
        self._engine = Engine(
            self._config_file.loaded,
            data_dir=self._folder,
            catalogue=catalogue,
            log=server.logger,
            language=server.get_mcdr_language(),
            server_running=server.is_server_running,
            on_accepted=self._redispatch,
            on_notice=notices.publish,
            of_the_edge={GameRequest: self._game.transport},
        )
        self._sources = Sources(
            server, accept=self._engine.accept, late=self._accept_late, log=server.logger, tr=translations.plain
        )
        self._tools = Tools(
            engine=self._engine,
            translations=translations,
            alerts=self.alerts,
            state_in_game=self._game.state_of,
            find_prefix=lambda: self._prefix.current,
            version=str(server.get_self_metadata().version),
            config=lambda: self._config_file.config,
            config_state=self._config_state,
            config_path=self._config_file.path,
            source_status=self._sources.status,
            reload=self._reload,
            setups=Setups(time.monotonic, ChannelPreparation(self._run_on_executor).then),
            run_on_executor=self._run_on_executor,
        )
        self._pb_command = PrimeBackupTestCommand(
            server, translations, make_node=lambda: prime_backup_test_node(self._tools), alternative=self._test_command
        )
        jobs = [*self._sources.jobs, self._pb_command.job, self._prefix.job, self._game.job]
        self._periodic = PeriodicThread("prime_notify-watcher", jobs, server.logger)

    # life cycle

    def start(self) -> None:
        """Begin: takes milliseconds, and no network. After an exception, :meth:`stop` cleans up."""
        self._engine.start()
        self._sources.start(self._config_file.config.sources)
        self.players.start()
        self._game.start()
        self._prefix.check()
        register_commands(self._server, self._tools, self._prefix.roots)
        self._pb_command.start()
        self._periodic.start()
        self._log_state()
        self._show_config_alert()

    def stop(self) -> None:
        """Stop all parts, in the order in which events flow. Idempotent; also cleans up after a failed start."""
        if not self._alive:
            return
        self._alive = False
        with contextlib.ExitStack() as stack:  # the last one first, and all of them, even after an error of one
            stack.callback(self._game.stop)
            stack.callback(self._stop_engine)
            stack.callback(self._sources.stop)
            stack.callback(self._pb_command.stop)
            stack.callback(self._periodic.stop, _STOP_TIMEOUT)
            stack.callback(self._game.transport.close)

    def _stop_engine(self) -> None:
        grace = float(self._config_file.config.delivery.stop_grace)
        progress = threading.Timer(1.0, self._translations.info, ("log.stopping",), {"seconds": round(grace)})
        progress.name = "prime_notify-stopping"
        progress.start()
        try:
            busy = self._engine.stop(grace)
        finally:
            progress.cancel()
            progress.join()  # a cancelled timer ends a moment later
        if busy:
            self._translations.warning("log.stopped_busy", endpoints=", ".join(busy))

    def _reload(self, renamed: Sequence[Tuple[str, str]] = ()) -> Reloaded:
        """Put the config file in force as it is now. ``renamed``: as for :meth:`Engine.reload`."""
        reloaded = self._config_file.reload()
        if reloaded.in_force:
            self.alerts.withdraw()
            self._engine.reload(self._config_file.loaded, renamed)
            self._sources.reload(self._config_file.config.sources)
            self._log_state()
        self._show_config_alert()
        return dataclasses.replace(reloaded, problems=self._config_state().problems)

    def _config_state(self) -> ConfigState:
        """The state of the config, with the problem of a prefix that another plugin has."""
        state = self._config_file.state
        return dataclasses.replace(state, problems=(*state.problems, *self._prefix.problems()))

    def _show_config_alert(self) -> None:
        level = self._config_file.config.command.permission.reload
        reload = f"{self._prefix.current} {RELOAD.name}"
        show_config_alert(self.alerts, self._translations, self._config_state(), reload=reload, level=level)

    def _log_state(self) -> None:
        loaded = self._config_file.loaded
        enabled = loaded.config.notification.enabled
        key = "log.state_enabled" if enabled else "log.state_disabled"
        state = self._translations.plain(key if self._config_file.state.in_force else "log.state_unreadable")
        self._translations.info("log.started", state=state, count=sum(e.config.enabled for e in loaded.endpoints))
        for endpoint in self._engine.overview().endpoints:
            if endpoint.orphaned and endpoint.waiting:
                self._translations.warning("log.left_behind", endpoint=endpoint.name, count=endpoint.waiting)
            elif endpoint.mistake is not None and endpoint.waiting:
                place = endpoint.mistake.path
                values = {"endpoint": endpoint.name, "count": endpoint.waiting, "place": place}
                self._translations.warning("log.left_behind_mistake", **values)

    # events

    def accept(self, event: Event) -> Optional[str]:
        """Accept an event of the Python API: the notification's id, or None when it was not accepted."""
        if event.plugin_version is None:
            event = dataclasses.replace(event, plugin_version=plugin_version(self._server, event.plugin_id))
        return self._engine.accept(event)

    def _redispatch(self, notification: Notification) -> None:
        """Dispatch an accepted event for other plugins, from the task executor.

        MCDReforged looks for listeners at the moment of the dispatch, and finds none while any plugin is being loaded.
        A task of the executor runs after that.
        """
        event = LiteralEvent(f"{PRIME_NOTIFY}.{notification.payload.event.value}")

        def dispatch() -> None:
            self._server.dispatch_event(event, (self._engine.describe(notification),), on_executor_thread=False)

        self._server.schedule_task(dispatch)

    def _accept_late(self, event: Event) -> None:
        """Hand an event that comes after the unload to the next instance, or store it for the next start."""
        successor = self._server.get_plugin_instance(PRIME_NOTIFY)
        if successor is not None and successor.is_running():
            successor.notify(
                event.name.value, event.fields, plugin_id=event.plugin_id, plugin_version=event.plugin_version
            )
            return
        try:
            running = self._server.is_server_running()
            leave_events(self._folder, [Received(IdFactory()(), event, time.time(), running)])
        except OutboxError as error:
            self._translations.error("log.late_lost", event=event.name.value, plugin=event.plugin_id, error=error)

    # what other parts are given

    def _alert_level(self, endpoint: str) -> int:
        config = self._config_file.config
        visible_to = (one.visible_to or 0 for one in config.notification.endpoints if one.name == endpoint)
        return max(config.command.permission.history, *visible_to, 0)

    def _test_command(self) -> str:
        return f"{self._prefix.current} {TEST.name}"

    def _run_on_executor(self, task: Callable[[], None]) -> None:
        def run() -> None:
            if self._alive:
                task()

        if self._alive:
            self._server.schedule_task(run)
