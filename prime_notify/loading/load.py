"""Loads the document of a config file, and reports the problems in it.

It goes in stages. The document must be an object. A section is loaded without the options that do not fit, so that
their defaults count. Each endpoint is loaded by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Tuple

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.channels.common.registry import channel_types
from prime_notify.config.models import Config
from prime_notify.config.problem import ConfigError, Location, Problem, describe, json_path
from prime_notify.loading.broken import BrokenEndpoint, broken_endpoint
from prime_notify.loading.cross_references import unshared_groups, with_known_names
from prime_notify.loading.document import checked_document
from prime_notify.loading.endpoints import ENDPOINT_EXAMPLE, EndpointLoader, LoadedEndpoint
from prime_notify.loading.names import default_names, endpoint_names
from prime_notify.loading.sections import LoadedSections, load_sections
from prime_notify.text.redaction import Redactor
from prime_notify.text.wording import Wording

__all__ = ["BrokenEndpoint", "ConfigError", "Endpoint", "LoadedConfig", "Problem", "load_config", "with_idleness"]


_ENDPOINTS = "notification.endpoints"
_WORD = re.compile(r"[^\W\d_]{1,11}")
"""A secret that is masked in the problems of its own endpoint only: elsewhere, it is a word of a sentence."""


@dataclass(frozen=True)
class LoadedConfig:
    """A usable config.

    ``endpoints``: the valid ones, whether enabled or not. ``broken``: those that a problem switches off.
    """

    config: Config
    endpoints: Tuple[Endpoint, ...]
    problems: Tuple[Problem, ...]
    broken: Tuple[BrokenEndpoint, ...] = ()


def load_config(document: object, *, environ: Mapping[str, str], base_dir: Path) -> LoadedConfig:
    """Loads every part of the document that is valid.

    :param document: the parsed JSON.
    :param environ: the variables for ``${NAME}``.
    :param base_dir: the config's folder, where the path in ``{"file": "path"}`` starts.
    :raises ConfigError: the document is no JSON object, or is nested too deeply. No other problem raises anything.
    """
    checked, document_problems = checked_document(document)
    sections = load_sections(checked)
    notification = sections.config.notification
    loader = EndpointLoader(channel_types(), environ, base_dir, notification.events, notification.timezone)
    loaded, list_problems = _load_endpoints(sections, loader)
    endpoints = tuple(one.endpoint for one in loaded if one.endpoint)
    redact = Redactor(secret for one in loaded for secret in one.secrets if not _WORD.fullmatch(secret))
    problems = [*document_problems, *sections.problems, *list_problems]
    problems += [_redacted(problem, Redactor(one.secrets)) for one in loaded for problem in one.problems]
    return LoadedConfig(
        config=_with_endpoints(sections.config, endpoints),
        endpoints=endpoints,
        problems=tuple(_redacted(problem, redact) for problem in problems),
        broken=tuple(_broken(sections.raw_endpoints, loaded, redact)),
    )


def with_idleness(loaded: LoadedConfig) -> LoadedConfig:
    """The config with a problem where notifications are on and no endpoint is: their owner would wait in vain.

    An endpoint that a mistake switches off has a problem of its own.
    """
    enabled = loaded.config.notification.enabled
    has_problem = any(problem.path == _ENDPOINTS for problem in loaded.problems)
    wanted = [one.config.enabled for one in loaded.endpoints] + [one.enabled for one in loaded.broken]
    if not enabled or has_problem or any(wanted):
        return loaded
    if loaded.endpoints or loaded.broken:
        found = Wording("no endpoint that is switched on", "没有启用的推送目标")
        remedy = Wording(
            'nothing is sent; write "enabled": true in one of them',
            '不会发送任何通知；请在其中一个里写 "enabled": true',
        )
    else:
        found = Wording("no endpoint", "没有推送目标")
        remedy = Wording(
            "nothing is sent; !!pn setup adds one step by step, and config.examples.json has one of each type",
            "不会发送任何通知；可用 !!pn setup 一步步添加，也可参考 config.examples.json 中各类型的示例",
        )
    return replace(loaded, problems=(*loaded.problems, Problem(_ENDPOINTS, found, remedy)))


def _broken(raw: object, loaded: List[LoadedEndpoint], redact: Redactor) -> Iterator[BrokenEndpoint]:
    """The endpoints of the list ``raw`` that a problem switches off, in its order."""
    items = raw if isinstance(raw, list) else []
    for item, default_name, one in zip(items, default_names(items), loaded):
        fatal = next((problem for problem in one.problems if problem.fatal), None)
        if one.endpoint is None and fatal is not None:
            yield broken_endpoint(item, redact, default_name, _redacted(fatal, redact))


def _with_endpoints(config: Config, endpoints: Tuple[Endpoint, ...]) -> Config:
    notification = config.notification.model_copy(update={"endpoints": [endpoint.config for endpoint in endpoints]})
    return config.model_copy(update={"notification": notification})


def _load_endpoints(sections: LoadedSections, loader: EndpointLoader) -> Tuple[List[LoadedEndpoint], List[Problem]]:
    raw, at = sections.raw_endpoints, sections.endpoints_at
    if raw is None:
        return [], []
    single = isinstance(raw, dict) and bool(raw)
    raw = [raw] if single else raw
    if not isinstance(raw, list):
        example = f"[{ENDPOINT_EXAMPLE}]"
        remedy = Wording("write a list of endpoints: {example}", "请写推送目标的列表：{example}", example=example)
        return [], [Problem(json_path(at), describe(raw, public=False), remedy)]
    names = default_names(raw)
    places = [at if single else (*at, index) for index in range(len(raw))]
    loaded = [loader.load(item, places[index], names[index]) for index, item in enumerate(raw)]
    groups = sections.config.notification.groups
    loaded = with_known_names(_without_duplicates(loaded), endpoint_names(raw), groups, sections.written_groups)
    return loaded, list(unshared_groups(loaded, groups, (*at[:-1], "groups")))


def _without_duplicates(loaded: List[LoadedEndpoint]) -> List[LoadedEndpoint]:
    """Switches off all but the first of the endpoints with the same name. An enabled one comes first."""
    owners: Dict[str, Location] = {}
    for enabled in (True, False):
        for one in loaded:
            if one.endpoint and one.endpoint.config.enabled is enabled:
                owners.setdefault(one.endpoint.name, one.at)
    return [_switched_off_unless_owner(owners, one) for one in loaded]


def _switched_off_unless_owner(owners: Mapping[str, Location], one: LoadedEndpoint) -> LoadedEndpoint:
    if one.endpoint is None or owners[one.endpoint.name] == one.at:
        return one
    name = one.endpoint.name
    remedy = Wording(
        "{other} has this name, too; give each endpoint its own",
        "{other} 也用了这个名称；请给每个推送目标起不同的名称",
        other=json_path(owners[name]),
    )
    problem = Problem(json_path((*one.at, "name")), describe(name, public=True), remedy, fatal=True)
    return replace(one, endpoint=None, problems=(*one.problems, problem))


def _redacted(problem: Problem, redact: Redactor) -> Problem:
    """The problem without a secret. The words of its texts are the program's own: only what they quote is masked."""
    return replace(
        problem,
        path=_masked(problem.path, redact),
        found=_masked(problem.found, redact),
        remedy=_masked(problem.remedy, redact),
    )


def _masked(text: str, redact: Redactor) -> str:
    return text.with_masked_values(redact) if isinstance(text, Wording) else redact(text)
