"""The endpoints that are on, as the config says or a command since then."""

from __future__ import annotations

import dataclasses
from typing import Dict, List, Mapping

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.loading.load import LoadedConfig

__all__ = ["ActiveEndpoints"]


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

    def _find(self) -> List[Endpoint]:
        endpoints = [self._as_switched(endpoint) for endpoint in self.loaded.endpoints]
        return [endpoint for endpoint in endpoints if endpoint.config.enabled]

    def _as_switched(self, endpoint: Endpoint) -> Endpoint:
        on = self._switched.get(endpoint.name, endpoint.config.enabled)
        if on is endpoint.config.enabled:
            return endpoint
        return dataclasses.replace(endpoint, config=endpoint.config.model_copy(update={"enabled": on}))
