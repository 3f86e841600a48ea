"""The state of the engine for people: the endpoints, the deliveries that wait, and the last results."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from types import MappingProxyType
from typing import Iterable, Mapping, NamedTuple, Optional, Tuple

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.heartbeat import LastHeartbeat
from prime_notify.delivery.lane import Lane
from prime_notify.delivery.notices import LastResult
from prime_notify.loading.load import BrokenEndpoint, LoadedConfig, Problem
from prime_notify.model.health import Health

__all__ = ["EndpointCount", "EndpointState", "Overview", "count_in_config", "overview_of"]


@dataclass(frozen=True)
class EndpointState:
    """One endpoint. ``enabled``: as the config says; ``switched_on`` and ``switched_off``: by the command since then.

    ``last``: the newest attempt of this process; ``last_success``: unix seconds, perhaps of an earlier process.
    ``confirmed``: that success was no mere acceptance. ``disabled``: the service said that the address is gone.
    ``paused_for``: seconds until the next try, while it is paused. ``orphaned``: it is not in the config any more, but
    deliveries wait for it. ``mistake``: the problem in the config that switches it off. ``visible_to``: the permission
    level that sees it. ``heartbeat``: the newest one, where the endpoint has them.
    """

    name: str
    type: str
    enabled: bool
    waiting: int = 0
    dead: int = 0
    last: Optional[LastResult] = None
    last_success: Optional[float] = None
    confirmed: bool = True
    failing_for: Optional[float] = None
    paused_for: float = 0.0
    disabled: bool = False
    switched_on: bool = False
    switched_off: bool = False
    orphaned: bool = False
    mistake: Optional[Problem] = None
    visible_to: int = 0
    heartbeat: Optional[LastHeartbeat] = None

    @property
    def on(self) -> bool:
        """Whether new notifications go there, as far as people decide."""
        return self.mistake is None and (self.switched_on or (self.enabled and not self.switched_off))


class EndpointCount(NamedTuple):
    """The number of configured endpoints by their state: switched on, switched off, with a mistake in the config."""

    on: int
    off: int
    mistake: int

    @classmethod
    def of(cls, states: Iterable[EndpointState]) -> EndpointCount:
        configured = [state for state in states if not state.orphaned]
        mistakes = sum(state.mistake is not None for state in configured)
        on = sum(state.on for state in configured)
        return cls(on, len(configured) - on - mistakes, mistakes)

    @property
    def total(self) -> int:
        return sum(self)

    @property
    def apart(self) -> Mapping[str, int]:
        """The number of each state that occurs, by its name; empty where all endpoints are on."""
        return {name: number for name, number in self._asdict().items() if number} if self.total > self.on else {}


def count_in_config(loaded: LoadedConfig) -> EndpointCount:
    """The number of endpoints as the config says, without the commands since then."""
    return EndpointCount.of(overview_of(loaded, {}, {}, {}, switched={}, now=0.0))


@dataclass(frozen=True)
class Overview:
    """The whole engine. ``enabled``: whether anything is sent. ``elsewhere``: the other process that delivers.

    ``refusing``: the disk cannot be written, and memory keeps the notifications instead.
    """

    enabled: bool
    endpoints: Tuple[EndpointState, ...]
    elsewhere: str = ""
    refusing: bool = False


def overview_of(
    loaded: LoadedConfig,
    lanes: Mapping[str, Lane],
    waiting: Mapping[str, int],
    dead: Mapping[str, int],
    *,
    switched: Mapping[str, bool],
    now: float,
    heartbeats: Mapping[str, LastHeartbeat] = MappingProxyType({}),
) -> Tuple[EndpointState, ...]:
    """A state for each endpoint of the config, those with a mistake included, then one for each other name for which
    deliveries are left."""
    states = [
        _state_of(
            endpoint,
            lanes.get(endpoint.name),
            (waiting.get(endpoint.name, 0), dead.get(endpoint.name, 0)),
            switched=switched.get(endpoint.name),
            now=now,
        )
        for endpoint in loaded.endpoints
    ]
    states = [dataclasses.replace(state, heartbeat=heartbeats.get(state.name)) for state in states]
    known = {state.name for state in states}
    for broken in loaded.broken:
        left = (0, 0) if broken.name in known else (waiting.get(broken.name, 0), dead.get(broken.name, 0))
        states.append(_broken_state(broken, *left))
        known.add(broken.name)
    for name in sorted({*waiting, *dead} - known):
        left = waiting.get(name, 0), dead.get(name, 0)
        states.append(EndpointState(name, "", False, *left, orphaned=True))
    return tuple(states)


def _state_of(
    endpoint: Endpoint, lane: Optional[Lane], left: Tuple[int, int], *, switched: Optional[bool], now: float
) -> EndpointState:
    """``left``: how many deliveries wait, and are dead letters. ``switched``: on or off until the next reload."""
    health = lane.health if lane else Health()
    return EndpointState(
        endpoint.name,
        endpoint.type,
        endpoint.config.enabled,
        *left,
        last=lane.last if lane else None,
        last_success=health.last_success,
        confirmed=health.confirmed,
        failing_for=None if health.failing_since is None else max(0.0, now - health.failing_since),
        paused_for=max(0.0, health.paused_until - now),
        disabled=bool(lane and lane.disabled),
        switched_on=switched is True,
        switched_off=switched is False,
        visible_to=endpoint.config.visible_to or 0,
    )


def _broken_state(broken: BrokenEndpoint, waiting: int, dead: int) -> EndpointState:
    return EndpointState(
        broken.name,
        broken.type,
        broken.enabled,
        waiting,
        dead,
        mistake=broken.problem,
        visible_to=broken.visible_to,
    )
