"""Loads endpoints one by one, so that a mistake in one leaves the others in force."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Type

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.filter import Filter
from prime_notify.config.option import deferring_options
from prime_notify.config.problem import Location, Problem, describe, json_path
from prime_notify.loading.contradictions import contradiction_in
from prime_notify.loading.secrecy import Secrecy, secrecy_at, secrets_of
from prime_notify.loading.secret_references import Resolver
from prime_notify.loading.validation import Violation, located, validated, without_nulls
from prime_notify.model.annotations import field_at, member, option_names
from prime_notify.model.event import EventName
from prime_notify.text.redaction import Redactor
from prime_notify.text.suggestions import closest, one_of

__all__ = ["EndpointLoader", "LoadedEndpoint"]


@dataclass(frozen=True)
class LoadedEndpoint:
    """The result for one endpoint of the document. ``endpoint`` is None when a fatal problem switches it off."""

    at: Location
    endpoint: Optional[Endpoint]
    problems: Tuple[Problem, ...]
    secrets: Tuple[str, ...] = ()


@dataclass(frozen=True)
class EndpointLoader:
    """Makes endpoints of their objects in the document.

    ``base_dir``: the folder in which relative paths of files start. ``events``: the events of the whole notification
    block; None for all. ``timezone``: that of endpoints without their own.
    """

    types: Mapping[str, Type[Channel[Any]]]
    environ: Mapping[str, str]
    base_dir: Path
    events: Optional[Sequence[EventName]] = None
    timezone: Optional[str] = None

    def load(self, raw: object, at: Location, default_name: str) -> LoadedEndpoint:
        """Loads one endpoint. Never raises. ``at``: the place of ``raw`` in the document, for the paths of problems."""
        if not isinstance(raw, dict):
            remedy = 'write an endpoint: {"name": "ops", "url": "https://example.com/hook"}'
            return LoadedEndpoint(at, None, (Problem(json_path(at), describe(raw, public=False), remedy, fatal=True),))
        return _Loading(self, raw, at).run(default_name)


class _Loading:
    """The loading of one endpoint, with the problems so far."""

    def __init__(self, loader: EndpointLoader, raw: Dict[str, Any], at: Location) -> None:
        self._types = loader.types
        self._events = loader.events
        self._timezone = loader.timezone
        self._raw = raw
        self._at = at
        self._problems: List[Problem] = []
        self._model: Type[EndpointConfig] = EndpointConfig
        self._resolver = Resolver(EndpointConfig, loader.environ, loader.base_dir)

    def run(self, default_name: str) -> LoadedEndpoint:
        channel_type = self._channel_type()
        if channel_type:
            self._model = self._resolver.model = channel_type.endpoint_model
        data = self._prepared(default_name, channel_type)
        secrets = (*secrets_of(data, self._model), *self._resolver.values)
        config = self._validated(data) if channel_type else None
        endpoint = self._endpoint(config, channel_type, secrets) if channel_type and config else None
        return LoadedEndpoint(self._at, endpoint, tuple(self._problems), secrets)

    def _endpoint(
        self, config: EndpointConfig, channel_type: Type[Channel[Any]], secrets: Sequence[str]
    ) -> Optional[Endpoint]:
        """The endpoint with a valid config; None when there is a fatal problem nevertheless."""
        config = self._supported(config, channel_type)
        for location, remedy in config.warnings():
            self._add(location, remedy, fatal=False)
        contradiction = contradiction_in(config, self._events)
        if contradiction:
            self._add(contradiction.at, contradiction.remedy, fatal=contradiction.fatal)
        if any(problem.fatal for problem in self._problems):
            return None
        return Endpoint(config, channel_type(config), Redactor(secrets))

    def _supported(self, config: EndpointConfig, channel_type: Type[Channel[Any]]) -> EndpointConfig:
        """The config without options that its channel does not support, with a problem for each."""
        update: Dict[str, object] = {} if config.timezone or not self._timezone else {"timezone": self._timezone}
        if config.lifecycle not in channel_type.lifecycles:
            possible = one_of(sorted(channel_type.lifecycles))
            remedy = f"{config.type} cannot do that; write {possible}; until then separate"
            self._add(("lifecycle",), remedy, fatal=False)
            update["lifecycle"] = "separate"
        for name in deferring_options(self._model) if channel_type.shows_state else ():
            if getattr(config, name):
                remedy = f"{config.type} shows a state, which cannot wait; leave it out; it is ignored"
                self._add((name,), remedy, fatal=False)
                update[name] = None
        return config.model_copy(update=update) if update else config

    def _prepared(self, default_name: str, channel_type: Optional[Type[Channel[Any]]]) -> Dict[str, Any]:
        """The endpoint as its model expects it: name and type filled in, references replaced."""
        data = without_nulls(self._raw, self._model)
        data["type"] = channel_type.type if channel_type else "webhook"
        if "name" not in data:
            data["name"] = default_name
            self._add(("name",), f'add a "name"; until then it is "{default_name}"', fatal=False)
        if self._raw.get("events") == []:
            self._add(("events",), "an empty list sends nothing; leave the option out for all events", fatal=False)
        data = {key: self._resolver.resolve(value, member(self._model, key), (key,)) for key, value in data.items()}
        for reference in self._resolver.unresolved:
            self._add(reference.location, reference.remedy, fatal=True, found=reference.found)
        return data

    def _channel_type(self) -> Optional[Type[Channel[Any]]]:
        raw = self._raw.get("type")
        name = "webhook" if raw is None else raw
        if not isinstance(name, str):
            self._add(("type",), f"write one of {one_of(sorted(self._types))}", fatal=True)
            return None
        channel_type = self._types.get(name.strip().lower())
        if channel_type is None:
            remedy = f"{closest(name, self._types)}write one of {one_of(sorted(self._types))}"
            self._add(("type",), remedy, fatal=True)
        return channel_type

    def _validated(self, data: Dict[str, Any]) -> Optional[EndpointConfig]:
        """The config without the options that the endpoint can do without; None when another one does not fit."""

        def report(violations: Sequence[Violation]) -> bool:
            for violation in violations:
                self._report(violation)
            return all(map(_is_dispensable, violations))

        config = validated(self._model, data, report, {"base_dir": self._resolver.base_dir})
        if config and config.events == [] and self._raw.get("events") != []:
            self._add(("events",), "write at least one known event, or leave out the option for all", fatal=True)
            return None
        return config

    def _report(self, violation: Violation) -> None:
        location = violation.location
        if violation.is_comment or any(
            location[: len(known)] == known for known in self._resolver.unresolved_locations
        ):
            return
        remedy = violation.remedy
        if violation.is_unknown_key and len(location) == 1 and location[0] in self._types:
            remedy = f'these are options of "type": "{location[0]}"'
        elif violation.is_unknown_key and len(location) == 1:
            remedy = _as_rule(str(location[0]), option_names(self._model)) or remedy
        elif (
            violation.is_unknown_key
            and len(location) == 2
            and location[0] == "filter"
            and closest(str(location[1]), ["events"])
        ):
            remedy = 'write "events" beside "filter"; inside, only "except" may have it'
        elif location[:1] == ("templates",):
            remedy += "; until then the default text is sent"
        found = "an unknown option" if violation.is_unknown_key else None
        self._add(location, remedy, fatal=not _is_dispensable(violation), found=found)

    def _add(self, location: Location, remedy: str, *, fatal: bool, found: Optional[str] = None) -> None:
        location, value = located(self._raw, location, public=secrecy_at(self._model, location) is Secrecy.PUBLIC)
        self._problems.append(Problem(json_path((*self._at, *location)), found or value, remedy, fatal))


def _as_rule(name: str, options: Sequence[str]) -> str:
    """The remedy for a rule of the filter that stands among the endpoint's ``options``; empty for any other name."""
    if field_at(Filter, name):
        return 'move it into "filter": {...}'
    meant = "" if closest(name, options) else closest(name, option_names(Filter))
    return meant and f'{meant}that belongs into "filter": {{...}}'


def _is_dispensable(violation: Violation) -> bool:
    """Whether the endpoint can do its work without the value."""
    location = violation.location
    if violation.is_unknown_key or location in (("language",), ("timezone",), ("templates",)):
        return True
    return location[:1] in (("events",), ("templates",)) and len(location) > 1
