"""A desk whose answers the tests set, for commands typed into real command nodes."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from mcdreforged.api.rtext import RText, RTextBase

from prime_notify import engine
from prime_notify.config.models import Config
from prime_notify.mcdr.commands.desk import Reloaded
from prime_notify.model.event import EventName
from tests.unit.mcdr.console import Console

__all__ = ["ScriptedDesk", "state"]


def state(name: str, *, enabled: bool = True, waiting: int = 0, **last: Any) -> engine.EndpointState:
    return engine.EndpointState(name, "webhook", enabled, waiting, **last)


class ScriptedDesk:
    """Tests are answered when :meth:`answer` is called, in the order and at the time that a test wants."""

    prefix = "!!pn"
    version = "1.2.3"

    def __init__(self, console: Console, *endpoints: engine.EndpointState, enabled: bool = True) -> None:
        self.speech = console.speech
        self.post = console.schedule_task
        self.endpoints = endpoints
        self.listed: List[RTextBase] = [RText("Prime Backup 1.13.0")]
        self.reloaded = Reloaded(True, ())
        self.configure(notification={"enabled": enabled})
        self.tested: List[Tuple[str, Optional[str], Mapping[str, str]]] = []
        self._waiting: Dict[str, Callable[[engine.TestResult], None]] = {}

    def configure(self, **sections: Any) -> None:
        self.config = Config.model_validate(sections)

    def overview(self) -> engine.Overview:
        return engine.Overview(self.config.notification.enabled, tuple(self.endpoints))

    def sources(self) -> Sequence[RTextBase]:
        return self.listed

    def reload(self) -> Reloaded:
        return self.reloaded

    def test(
        self,
        event: EventName,
        *,
        endpoint: Optional[str],
        on_result: Callable[[engine.TestResult], None],
        operator: Mapping[str, str],
    ) -> Sequence[str]:
        names = [one.name for one in self.endpoints if (one.enabled if endpoint is None else one.name == endpoint)]
        self.tested.append((event.value, endpoint, operator))
        self._waiting.update(dict.fromkeys(names, on_result))
        return names

    def answer(self, endpoint: str, *, ok: bool = True, status: Optional[int] = 200, **why: str) -> None:
        """What came of the test at one endpoint."""
        details = {"reason": "", "hint": "", **why}
        self._waiting.pop(endpoint)(engine.TestResult(endpoint, ok, status, 12.4, **details))
