"""Endpoints that name others, or a group: whether there are such."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, List, Mapping, Sequence

from prime_notify.config.endpoints import LoadedEndpoint
from prime_notify.config.problem import Location, Problem, closest, describe, json_path, one_of

__all__ = ["empty_groups", "with_known_names"]


def with_known_names(
    loaded: Sequence[LoadedEndpoint], names: Sequence[str], groups: Mapping[str, str]
) -> List[LoadedEndpoint]:
    """The endpoints without those fallbacks and groups that do not exist. ``names``: all that the document has."""
    return [_in_known_group(_with_known_fallbacks(one, names), groups) for one in loaded]


def empty_groups(loaded: Sequence[LoadedEndpoint], groups: Mapping[str, str], at: Location) -> Iterator[Problem]:
    """Groups that no endpoint is in. ``at``: where they stand."""
    used = {one.endpoint.config.group for one in loaded if one.endpoint}
    if all(one.endpoint for one in loaded):  # who has a problem may be in it
        for name in groups:
            if name not in used:
                remedy = f'no endpoint is in it; write "group": "{name}" in some, or leave it out'
                yield Problem(json_path((*at, name)), describe(groups[name], shown=True), remedy)


def _with_known_fallbacks(one: LoadedEndpoint, names: Sequence[str]) -> LoadedEndpoint:
    if one.endpoint is None or not one.endpoint.config.fallback:
        return one
    own, given = one.endpoint.name, one.endpoint.config.fallback
    found = [(index, name, _remedy(name, own, names)) for index, name in enumerate(given)]
    problems = [
        Problem(json_path((*one.at, "fallback", index)), describe(name, shown=True), remedy)
        for index, name, remedy in found
        if remedy
    ]
    return _changed(one, {"fallback": [name for _, name, remedy in found if not remedy]}, problems)


def _remedy(name: str, own: str, names: Sequence[str]) -> str:
    if name == own:
        return "an endpoint cannot take over from itself; write another one's name; it is ignored"
    if name not in names:
        return f"{closest(name, names)}write the name of an endpoint; it is ignored"
    return ""


def _in_known_group(one: LoadedEndpoint, groups: Mapping[str, str]) -> LoadedEndpoint:
    group = one.endpoint.config.group if one.endpoint else None
    if group is None or group in groups:
        return one
    known = f"write one of {one_of(sorted(groups))}" if groups else "there are none"
    remedy = (
        f'{closest(group, groups)}{known}, or add it to notification.groups: {{"{group}": "first_ok"}}; it is ignored'
    )
    problem = Problem(json_path((*one.at, "group")), describe(group, shown=True), remedy)
    return _changed(one, {"group": None}, [problem])


def _changed(one: LoadedEndpoint, update: Mapping[str, object], problems: Sequence[Problem]) -> LoadedEndpoint:
    if one.endpoint is None or not problems:
        return one
    endpoint = replace(one.endpoint, config=one.endpoint.config.model_copy(update=dict(update)))
    return replace(one, endpoint=endpoint, problems=(*one.problems, *problems))
