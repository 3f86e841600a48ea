"""Checks the names of other endpoints and groups in endpoints: whether they exist and have an effect."""

from __future__ import annotations

from dataclasses import replace
from typing import Collection, Iterator, List, Mapping, Sequence

from prime_notify.config.problem import Location, Problem, describe, json_path
from prime_notify.loading.endpoints import LoadedEndpoint
from prime_notify.routing.groups import chooses_one
from prime_notify.text.suggestions import closest, one_of
from prime_notify.text.wording import NOTHING, Wording

__all__ = ["unshared_groups", "with_known_names"]


def with_known_names(
    loaded: Sequence[LoadedEndpoint], names: Sequence[str], groups: Mapping[str, str], written_groups: Collection[str]
) -> List[LoadedEndpoint]:
    """The endpoints without fallbacks and groups that do not exist, with a problem for each.

    :param names: of all endpoints in the document.
    :param groups: the valid groups with their modes.
    :param written_groups: the names of all groups in the document, including those with a problem of their own.
    """
    in_groups = [_in_known_group(one, groups, written_groups) for one in loaded]
    return [_with_known_fallbacks(one, names, _idle_fallbacks(one, in_groups, groups)) for one in in_groups]


def unshared_groups(loaded: Sequence[LoadedEndpoint], groups: Mapping[str, str], at: Location) -> Iterator[Problem]:
    """A problem for each group that has no member, or only one to choose. ``at``: the place of the groups."""
    if not all(one.endpoint for one in loaded):  # an endpoint with a problem may be a member
        return
    configs = [one.endpoint.config for one in loaded if one.endpoint]
    for name, mode in groups.items():
        members = [config.name for config in configs if config.group == name]
        enabled = [config.name for config in configs if config.group == name and config.enabled]
        if not members:
            remedy = Wording(
                'no endpoint is in it; write "group": "{name}" in some, or leave it out',
                '组内没有推送目标；请在某些推送目标中写 "group": "{name}"，或去掉此组',
                name=name,
            )
        elif len(enabled) == 1 and chooses_one(mode):
            remedy = Wording(
                'only "{only}" is in it and enabled; write "group": "{name}" in others, or leave it out',
                '组内启用的只有 "{only}"；请在其他推送目标中也写 "group": "{name}"，或去掉此组',
                only=enabled[0],
                name=name,
            )
        else:
            continue
        yield Problem(json_path((*at, name)), describe(mode, public=True), remedy)


def _with_known_fallbacks(one: LoadedEndpoint, names: Sequence[str], idle: Mapping[str, Wording]) -> LoadedEndpoint:
    if one.endpoint is None or not one.endpoint.config.fallback:
        return one
    own, fallbacks = one.endpoint.name, one.endpoint.config.fallback
    checked = [(index, name, _remedy(name, own, names)) for index, name in enumerate(fallbacks)]
    problems = [
        Problem(json_path((*one.at, "fallback", index)), describe(name, public=True), remedy or idle[name])
        for index, name, remedy in checked
        if remedy or name in idle
    ]
    return _changed(one, {"fallback": [name for _, name, remedy in checked if not remedy]}, problems)


def _idle_fallbacks(
    one: LoadedEndpoint, loaded: Sequence[LoadedEndpoint], groups: Mapping[str, str]
) -> Mapping[str, Wording]:
    """The endpoints that can never take over from ``one``, with the remedy for each."""
    group = one.endpoint.config.group if one.endpoint else None
    shares = group is not None and chooses_one(groups.get(group))
    idle = {}
    for other in (other.endpoint.config for other in loaded if other.endpoint):
        if not other.enabled:
            idle[other.name] = Wording(
                "it is not enabled, so it can replace no other endpoint; enable it, or leave it out",
                "它没有启用，无法接替；请启用它，或去掉",
            )
        elif shares and other.group == group:
            idle[other.name] = Wording(
                'it takes over anyway, as one of the group "{group}"; leave it out',
                '它是组 "{group}" 的成员，本来就会接替；请去掉',
                group=group,
            )
    return idle


def _remedy(name: str, own: str, names: Sequence[str]) -> Wording:
    if name == own:
        return Wording(
            "an endpoint cannot be its own fallback; write the name of another one; it is ignored",
            "推送目标不能接替自己；请写另一个的名称；此项已忽略",
        )
    if name not in names:
        return Wording(
            "{meant}write the name of an endpoint; it is ignored",
            "{meant}请写推送目标的名称；此项已忽略",
            meant=closest(name, names),
        )
    return NOTHING


def _in_known_group(one: LoadedEndpoint, groups: Mapping[str, str], written_groups: Collection[str]) -> LoadedEndpoint:
    group = one.endpoint.config.group if one.endpoint else None
    if one.endpoint is None or group is None:
        return one
    if group in groups:
        if not (chooses_one(groups[group]) and one.endpoint.channel.shows_state):
            return one
        remedy = Wording(
            "{type} shows a state, so it has to receive everything; leave it out; it is ignored",
            "{type} 显示的是状态，必须收到全部通知；请去掉；此项已忽略",
            type=one.endpoint.type,
        )
        return _changed(one, {"group": None}, [_problem(one, group, remedy)])
    if group in written_groups:
        return _changed(one, {"group": None}, ())
    known = Wording("write one of {groups}, or add", "请写以下之一：{groups}；或添加", groups=one_of(sorted(groups)))
    remedy = Wording(
        '{meant}{known} it to notification.groups: {{"{group}": "first_ok"}}; it is ignored',
        '{meant}{known}到 notification.groups：{{"{group}": "first_ok"}}；此项已忽略',
        meant=closest(group, groups),
        known=known if groups else Wording("there are no groups; add", "还没有任何组；请添加"),
        group=group,
    )
    return _changed(one, {"group": None}, [_problem(one, group, remedy)])


def _problem(one: LoadedEndpoint, group: str, remedy: Wording) -> Problem:
    return Problem(json_path((*one.at, "group")), describe(group, public=True), remedy)


def _changed(one: LoadedEndpoint, update: Mapping[str, object], problems: Sequence[Problem]) -> LoadedEndpoint:
    if one.endpoint is None:
        return one
    endpoint = replace(one.endpoint, config=one.endpoint.config.model_copy(update=dict(update)))
    return replace(one, endpoint=endpoint, problems=(*one.problems, *problems))
