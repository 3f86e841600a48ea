"""One life of the plugin, from ``on_load`` to ``on_unload``.

MCDReforged has one thread for all plugins' events and commands, and a packed plugin is compiled at each import. So
``on_load`` only registers what MCDReforged takes at that moment alone: listeners, command roots, the help line. The
sources observe from then on, and their events wait in memory. A thread of ours imports, builds and starts all the rest.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, FrozenSet, Iterable, Optional

from mcdreforged.api.types import PluginServerInterface

from prime_notify.config.early import read_early
from prime_notify.mcdr.players import Players
from prime_notify.mcdr.reception import Reception
from prime_notify.mcdr.roots import RELOAD_PLUGIN, Roots
from prime_notify.model.event import Event
from prime_notify.sources.all import Sources
from prime_notify.text.counted import Counted
from prime_notify.text.wording import in_language, internal_remedy

if TYPE_CHECKING:
    from prime_notify.mcdr.foundation import Foundation
    from prime_notify.mcdr.service import Service

__all__ = ["STEPS", "Life"]

STEPS = (
    "prime_notify.config.models",
    "prime_notify.messages.messages",
    "prime_notify.loading.load",
    "prime_notify.transport.dispatch",
    "prime_notify.delivery.lanes",
    "prime_notify.engine.engine",
    "prime_notify.mcdr.commands.all",
    "prime_notify.mcdr.service",
)
"""Modules that are imported one after another. An unload in between waits for one step only."""

_PATIENCE = 5.0
"""Seconds that an unload waits for the loading thread. MCDReforged's watchdog barks after ten."""


class Life:
    """``start`` and ``stop`` are called on the task executor.

    ``players_online``: those whom the former instance knew. ``former``: its loading thread, which may still run.
    ``on_failure``: called when the plugin could not start, from any thread.
    """

    def __init__(
        self,
        server: PluginServerInterface,
        players_online: Iterable[str] = (),
        former: Optional[threading.Thread] = None,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        self._server = server
        self._former = former
        self._on_failure = on_failure
        self._stopping = threading.Event()
        self._taken_over = threading.Event()
        self._take_over_error: Optional[BaseException] = None
        self._ending = threading.Lock()
        self._ended = False
        self._foundation: Optional[Foundation] = None
        self._service: Optional[Service] = None
        self.players = Players(server, players_online)
        self.reception = Reception(server.is_server_running)
        self.roots = Roots(server, read_early(Path("config", server.get_self_metadata().id, "config.json")))
        self.sources = Sources(
            server, accept=self.reception.accept, late=self._take_late, log=server.logger, tr=self._text
        )
        self.thread = threading.Thread(target=self._run, name="prime_notify-loading", daemon=True)

    def start(self) -> None:
        """Register, observe, and begin to load. To be called in ``on_load``."""
        self.players.start()
        self.roots.register()
        self.sources.start()
        self.thread.start()

    def stop(self) -> FrozenSet[str]:
        """Stop the plugin, or its loading. Returns the players who are online. Idempotent."""
        self._stopping.set()
        self._taken_over.set()
        if self.thread.ident is not None:
            self.thread.join(_PATIENCE)
        if self.thread.is_alive():  # the disk hangs, or the machine is very busy: the thread cleans up itself
            self._server.logger.warning("%s", self._text("log.still_loading"))
        else:
            self._end()
        return frozenset(self.players.online)

    def _end(self) -> None:
        """Stop all parts, in the order in which events flow, and store events that nobody has taken. Once."""
        with self._ending:
            if self._ended:
                return
            self._ended = True
        with contextlib.ExitStack() as stack:  # the last one first, and all of them, even after an error of one
            stack.callback(self._leave_held)
            if self._service is not None:
                stack.callback(self._service.stop)
            stack.callback(self.sources.stop)

    def _leave_held(self) -> None:
        held = self.reception.close()
        if self._foundation is not None:
            self._foundation.late.leave(held)

    # the loading thread

    def _run(self) -> None:
        try:
            if self._former is not None:
                self._former.join()
            self._load()
        except BaseException as error:  # noqa: BLE001  (whatever it is: the log says it, and MCDReforged goes on)
            if not self._stopping.is_set():
                self._fail(error)
        if self._stopping.is_set():
            with contextlib.suppress(Exception):
                self._end()

    def _load(self) -> None:
        from prime_notify.mcdr.foundation import Foundation

        self._foundation = Foundation.lay(self._server)  # first of all: it can store the events that nobody takes
        for name in STEPS:
            if self._stopping.is_set():
                return
            importlib.import_module(name)
        from prime_notify.mcdr.service import Service

        service = self._service = Service(self._foundation, self.sources, self.players, self.roots)
        service.start()
        self.reception.open(service.accept)
        self._server.schedule_task(self._take_over)
        self._taken_over.wait()
        if self._take_over_error is not None:
            raise self._take_over_error
        if not self._stopping.is_set():
            service.announce()

    def _take_over(self) -> None:
        """The part of the start that the task executor has to do: a few milliseconds."""
        try:
            if self._service is not None and not self._stopping.is_set():
                self._service.take_over()
        except Exception as error:  # noqa: BLE001  (the loading thread says it)
            self._take_over_error = error
        finally:
            self._taken_over.set()

    def _fail(self, error: BaseException) -> None:
        """Clean up, and say what to do."""
        self._on_failure()
        self.roots.fail()
        # the messages of other errors may quote a value of the config, and so a secret
        reason = f"{type(error).__name__}: {error}" if isinstance(error, (OSError, ImportError)) else None
        lines = "".join(traceback.format_tb(error.__traceback__)).rstrip()
        self._server.logger.error(
            "%s\n%s", self._text("log.start_failed", reason=reason or type(error).__name__), lines
        )
        self._server.logger.error("%s", self._text("log.start_failed_next", remedy=internal_remedy(error)))
        if not isinstance(error, ImportError):  # whose remedy is the same
            self._server.logger.error("%s", self._text("log.start_again", reload=RELOAD_PLUGIN))
        try:
            self._end()
        except Exception:
            self._server.logger.exception("unexpected error while cleaning up")

    # what other parts are given

    def _text(self, key: str, **values: object) -> str:
        """A text of ``lang/`` in MCDReforged's language. Until ours are loaded, MCDReforged translates it."""
        if self._foundation is not None:
            return self._foundation.translations.plain(key, **values)
        language = "zh_cn" if self._server.get_mcdr_language() == "zh_cn" else "en_us"
        chosen = {name: in_language(one, language) if isinstance(one, str) else one for name, one in values.items()}
        counted: Any = {name: Counted(one) if isinstance(one, int) else one for name, one in chosen.items()}
        return str(self._server.tr(f"{self._server.get_self_metadata().id}.{key}", **counted))

    def _take_late(self, event: Event) -> None:
        """Take an event that a source reports after its stop."""
        if self._foundation is None:
            self.reception.accept(event)
        else:
            self._foundation.late.take(event)
