"""A desk whose answers the tests set, for commands typed into real command nodes."""

from __future__ import annotations

import datetime
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from mcdreforged.api.rtext import RText, RTextBase

from prime_notify.config.models import Config
from prime_notify.delivery.notices import LastResult
from prime_notify.engine.endpoint_test import TestResult
from prime_notify.engine.overview import EndpointState, Overview
from prime_notify.mcdr.commands.desk import Reloaded
from prime_notify.model.event import EventName
from prime_notify.outbox.history import History
from prime_notify.routing import Decision, Explanation
from tests.support.archive import Archive
from tests.unit.mcdr.console import Console

__all__ = ["NOON", "ScriptedDesk", "last", "state"]


def state(name: str, *, enabled: bool = True, **more: Any) -> EndpointState:
    return EndpointState(name, "webhook", enabled, **more)


NOON = datetime.datetime(2026, 1, 1, 12).astimezone().timestamp()
"""Of New Year's Day of 2026, whatever the time zone of this machine: "2026-01-01 12:00:00" to people."""


def last(outcome: str, status: Optional[int] = None, ms: float = 81.6, *, reason: str = "") -> LastResult:
    """An attempt at noon."""
    return LastResult(outcome, status, ms, NOON, reason)


class ScriptedDesk:
    """Tests are answered when :meth:`answer` is called, in the order and at the time that a test wants.

    ``archive``: what the history is read from, and where dead letters are replayed and dropped.
    """

    prefix = "!!pn"
    version = "1.2.3"

    def __init__(self, console: Console, *endpoints: EndpointState, enabled: bool = True) -> None:
        self.speech = console.speech
        self.post = console.schedule_task
        self.endpoints = endpoints
        self.archive: Optional[Archive] = None
        self.now = NOON
        self.switched: List[Tuple[str, bool]] = []
        self.elsewhere = ""
        self.previewed: List[str] = []
        self.decided = Decision(())
        self.refusing = False
        self.listed: List[RTextBase] = [RText("Prime Backup 1.13.0")]
        self.reloaded = Reloaded(True, ())
        self.configure(notification={"enabled": enabled})
        self.tested: List[Tuple[str, Optional[str], Mapping[str, str]]] = []
        self._waiting: Dict[str, Callable[[TestResult], None]] = {}

    def preview(self, endpoint: str, event: Optional[EventName]) -> Sequence[str]:
        return self.previewed or [f"POST to {endpoint}", "", f"a {event.value if event else 'digest'}"]

    def explanation(self, endpoint: str, _event: EventName) -> Explanation:
        return Explanation(endpoint, self.decided)

    def configure(self, **sections: Any) -> None:
        self.config = Config.model_validate(sections)

    def overview(self) -> Overview:
        return Overview(self.config.notification.enabled, tuple(self.endpoints), self.elsewhere, self.refusing)

    @property
    def history(self) -> Optional[History]:
        return self.archive and History(self.archive.outbox.database)

    def replay(self, notification_id: Optional[str]) -> Sequence[str]:
        return self.archive.outbox.replay(notification_id, at=self.now) if self.archive else []

    def drop(self, notification_id: Optional[str]) -> int:
        return self.archive.outbox.drop(notification_id, at=self.now) if self.archive else 0

    def switch(self, endpoint: str, on: bool) -> None:
        self.switched.append((endpoint, on))

    def sources(self) -> Sequence[RTextBase]:
        return self.listed

    def reload(self) -> Reloaded:
        return self.reloaded

    def test(
        self,
        event: EventName,
        *,
        endpoint: Optional[str],
        on_result: Callable[[TestResult], None],
        operator: Mapping[str, str],
    ) -> Sequence[str]:
        names = [one.name for one in self.endpoints if (one.enabled if endpoint is None else one.name == endpoint)]
        self.tested.append((event.value, endpoint, operator))
        self._waiting.update(dict.fromkeys(names, on_result))
        return names

    def answer(self, endpoint: str, *, ok: bool = True, status: Optional[int] = 200, **why: str) -> None:
        """What came of the test at one endpoint."""
        details = {"reason": "", "hint": "", **why}
        self._waiting.pop(endpoint)(TestResult(endpoint, ok, status, 12.4, **details))
