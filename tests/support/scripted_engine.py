"""A real engine over a real folder, whose endpoints and test results a test sets."""

from __future__ import annotations

import datetime
import logging
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from prime_notify.delivery.notices import LastResult
from prime_notify.delivery.overview import EndpointState, Overview
from prime_notify.engine.endpoint_test import TestResult
from prime_notify.engine.engine import Engine
from prime_notify.loading.load import LoadedConfig
from prime_notify.model.event import EventName
from prime_notify.routing import Decision, Explanation
from prime_notify.schedules.plan import NO_PLAN, Plan, Skip
from tests.support.clock import FakeClock
from tests.support.texts import CATALOGUE

__all__ = ["NOON", "ScriptedEngine", "ScriptedRehearsal", "ScriptedSchedule", "last", "state"]

NOON = datetime.datetime(2026, 1, 1, 12).astimezone().timestamp()
"""Noon of New Year's Day of 2026 in any time zone of this machine: "2026-01-01 12:00:00" for people."""


def state(name: str, *, enabled: bool = True, **more: Any) -> EndpointState:
    return EndpointState(name, "webhook", enabled, **more)


def last(outcome: str, status: Optional[int] = None, ms: float = 81.6, *, reason: str = "") -> LastResult:
    """An attempt at noon."""
    return LastResult(outcome, status, ms, NOON, reason)


class ScriptedSchedule:
    """``now``: the plan of the backups. ``skips``: the runs that were left out since the last look."""

    def __init__(self) -> None:
        self.now: Plan = NO_PLAN
        self.skips: List[Skip] = []

    def plan(self) -> Plan:
        return self.now

    def take_skips(self) -> Sequence[Skip]:
        taken, self.skips = self.skips, []
        return taken


class ScriptedEngine(Engine):
    """Its history, replays and drops are the real ones. It starts at its first use, at noon.

    ``schedule``: of the backups. ``endpoints``: what the overview shows, instead of waiting for endpoints to fail.
    ``elsewhere``: another owner of the folder. The engine has no endpoint of its own, so nothing that a test stores is
    delivered.
    """

    def __init__(self, loaded: LoadedConfig, folder: Path, endpoints: Sequence[EndpointState]) -> None:
        self.clock = FakeClock(NOON)
        self.schedule = ScriptedSchedule()
        log = logging.getLogger("tests.engine")
        more = {"clock": self.clock, "schedule": self.schedule}
        super().__init__(loaded, data_dir=folder, catalogue=CATALOGUE, log=log, **more)  # type: ignore[arg-type]
        self.endpoints = endpoints
        self.elsewhere = ""
        self.refusing = False
        self.switched: List[Tuple[str, bool]] = []
        self.rehearsal = ScriptedRehearsal(self)  # type: ignore[assignment]

    def overview(self) -> Overview:
        return Overview(super().overview().enabled, tuple(self.endpoints), self.elsewhere, self.refusing)

    def switch(self, endpoint: str, on: bool) -> None:
        self.switched.append((endpoint, on))


class ScriptedRehearsal:
    """A test is answered when :meth:`answer` is called, in the order and at the time that the test of it wants."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self._engine = engine
        self.previewed: List[str] = []
        self.decided = Decision(())
        self.tested: List[Tuple[str, Optional[str], Mapping[str, str]]] = []
        self._waiting: Dict[str, Callable[[TestResult], None]] = {}

    def preview(self, endpoint: str, event: Optional[EventName]) -> Sequence[str]:
        return self.previewed or [f"POST to {endpoint}", "", f"a {event.value if event else 'digest'}"]

    def explanation(self, endpoint: str, _event: EventName) -> Explanation:
        return Explanation(endpoint, self.decided)

    def test(
        self,
        event: EventName,
        *,
        endpoint: Optional[str],
        on_result: Callable[[TestResult], None],
        operator: Mapping[str, str],
    ) -> Sequence[str]:
        known = self._engine.endpoints
        names = [one.name for one in known if (one.on if endpoint is None else one.name == endpoint)]
        self.tested.append((event.value, endpoint, operator))
        self._waiting.update(dict.fromkeys(names, on_result))
        return names

    def take(self, endpoint: str) -> Callable[..., None]:
        """The answer to the test of one endpoint, to be given later."""
        on_result = self._waiting.pop(endpoint)
        return lambda *, ok: on_result(TestResult(endpoint, ok, 200, 12.4, "", ""))

    def answer(self, endpoint: str, *, ok: bool = True, status: Optional[int] = 200, **why: Any) -> None:
        """The result of the test at one endpoint."""
        details = {"reason": "", "hint": "", **why}
        self._waiting.pop(endpoint)(TestResult(endpoint, ok, status, 12.4, **details))
