"""Endpoints that name others: whether there are such."""

from __future__ import annotations

from dataclasses import replace
from typing import List, Sequence

from prime_notify.config.endpoints import LoadedEndpoint
from prime_notify.config.problem import Problem, closest, describe, json_path

__all__ = ["with_known_names"]


def with_known_names(loaded: Sequence[LoadedEndpoint], names: Sequence[str]) -> List[LoadedEndpoint]:
    """The endpoints without those fallbacks that do not exist. ``names``: all that the document has."""
    return [_checked(one, names) for one in loaded]


def _checked(one: LoadedEndpoint, names: Sequence[str]) -> LoadedEndpoint:
    if one.endpoint is None or not one.endpoint.config.fallback:
        return one
    own, given = one.endpoint.name, one.endpoint.config.fallback
    found = [(index, name, _remedy(name, own, names)) for index, name in enumerate(given)]
    problems = [
        Problem(json_path((*one.at, "fallback", index)), describe(name, shown=True), remedy)
        for index, name, remedy in found
        if remedy
    ]
    if not problems:
        return one
    kept = [name for _, name, remedy in found if not remedy]
    endpoint = replace(one.endpoint, config=one.endpoint.config.model_copy(update={"fallback": kept}))
    return replace(one, endpoint=endpoint, problems=(*one.problems, *problems))


def _remedy(name: str, own: str, names: Sequence[str]) -> str:
    if name == own:
        return "an endpoint cannot take over from itself; write another one's name; it is ignored"
    if name not in names:
        return f"{closest(name, names)}write the name of an endpoint; it is ignored"
    return ""
