"""The endpoints that are on, as the config says or a command since then."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Dict, FrozenSet, Iterable, Mapping, Tuple

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.loading.load import LoadedConfig

__all__ = ["ActiveEndpoints", "EndpointSet"]


@dataclass(frozen=True)
class EndpointSet:
    """Some endpoints, with the facts about them that each event needs, so that a backup does not wait for them.

    ``in_order``: the names of those that show a state. ``reminded``: the names of those with reminders.
    """

    endpoints: Tuple[Endpoint, ...]
    configs: Tuple[EndpointConfig, ...]
    in_order: FrozenSet[str]
    reminded: Tuple[str, ...]

    @classmethod
    def of(cls, endpoints: Iterable[Endpoint]) -> EndpointSet:
        chosen = tuple(endpoints)
        return cls(
            chosen,
            tuple(one.config for one in chosen),
            frozenset(one.name for one in chosen if one.channel.shows_state),
            tuple(one.name for one in chosen if one.config.repeat),
        )


class ActiveEndpoints:
    """Not thread-safe: the engine changes it under its lock. ``on`` may be read from any thread."""

    def __init__(self, loaded: LoadedConfig) -> None:
        self._switched: Dict[str, bool] = {}
        self.use(loaded)

    def use(self, loaded: LoadedConfig) -> None:
        """Put another config in force; the commands since the last one are void."""
        self.loaded = loaded
        self._switched = {}
        self.on = self._find()

    def switch(self, name: str, on: bool) -> None:
        """Switch an endpoint on or off, whatever the config says."""
        self._switched[name] = on
        self.on = self._find()

    @property
    def switched(self) -> Mapping[str, bool]:
        """By endpoint, the commands since the config came into force."""
        return self._switched

    def _find(self) -> EndpointSet:
        endpoints = [self._as_switched(endpoint) for endpoint in self.loaded.endpoints]
        return EndpointSet.of(endpoint for endpoint in endpoints if endpoint.config.enabled)

    def _as_switched(self, endpoint: Endpoint) -> Endpoint:
        on = self._switched.get(endpoint.name, endpoint.config.enabled)
        if on is endpoint.config.enabled:
            return endpoint
        return dataclasses.replace(endpoint, config=endpoint.config.model_copy(update={"enabled": on}))
