"""Whether a notification goes to an endpoint, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional, Sequence, Tuple

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import NotificationConfig
from prime_notify.model.payload import Payload
from prime_notify.routing.rules import RULES, Background, Look, stated

__all__ = ["Decision", "Reason", "decide", "route"]


@dataclass(frozen=True)
class Reason:
    """What one rule says. ``path``: where it is stated, from the endpoint on, or ``notification.…`` for the block.

    ``rule``: its name. ``excepted``: it keeps out what fits it. ``found``: what the event has there, None where it does
    not say. ``wanted``: what fits.
    """

    path: str
    rule: str
    passed: bool
    found: Optional[Tuple[str, ...]]
    wanted: Tuple[str, ...]
    excepted: bool = False


@dataclass(frozen=True)
class Decision:
    """One reason for each rule that is stated; all of them have to be passed."""

    reasons: Tuple[Reason, ...]

    @property
    def passes(self) -> bool:
        return all(reason.passed for reason in self.reasons)


def route(
    payload: Payload, config: NotificationConfig, endpoints: Sequence[EndpointConfig], background: Background
) -> Sequence[str]:
    """Names of the endpoints that ``payload`` goes to."""
    plain = config.enabled and config.events is None
    return [
        one.name
        for one in endpoints
        if (plain and one.takes_everything) or decide(payload, one, config, background).passes
    ]


def decide(
    payload: Payload, endpoint: EndpointConfig, notification: NotificationConfig, background: Background
) -> Decision:
    """Whether ``payload`` goes to this endpoint. Pure.

    What an event does not say fits nothing, so a rule keeps it out and an exception does not. Failures and aborted
    tasks are different: no rule keeps them out for want of knowledge.
    """
    return Decision(tuple(_reasons(payload, endpoint, notification, background)))


def _reasons(
    payload: Payload, endpoint: EndpointConfig, notification: NotificationConfig, background: Background
) -> Iterator[Reason]:
    for path, enabled in (("notification.enabled", notification.enabled), ("enabled", endpoint.enabled)):
        if not enabled:
            yield Reason(path, "enabled", False, ("false",), ("true",))
    for path, events in (("notification.events", notification.events), ("events", endpoint.events)):
        if events is not None:
            yield _required(path, "events", RULES["events"](payload, events, background), payload)
    for name, value in stated(endpoint.filter):
        yield _required(f"filter.{name}", name, RULES[name](payload, value, background), payload)
    for name, value in stated(endpoint.filter.except_):
        look = RULES[name](payload, value, background)
        path = f"filter.except.{name}"
        yield Reason(path, name, look.fits is not True, look.found, look.wanted, excepted=True)


def _required(path: str, rule: str, look: Look, payload: Payload) -> Reason:
    passed = payload.event.is_problem if look.fits is None else look.fits
    return Reason(path, rule, passed, look.found, look.wanted)
