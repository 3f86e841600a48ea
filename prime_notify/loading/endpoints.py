"""Loads endpoints one by one, so that a mistake in one leaves the others in force."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple, Type

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.filter import Filter
from prime_notify.config.option import deferring_options
from prime_notify.config.problem import Location, Problem, describe, json_path
from prime_notify.loading.contradictions import contradiction_in
from prime_notify.loading.mix_ups import misplaced, move_into, other_service, unknown_type
from prime_notify.loading.necessity import is_secondary
from prime_notify.loading.placeholders import placeholders
from prime_notify.loading.secrecy import Secrecy, secrecy_at, secrets_of
from prime_notify.loading.secret_references import Resolver
from prime_notify.loading.validation import Violation, located, removable, validated, without_nulls
from prime_notify.model.annotations import member, option_names
from prime_notify.model.event import EventName
from prime_notify.text.redaction import Redactor
from prime_notify.text.suggestions import closest, one_of
from prime_notify.text.wording import NOTHING, Wording

__all__ = ["EMPTY_EVENTS", "ENDPOINT_EXAMPLE", "EndpointLoader", "LoadedEndpoint"]

ENDPOINT_EXAMPLE = '{"name": "ops", "url": "https://example.com/hook"}'
EMPTY_EVENTS = Wording(
    "an empty list sends nothing; leave the option out for all events",
    "空列表表示什么都不发送；要接收全部事件，请去掉此选项",
)
_UNKNOWN = Wording("an unknown option", "未知选项")


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
            remedy = Wording("write an endpoint: {example}", "请写一个推送目标：{example}", example=ENDPOINT_EXAMPLE)
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
        self._kind = ""
        self._resolver = Resolver(EndpointConfig, loader.environ, loader.base_dir)

    def run(self, default_name: str) -> LoadedEndpoint:
        channel_type = self._channel_type()
        if channel_type:
            self._model = self._resolver.model = channel_type.endpoint_model
            self._kind = channel_type.type
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
        warnings = list(config.warnings())
        for location, remedy in (*warnings, *self._unlikely_values(config, warnings)):
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
            remedy = Wording(
                "{type} cannot do that; write {possible}; until then separate",
                "{type} 做不到；请写 {possible}；在此之前按 separate 处理",
                type=config.type,
                possible=one_of(sorted(channel_type.lifecycles)),
            )
            self._add(("lifecycle",), remedy, fatal=False)
            update["lifecycle"] = "separate"
        for name in deferring_options(self._model) if channel_type.shows_state else ():
            if getattr(config, name):
                remedy = Wording(
                    "{type} shows a state, which cannot wait; leave it out; it is ignored",
                    "{type} 显示的是状态，不能等待；请去掉；此项已忽略",
                    type=config.type,
                )
                self._add((name,), remedy, fatal=False)
                update[name] = None
        return config.model_copy(update=update) if update else config

    def _prepared(self, default_name: str, channel_type: Optional[Type[Channel[Any]]]) -> Dict[str, Any]:
        """The endpoint as its model expects it: name and type filled in, references replaced."""
        data = without_nulls(self._raw, self._model)
        data["type"] = channel_type.type if channel_type else "webhook"
        if "name" not in data:
            data["name"] = default_name
            remedy = Wording(
                'add a "name"; until then it is "{name}"', '请添加 "name"；在此之前名为 "{name}"', name=default_name
            )
            self._add(("name",), remedy, fatal=False)
        if self._raw.get("events") == []:
            self._add(("events",), EMPTY_EVENTS, fatal=False)
        data = {key: self._resolver.resolve(value, member(self._model, key), (key,)) for key, value in data.items()}
        for reference in self._resolver.unresolved:
            self._add(reference.location, reference.remedy, fatal=True, found=reference.found)
        return data

    def _channel_type(self) -> Optional[Type[Channel[Any]]]:
        raw = self._raw.get("type")
        name = "webhook" if raw is None else raw
        if not isinstance(name, str):
            types = one_of(sorted(self._types))
            self._add(("type",), Wording("write one of {types}", "请写以下之一：{types}", types=types), fatal=True)
            return None
        channel_type = self._types.get(name.strip().lower())
        if channel_type is None:
            self._add(("type",), unknown_type(name, self._types), fatal=True)
        return channel_type

    def _validated(self, data: Dict[str, Any]) -> Optional[EndpointConfig]:
        """The config without the options that the endpoint can do without; None when another one does not fit."""

        def report(violations: Sequence[Violation]) -> bool:
            loose = self._loose(violations)
            for violation in violations:
                if violation.location not in loose:
                    self._report(violation)
            return all(self._is_dispensable(violation) for violation in violations)

        config = validated(self._model, data, report, {"base_dir": self._resolver.base_dir})
        if config and config.events == [] and self._raw.get("events") != []:
            self._refuse_all_events()
            return None
        return config

    def _refuse_all_events(self) -> None:
        """No event that is listed is known: the problems with them are fatal then, since there is no other one."""
        place = json_path((*self._at, "events"))
        self._problems = [
            dataclasses.replace(one, fatal=True) if one.path == place or one.path.startswith(f"{place}[") else one
            for one in self._problems
        ]

    def _unlikely_values(
        self, config: EndpointConfig, warnings: Sequence[Tuple[Location, str]]
    ) -> Iterator[Tuple[Location, Wording]]:
        """Values that fit, but cannot be meant: placeholders, and the address of another service.

        ``warnings``: the channel's own; one of them may name the other service already.
        """
        if not config.enabled:
            return
        yield from placeholders(self._raw, self._model)
        service = other_service(config, self._types)
        if service is not None and not any('"type"' in remedy for _, remedy in warnings):
            yield ("type",) if "type" in self._raw else ("url",), service

    def _loose(self, violations: Sequence[Violation]) -> Set[Location]:
        """Reports the channel's options that stand beside the object in which they belong, as one problem.

        Returns the places of these options, and those of the options that are missing for that reason.
        """
        kind = self._kind
        known = option_names(member(self._model, kind))
        beside = [
            str(one.location[-1])
            for one in violations
            if one.is_unknown_key and len(one.location) == 1 and one.location[0] in known
        ]
        if not beside:
            return set()
        missing = [one for one in violations if one.kind == "missing" and one.location[:1] == (kind,)]
        self._add((beside[0],), move_into(beside, kind), fatal=bool(missing), found=_UNKNOWN)
        return {*((name,) for name in beside), *(one.location for one in missing)}

    def _report(self, violation: Violation) -> None:
        location = violation.location
        if violation.is_comment or self._is_caused_by_a_reference(location):
            return
        remedy = violation.remedy
        if violation.is_unknown_key and len(location) == 1 and location[0] in self._types:
            remedy = Wording(
                'these are options of "type": "{type}"', '这些是 "type": "{type}" 的选项', type=location[0]
            )
        elif violation.is_unknown_key and len(location) == 1:
            name = str(location[0])
            remedy = misplaced(name, self._model, "") or _as_rule(name, option_names(self._model)) or remedy
        elif violation.is_unknown_key and location[:1] == ("filter",) and _is_like_events(location):
            remedy = Wording(
                'write "events" beside "filter"; inside, only "except" may have it',
                '请把 "events" 写在 "filter" 旁边；"filter" 内只有 "except" 可以有它',
            )
        elif location[:1] == ("templates",):
            remedy = Wording(
                "{remedy}; until then the default text is sent", "{remedy}；在此之前发送默认文本", remedy=remedy
            )
        elif not violation.is_unknown_key and self._is_dispensable(violation) and location[:1] != ("events",):
            place = json_path(removable(violation, self._model))
            remedy = Wording(
                "{remedy}; until then {place} is left out", "{remedy}；在此之前略去 {place}", remedy=remedy, place=place
            )
        found = _UNKNOWN if violation.is_unknown_key else None
        self._add(location, remedy, fatal=not self._is_dispensable(violation), found=found)

    def _is_caused_by_a_reference(self, location: Location) -> bool:
        """Whether the value, or one inside of it, is a reference that cannot be used, which is reported already."""
        known = self._resolver.unresolved_locations
        return any(one[: len(location)] == location or location[: len(one)] == one for one in known)

    def _is_dispensable(self, violation: Violation) -> bool:
        """Whether the endpoint can do its work without the value."""
        location = violation.location
        if violation.is_unknown_key:
            return True
        if location[:1] == ("events",):
            return len(location) > 1
        place = removable(violation, self._model)
        return bool(place) and is_secondary(self._model, place)

    def _add(self, location: Location, remedy: Wording, *, fatal: bool, found: Optional[Wording] = None) -> None:
        location, value = located(self._raw, location, public=secrecy_at(self._model, location) is Secrecy.PUBLIC)
        self._problems.append(Problem(json_path((*self._at, *location)), found or value, remedy, fatal))


def _as_rule(name: str, options: Sequence[str]) -> Wording:
    """The remedy for a misspelt rule of the filter that stands among the endpoint's ``options``; else empty."""
    meant = NOTHING if closest(name, options) else closest(name, option_names(Filter))
    if not meant:
        return NOTHING
    return Wording('{meant}that belongs into "filter": {{...}}', '{meant}它应写在 "filter": {{...}} 中', meant=meant)


def _is_like_events(location: Location) -> bool:
    return len(location) == 2 and bool(closest(str(location[1]), ["events"]))
