"""The plugin as a whole: config, engine and commands, from the end of their import to the unload."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from typing import Callable, Optional, Sequence, Tuple

from mcdreforged.api.event import LiteralEvent

from prime_notify.delivery.overview import EndpointCount
from prime_notify.engine.engine import Engine
from prime_notify.mcdr.alerts import NoticeAlerts, OperatorAlerts, show_config_alert
from prime_notify.mcdr.commands.all import add_commands
from prime_notify.mcdr.commands.preparation import ChannelPreparation
from prime_notify.mcdr.commands.reload import RELOAD
from prime_notify.mcdr.commands.setups import Setups
from prime_notify.mcdr.commands.test import TEST, prime_backup_test_node
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.commands.watch import WATCH
from prime_notify.mcdr.config_file import ConfigFile, ConfigState, Reloaded
from prime_notify.mcdr.foundation import Foundation
from prime_notify.mcdr.game.game import Game
from prime_notify.mcdr.pb_command import PrimeBackupTestCommand
from prime_notify.mcdr.players import Players
from prime_notify.mcdr.prefix import CommandPrefix
from prime_notify.mcdr.roots import Roots
from prime_notify.mcdr.told_log import log_told
from prime_notify.model.event import Arrival, Event
from prime_notify.model.notification import Notification
from prime_notify.model.plugin_ids import PRIME_NOTIFY
from prime_notify.model.request import GameRequest
from prime_notify.periodic import PeriodicThread
from prime_notify.sources.all import Sources
from prime_notify.sources.source import plugin_version

__all__ = ["Service"]

_STOP_TIMEOUT = 5.0  # seconds for a periodic job that is running


class Service:
    """The plugin once its modules are loaded. Called in this order: ``start``, ``take_over``, ``announce``, ``stop``.

    ``accept`` may be called from any thread.
    """

    def __init__(self, foundation: Foundation, sources: Sources, players: Players, roots: Roots) -> None:
        server = self._server = foundation.server
        self._alive = True
        self._roots = roots
        self._sources = sources
        translations, folder = foundation.translations, foundation.folder
        self._translations = translations
        self._config_file = ConfigFile(server, folder, translations, prefix=roots.configured)
        self._prefix = CommandPrefix(server, translations, roots.configured)
        self.alerts = OperatorAlerts(server, players)
        self._game = Game(
            server,
            folder,
            players,
            translations,
            find_prefix=lambda: self._prefix.current,
            find_level=lambda: self._config_file.config.command.permission.history,
            run_on_executor=self._run_on_executor,
        )
        self._engine = self._make_engine(foundation)
        self._tools = self._make_tools()
        self._pb_command = PrimeBackupTestCommand(
            server, translations, make_node=lambda: prime_backup_test_node(self._tools), alternative=self._test_command
        )
        jobs = [*self._sources.jobs, self._pb_command.job, self._prefix.job, self._game.job]
        self._periodic = PeriodicThread("prime_notify-watcher", jobs, server.logger)

    def _make_engine(self, foundation: Foundation) -> Engine:
        notices = NoticeAlerts(
            self._translations, self.alerts, self._test_command, self._alert_level, self._run_on_executor
        )
        server = self._server
        return Engine(
            self._config_file.loaded,
            data_dir=foundation.folder,
            catalogue=foundation.catalogue,
            log=server.logger,
            language=server.get_mcdr_language(),
            server_running=server.is_server_running,
            on_accepted=self._accepted,
            on_notice=notices.publish,
            of_the_edge={GameRequest: self._game.transport},
            schedule=self._sources.schedule,
        )

    def _make_tools(self) -> Tools:
        return Tools(
            engine=self._engine,
            translations=self._translations,
            alerts=self.alerts,
            state_in_game=self._game.state_of,
            find_prefix=lambda: self._prefix.current,
            version=str(self._server.get_self_metadata().version),
            config=lambda: self._config_file.config,
            config_state=self._config_state,
            config_path=self._config_file.path,
            source_status=self._sources.status,
            reload=self._reload,
            setups=Setups(time.monotonic, ChannelPreparation(self._run_on_executor).then),
            run_on_executor=self._run_on_executor,
        )

    # life cycle

    def start(self) -> None:
        """Open the outbox and begin to deliver. On the loading thread. After an exception, :meth:`stop` cleans up."""
        self._game.load()
        self._engine.start()
        self._prefix.check()

    def take_over(self) -> None:
        """Answer commands and listen to the plugins that the config names. On the task executor; milliseconds."""
        self._sources.configure(self._config_file.config.sources)
        self.alerts.start()
        self._game.start()
        add_commands(self._tools, self._roots.by_prefix)
        self._pb_command.start(self._roots.prime_backup)
        self._show_config_alert()

    def announce(self) -> None:
        """Begin the periodic work, and log the state: the start is over. On the loading thread."""
        self._periodic.start()
        self._log_state()

    def stop(self) -> None:
        """Stop all parts but the sources, which are stopped before. Idempotent; also cleans up after a failed start."""
        if not self._alive:
            return
        self._alive = False
        with contextlib.ExitStack() as stack:  # the last one first, and all of them, even after an error of one
            stack.callback(self._game.stop)
            stack.callback(self._stop_engine)
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
            self._sources.configure(self._config_file.config.sources)
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
        endpoints = self._engine.overview().endpoints
        count = EndpointCount.of(endpoints)
        self._translations.info("log.started", state=state, count=count.total, states=self._states(count))
        for endpoint in endpoints:
            if endpoint.orphaned and endpoint.waiting:
                self._translations.warning("log.left_behind", endpoint=endpoint.name, count=endpoint.waiting)
            elif endpoint.mistake is not None and endpoint.waiting:
                place = endpoint.mistake.path
                values = {"endpoint": endpoint.name, "count": endpoint.waiting, "place": place}
                self._translations.warning("log.left_behind_mistake", **values)

    def _states(self, count: EndpointCount) -> str:
        plain = self._translations.plain
        parts = [plain(f"command.overview.states.{name}", count=number) for name, number in count.apart.items()]
        return plain("command.mark.brackets", text=plain("command.mark.list").join(parts)) if parts else ""

    # events

    def accept(self, event: Event, arrival: Optional[Arrival] = None) -> Optional[str]:
        """Accept an event, or one that has waited: the notification's id, or None when it was not accepted."""
        if event.plugin_version is None:
            event = dataclasses.replace(event, plugin_version=plugin_version(self._server, event.plugin_id))
        return self._engine.accept(event, arrival)

    def _accepted(self, notification: Notification) -> None:
        """A notification was stored: on the thread of the intake."""
        see = f"{self._prefix.current} {WATCH.name}"
        log_told(notification, self._translations, self._engine.watching.is_wanted, see)
        self._redispatch(notification)

    def _redispatch(self, notification: Notification) -> None:
        """Dispatch an accepted event for other plugins, from the task executor.

        MCDReforged looks for listeners at the moment of the dispatch, and finds none while any plugin is being loaded.
        A task of the executor runs after that.
        """
        event = LiteralEvent(f"{PRIME_NOTIFY}.{notification.payload.event.value}")

        def dispatch() -> None:
            self._server.dispatch_event(event, (self._engine.describe(notification),), on_executor_thread=False)

        self._server.schedule_task(dispatch)

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
