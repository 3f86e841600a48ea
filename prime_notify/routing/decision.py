"""The decision whether a notification goes to an endpoint, with a reason for each rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional, Sequence, Tuple

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import NotificationConfig
from prime_notify.model.payload import Payload
from prime_notify.routing.rules import RULES, RoutingContext, RuleResult, configured_rules, is_asked_for

__all__ = ["Decision", "Reason", "decide", "route"]


@dataclass(frozen=True)
class Reason:
    """The result of one rule.

    ``path``: its place in the config, from the endpoint on, or ``notification.…`` for the whole block. ``rule``: its
    name. ``actual``: what the event has, None if unknown. ``expected``: what matches. ``excepted``: a rule of
    ``filter.except``, which keeps matching events out.
    """

    path: str
    rule: str
    passed: bool
    actual: Optional[Tuple[str, ...]]
    expected: Tuple[str, ...]
    excepted: bool = False


@dataclass(frozen=True)
class Decision:
    """One reason for each configured rule. An event has to pass all of them."""

    reasons: Tuple[Reason, ...]

    @property
    def passes(self) -> bool:
        return all(reason.passed for reason in self.reasons)


def route(
    payload: Payload, config: NotificationConfig, endpoints: Sequence[EndpointConfig], context: RoutingContext
) -> Sequence[str]:
    """Names of the endpoints whose rules let ``payload`` pass."""
    plain = config.enabled and config.events is None and not payload.event.is_on_request
    return [
        one.name
        for one in endpoints
        if (plain and one.takes_everything) or decide(payload, one, config, context).passes
    ]


def decide(
    payload: Payload, endpoint: EndpointConfig, notification: NotificationConfig, context: RoutingContext
) -> Decision:
    """Whether ``payload`` goes to this endpoint. Pure.

    A fact that the event lacks matches no rule: a rule of ``filter`` keeps the event out, and one of ``filter.except``
    does not. But no rule keeps out a failure or an aborted task because a fact is unknown.
    """
    return Decision(tuple(_reasons(payload, endpoint, notification, context)))


def _reasons(
    payload: Payload, endpoint: EndpointConfig, notification: NotificationConfig, context: RoutingContext
) -> Iterator[Reason]:
    for path, enabled in (("notification.enabled", notification.enabled), ("enabled", endpoint.enabled)):
        if not enabled:
            yield Reason(path, "enabled", False, ("false",), ("true",))
    for path, events in (("notification.events", notification.events), ("events", endpoint.events)):
        if events is not None:
            yield _required(path, "events", RULES["events"](payload, events, context), payload)
    if not is_asked_for(payload.event, notification.events, endpoint.events):
        yield Reason("events", "on_request", False, (payload.event.value,), (payload.event.value,))
    if endpoint.is_silent_about(payload):
        yield Reason("type", "silent", False, (payload.event.value,), (endpoint.type,))
    for name, value in configured_rules(endpoint.filter):
        yield _required(f"filter.{name}", name, RULES[name](payload, value, context), payload)
    for name, value in configured_rules(endpoint.filter.except_):
        result = RULES[name](payload, value, context)
        path = f"filter.except.{name}"
        yield Reason(path, name, result.matches is not True, result.actual, result.expected, excepted=True)


def _required(path: str, rule: str, result: RuleResult, payload: Payload) -> Reason:
    passed = payload.event.is_problem if result.matches is None else result.matches
    return Reason(path, rule, passed, result.actual, result.expected)
