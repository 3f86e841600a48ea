"""Finds rules of one endpoint that nothing can fit together, by trying everything that can happen."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Tuple

from prime_notify.config.event_words import events_of
from prime_notify.config.problem import Location
from prime_notify.model.event import EventName, Status
from prime_notify.model.payload import Payload, PluginInfo, Timestamp
from prime_notify.routing.rules import RULES, Background, stated
from prime_notify.text.wildcard import covers

if TYPE_CHECKING:
    from prime_notify.config.endpoint import EndpointConfig

__all__ = ["Contradiction", "contradictions"]

_DECIDABLE = frozenset(
    ("events", "success_only", "error_only", "min_severity", "tasks", "min_cost", "on_change")
)  # by what can happen; the others depend on texts
_SOMEONE = frozenset(("operators", "sources"))
_BLOCK = "notification.events"


@dataclass(frozen=True)
class Contradiction:
    """Rules that cannot be fitted together. ``at``: from the endpoint on. ``fatal``: nothing passes at all, and the
    endpoint alone is to blame; otherwise what stands there is only without effect."""

    at: Location
    remedy: str
    fatal: bool


@dataclass(frozen=True)
class _Claim:
    """A rule, as the set of cases that pass it. ``at`` is None for the rule of the whole block."""

    path: str
    at: Optional[Location]
    passing: FrozenSet[int]


def contradictions(
    endpoint: EndpointConfig, block_events: Optional[Sequence[EventName]], written_events: object
) -> List[Contradiction]:
    """What is contradictory in ``endpoint``, most of all first.

    :param block_events: the events of the whole notification block.
    :param written_events: ``events`` as it stands in the document, before its patterns are resolved.
    """
    claims = _Claims(endpoint, block_events)
    core = _core(claims.all)
    if core:
        return [_total(core)]
    items = _single_events(written_events)
    tasks = endpoint.filter.tasks or ()
    dead = [*claims.without_effect(("events",), items)]
    dead += claims.without_effect(("filter", "tasks"), [(n, "tasks", [task]) for n, task in enumerate(tasks)])
    return [*_covered(endpoint), *dead]


class _Claims:
    """All decidable rules of an endpoint, over everything that can happen."""

    def __init__(self, endpoint: EndpointConfig, block_events: Optional[Sequence[EventName]]) -> None:
        rules, excepted = endpoint.filter, endpoint.filter.except_
        costs = {float(cost) for cost in (rules.min_cost, excepted.min_cost) if cost is not None}
        self._cases = _cases(tuple(sorted({0.0, *costs})))
        self.all: List[_Claim] = []
        if block_events:
            self.all.append(self._claim(_BLOCK, None, "events", block_events))
        if endpoint.events:
            self.all.append(self._claim("events", ("events",), "events", endpoint.events))
        for name, value in stated(rules):
            if name in _DECIDABLE:
                self.all.append(self._claim(f"filter.{name}", ("filter", name), name, value))
        for name, value in stated(excepted):
            if name in _DECIDABLE:
                self.all.append(self._claim(f"filter.except.{name}", ("filter", "except", name), name, value, False))

    def without_effect(self, at: Location, items: Iterable[Tuple[int, str, Sequence[Any]]]) -> Iterator[Contradiction]:
        """Those items of the list at ``at`` that the other rules never let pass."""
        others = [claim for claim in self.all if claim.at != at]
        for index, rule, values in items:
            item = self._claim("", (*at, index), rule, values)
            core = [claim for claim in _core([*others, item]) if claim is not item]
            if core:
                yield Contradiction((*at, index), f"{_names(core)} never let{_s(core)} this pass; leave it out", False)

    def _claim(self, path: str, at: Optional[Location], rule: str, value: Any, fitting: bool = True) -> _Claim:
        passing = [
            number
            for number, (payload, background) in enumerate(self._cases)
            if bool(RULES[rule](payload, value, background).fits) is fitting
        ]
        return _Claim(path, at, frozenset(passing))


@functools.lru_cache(maxsize=16)
def _cases(costs: Tuple[float, ...]) -> Sequence[Tuple[Payload, Background]]:
    """Everything that can happen, as far as the decidable rules can tell it apart."""
    cases = []
    for event in EventName:
        for severity, cost in itertools.product(event.severities, (None,) if event.is_start else costs):
            payload = Payload(
                id="",
                event=event,
                task=event.task,
                status=event.status,
                severity=severity,
                timestamp=Timestamp(unix=0, iso=""),
                task_id="",
                plugin=PluginInfo(id=""),
                cost_s=cost,
            )
            for before in (Status.SUCCESS, Status.FAILURE):
                cases.append((payload, Background({payload.task_kind: before})))
    return cases


def _core(claims: Sequence[_Claim]) -> List[_Claim]:
    """As few of the claims as possible that no case passes together; none when some case passes them all."""
    core = list(claims)
    if not core or frozenset.intersection(*(claim.passing for claim in core)):
        return []
    for claim in claims:
        fewer = [other for other in core if other is not claim]
        if fewer and not frozenset.intersection(*(other.passing for other in fewer)):
            core = fewer
    return core


def _total(core: Sequence[_Claim]) -> Contradiction:
    *others, last = core
    at = last.at or ()
    if not others:
        return Contradiction(at, "it keeps everything out; leave it out", True)
    together = "both" if len(others) == 1 else "all of them"
    remedy = f"it contradicts {_names(others)}: nothing can pass {together}; remove or change one of them"
    return Contradiction(at, remedy, fatal=all(claim.at for claim in core))


def _names(claims: Sequence[_Claim]) -> str:
    return " and ".join(claim.path for claim in claims)


def _s(claims: Sequence[_Claim]) -> str:
    return "s" if len(claims) == 1 else ""


def _single_events(written: object) -> Iterator[Tuple[int, str, Sequence[EventName]]]:
    for index, item in enumerate(written if isinstance(written, list) else [written]):
        try:
            yield index, "events", events_of(item)
        except ValueError:  # told already
            continue


def _covered(endpoint: EndpointConfig) -> Iterator[Contradiction]:
    """Patterns that an exception takes back."""
    wanted: Dict[str, Any] = dict(stated(endpoint.filter))
    for name, excepted in stated(endpoint.filter.except_):
        if name in _DECIDABLE or name not in wanted:
            continue
        covered = _covers_someone if name in _SOMEONE else covers
        taken = [index for index, glob in enumerate(wanted[name]) if any(covered(other, glob) for other in excepted)]
        if len(taken) == len(wanted[name]):
            remedy = f"it contradicts filter.{name}: nothing can pass both; remove or change one of them"
            yield Contradiction(("filter", "except", name), remedy, True)
            continue
        for index in taken:
            remedy = f"filter.except.{name} never lets this pass; leave it out"
            yield Contradiction(("filter", name, index), remedy, False)


def _covers_someone(pattern: str, other: str) -> bool:
    """As :func:`covers`, for those who fit with their type or their name alone, too."""
    kind, colon, name = other.partition(":")
    return covers(pattern, other) or (bool(colon) and (covers(pattern, kind) or covers(pattern, name)))
