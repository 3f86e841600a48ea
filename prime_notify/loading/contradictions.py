"""Finds rules of one endpoint that no event can pass together, by an enumeration of all cases."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, FrozenSet, List, Optional, Sequence, Tuple

from prime_notify.config.problem import Location
from prime_notify.model.event import EventName, Status
from prime_notify.model.payload import Payload, PluginInfo, Timestamp
from prime_notify.routing.rules import RULES, RoutingContext, configured_rules
from prime_notify.text.wording import Wording, joined

if TYPE_CHECKING:
    from prime_notify.config.endpoint import EndpointConfig

__all__ = ["Contradiction", "contradiction_in"]

_ENUMERABLE = frozenset(("events", "success_only", "error_only", "min_severity", "tasks", "min_cost", "on_change"))
"""The rules that depend on event, severity, cost and last outcome only. The others depend on free text."""


@dataclass(frozen=True)
class Contradiction:
    """Rules that no event can pass together.

    ``at``: the last of these rules, from the endpoint on. ``fatal``: all of them stand in the endpoint itself, so that
    it can never receive anything.
    """

    at: Location
    remedy: Wording
    fatal: bool


@dataclass(frozen=True)
class _Condition:
    """A rule, as the set of cases that pass it. ``at`` is None for the rule of the whole block."""

    path: str
    at: Optional[Location]
    passing: FrozenSet[int]


def contradiction_in(endpoint: EndpointConfig, block_events: Optional[Sequence[EventName]]) -> Optional[Contradiction]:
    """The contradiction among the rules of ``endpoint``; None when some event can pass them all.

    :param block_events: the events of the whole notification block; None or empty: that block has no such rule.
    """
    contradicting = _smallest_contradiction(_conditions(endpoint, block_events))
    if not contradicting:
        return None
    *others, last = contradicting
    at = last.at or ()
    if not others:
        return Contradiction(
            at, Wording("it keeps everything out; leave it out", "它把一切都挡在外面；请去掉"), fatal=True
        )
    both = Wording("both", "两者") if len(others) == 1 else Wording("all of them", "所有这些规则")
    remedy = Wording(
        "it contradicts {names}: nothing can pass {both}; remove or change one of them",
        "与 {names} 矛盾：没有事件能同时满足{both}；请去掉或修改其中之一",
        names=joined((one.path for one in others), " and ", "、"),
        both=both,
    )
    return Contradiction(at, remedy, fatal=all(one.at for one in others))


def _conditions(endpoint: EndpointConfig, block_events: Optional[Sequence[EventName]]) -> List[_Condition]:
    rules, excepted = endpoint.filter, endpoint.filter.except_
    costs = {float(cost) for cost in (rules.min_cost, excepted.min_cost) if cost is not None}
    cases = _cases(tuple(sorted({0.0, *costs})))

    def condition(at: Tuple[str, ...], value: Any, path: str = "", matching: bool = True) -> _Condition:
        results = [RULES[at[-1]](payload, value, context).matches for payload, context in cases]
        passing = frozenset(number for number, matches in enumerate(results) if bool(matches) is matching)
        return _Condition(path or ".".join(at), None if path else at, passing)

    conditions = [condition(("events",), block_events, "notification.events")] if block_events else []
    conditions += [condition(("events",), endpoint.events)] if endpoint.events else []
    conditions += [condition(("filter", name), value) for name, value in configured_rules(rules) if name in _ENUMERABLE]
    for name, value in configured_rules(excepted):
        if name in _ENUMERABLE:
            conditions.append(condition(("filter", "except", name), value, matching=False))
    return conditions


@functools.lru_cache(maxsize=16)
def _cases(costs: Tuple[float, ...]) -> Sequence[Tuple[Payload, RoutingContext]]:
    """All cases that these rules can distinguish."""
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
            for last_status in (Status.SUCCESS, Status.FAILURE):
                cases.append((payload, RoutingContext({payload.task_kind: last_status})))
    return cases


def _smallest_contradiction(conditions: Sequence[_Condition]) -> List[_Condition]:
    """Conditions that no case passes together, without those that do not matter for it; empty when a case passes."""
    core = list(conditions)
    if _passable(core):
        return []
    for condition in conditions:
        fewer = [other for other in core if other is not condition]
        if not _passable(fewer):
            core = fewer
    return core


def _passable(conditions: Sequence[_Condition]) -> bool:
    return not conditions or bool(frozenset.intersection(*(condition.passing for condition in conditions)))
